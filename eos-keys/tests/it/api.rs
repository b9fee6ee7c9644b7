use std::{error::Error, fmt::Debug};

use eos_keys::{
    Digest, KeyType, LocalSigner, ParseError, PrivateKey, PublicKey, RandomnessError, SecretText,
    SignError, Signature, Signer, UserPresence, VerifyError, WebAuthnKey, WebAuthnSignature,
};

#[test]
fn types_cross_threads_and_print_for_debugging() {
    const fn shape<T: Send + Sync + Debug + 'static>() {}
    const {
        shape::<Digest>();
        shape::<KeyType>();
        shape::<LocalSigner>();
        shape::<PrivateKey>();
        shape::<PublicKey>();
        shape::<SecretText>();
        shape::<Signature>();
        shape::<UserPresence>();
        shape::<WebAuthnKey>();
        shape::<WebAuthnSignature>();
        shape::<Box<dyn Signer>>();
    }
}

#[test]
fn errors_are_errors() {
    const fn shape<T: Error + Send + Sync + 'static>() {}
    const {
        shape::<ParseError>();
        shape::<RandomnessError>();
        shape::<SignError>();
        shape::<VerifyError>();
    }
}

#[test]
fn debug_shows_no_secret() {
    let wif = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let key: PrivateKey = wif.parse().unwrap();
    let secret = key.expose_text();
    let signer = LocalSigner::from_iter([key.clone()]);
    let hex = Digest::from(*key.expose_bytes()).to_string();
    let decimal = format!("{:?}", key.expose_bytes());
    for shown in [
        format!("{key:?}"),
        format!("{secret:?}"),
        format!("{signer:#?}"),
    ] {
        assert!(!shown.contains(wif) && !shown.contains(&hex), "{shown}");
        assert!(!shown.contains(decimal.trim_matches(['[', ']'])), "{shown}");
    }
    assert!(format!("{signer:?}").contains(&key.public_key().to_string()));
}

#[test]
fn errors_show_no_secret() {
    let wif = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    for broken in [
        &wif[1..],
        &wif[..50],
        &wif.replace('w', "l"),
        &wif.replace('w', "W"),
    ] {
        let error = broken.parse::<PrivateKey>().unwrap_err();
        let shown = format!("{error} {error:?}");
        for at in 0..broken.len() - 4 {
            assert!(!shown.contains(&broken[at..at + 4]), "{shown}");
        }
    }
}

#[test]
fn wallets_cross_threads_and_print_for_debugging() {
    use eos_keys::wallet::{
        KdfCost, KeosdWallet, Keystore, Password, WalletError, WalletFormat, WalletInfo,
        WalletManager,
    };

    const fn shape<T: Send + Sync + Debug + 'static>() {}
    const fn error<T: Error + Send + Sync + 'static>() {}
    const {
        shape::<KdfCost>();
        shape::<KeosdWallet>();
        shape::<Keystore>();
        shape::<Password>();
        shape::<WalletFormat>();
        shape::<WalletInfo>();
        shape::<WalletManager>();
        error::<WalletError>();
    }
}

#[test]
fn mnemonics_cross_threads_and_print_for_debugging() {
    use eos_keys::mnemonic::{
        DerivationPath, DeriveError, Mnemonic, MnemonicError, PathError, Seed, WordCount,
    };

    const fn shape<T: Send + Sync + Debug + 'static>() {}
    const fn error<T: Error + Send + Sync + 'static>() {}
    const {
        shape::<DerivationPath>();
        shape::<Mnemonic>();
        shape::<Seed>();
        shape::<WordCount>();
        error::<DeriveError>();
        error::<MnemonicError>();
        error::<PathError>();
    }
}

#[test]
fn the_client_of_keosd_crosses_threads_and_prints_for_debugging() {
    use eos_keys::wallet::{KeosdClient, KeosdError, KeosdRefusal, ListedWallet};

    const fn shape<T: Send + Sync + Debug + 'static>() {}
    const fn error<T: Error + Send + Sync + 'static>() {}
    const {
        shape::<KeosdClient>();
        shape::<ListedWallet>();
        error::<KeosdError>();
        error::<KeosdRefusal>();
    }
}
