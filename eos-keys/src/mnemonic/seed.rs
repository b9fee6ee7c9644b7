use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _, digest::FixedOutput as _};
use sha2::Sha512;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::{
    k1,
    key_type::KeyType,
    mnemonic::{DerivationPath, DeriveError},
    private_key::PrivateKey,
    secret_text::SecretText,
};

/// How often BIP-39 has the hash repeated.
const ROUNDS: u32 = 2048;

/// The secret that a tree of keys grows from, as [BIP-32] describes it.
///
/// `Debug` is redacted; there is no `Display`, no `Serialize` and no comparison. It lies on the heap and is erased on drop, and so are the
/// keys on the way to the one that is asked for.
///
/// ```
/// use eos_keys::mnemonic::{DerivationPath, Mnemonic};
///
/// # let phrase = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
/// let mnemonic: Mnemonic = phrase.parse()?;
/// let seed = mnemonic.to_seed("");
/// let first = seed.derive(&DerivationPath::default())?;
/// let second = seed.derive(&DerivationPath::new(0, 0, 1)?)?;
/// # assert_eq!(first.public_key().to_string(), "EOS6zpSNY1YoLxNt2VsvJjoDfBueU6xC1M1ERJw1UoekL1NHn8KNA");
/// # assert_eq!(second.public_key().to_string(), "EOS62cPUiWnLqbUjiBMxbEU4pm4Hp5X3RGk4KMTadvZNygjX72yHW");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [BIP-32]: https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki
#[derive(Clone)] // Not Copy: `Drop` erases.
pub struct Seed(Zeroizing<Vec<u8>>);

impl Seed {
    /// Returns the seed of bytes that another program made, of 16 to 64.
    ///
    /// # Errors
    ///
    /// [`DeriveError::SeedLength`] if they are fewer or more.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DeriveError> {
        if (16..=64).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.to_vec())))
        } else {
            Err(DeriveError::SeedLength {
                actual: bytes.len(),
            })
        }
    }

    /// Reveals the bytes.
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the K1 key at `path`.
    ///
    /// # Errors
    ///
    /// [`DeriveError::NoMasterKey`] or [`DeriveError::NoKey`] if there is none, which is not to be expected. The next index is not taken
    /// in its place, as BIP-32 proposes: a key that is not the one of its path would not be found again by others.
    pub fn derive(&self, path: &DerivationPath) -> Result<PrivateKey, DeriveError> {
        let mut key = ExtendedKey::master(self).ok_or(DeriveError::NoMasterKey)?;
        for (position, &step) in (1..).zip(path.steps()) {
            key = key.child(step).ok_or(DeriveError::NoKey { position })?;
        }
        Ok(key.private)
    }

    /// Returns the seed of a phrase and a passphrase.
    pub(super) fn of_phrase(phrase: &SecretText, passphrase: &str) -> Self {
        const SALT: &str = "mnemonic";
        // Measured first: growing would leave a copy behind.
        let length = passphrase.nfkd().map(char::len_utf8).sum::<usize>();
        let mut salt = Zeroizing::new(String::with_capacity(SALT.len().saturating_add(length)));
        salt.push_str(SALT);
        salt.extend(passphrase.nfkd());
        let mut seed = Zeroizing::new(vec![0; 64]);
        pbkdf2::pbkdf2_hmac::<Sha512>(
            phrase.expose().as_bytes(),
            salt.as_bytes(),
            ROUNDS,
            &mut seed,
        );
        Self(seed)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(<redacted>)")
    }
}

/// A private key and the chain code that its children are derived with.
struct ExtendedKey {
    private: PrivateKey,
    chain_code: Box<Zeroizing<[u8; 32]>>,
}

impl ExtendedKey {
    fn master(seed: &Seed) -> Option<Self> {
        let mut halves = Halves::new();
        halves.fill(b"Bitcoin seed", &[&seed.0]);
        Self::new(halves.left(), halves.right())
    }

    fn child(&self, step: u32) -> Option<Self> {
        let mut halves = Halves::new();
        let hardened = step >> 31 == 1;
        if hardened {
            let parts = [&[0], &self.private.expose_bytes()[..], &step.to_be_bytes()];
            halves.fill(self.chain_code.as_slice(), &parts);
        } else {
            let public = self.private.public_key();
            let parts = [&public.point()[..], &step.to_be_bytes()];
            halves.fill(self.chain_code.as_slice(), &parts);
        }
        let mut secret = Zeroizing::new([0; 32]);
        k1::add(self.private.expose_bytes(), halves.left(), &mut secret)?;
        Self::new(&secret, halves.right())
    }

    fn new(secret: &[u8; 32], chain_code: &[u8; 32]) -> Option<Self> {
        let private = PrivateKey::from_bytes(KeyType::K1, secret).ok()?;
        let mut boxed = Box::new(Zeroizing::new([0; 32]));
        boxed.copy_from_slice(chain_code);
        Some(Self {
            private,
            chain_code: boxed,
        })
    }
}

/// What HMAC-SHA-512 gives: a number to make a key of, and a chain code.
struct Halves(Box<Zeroizing<[u8; 64]>>);

impl Halves {
    fn new() -> Self {
        Self(Box::new(Zeroizing::new([0; 64])))
    }

    fn fill(&mut self, key: &[u8], parts: &[&[u8]]) {
        let mut hmac = Hmac::<Sha512>::new_from_slice(key).expect("keys may have any length");
        for part in parts {
            hmac.update(part);
        }
        hmac.finalize_into((&mut **self.0).into());
    }

    fn left(&self) -> &[u8; 32] {
        self.0.first_chunk().expect("64 is more than 32")
    }

    fn right(&self) -> &[u8; 32] {
        self.0.last_chunk().expect("64 is more than 32")
    }
}
