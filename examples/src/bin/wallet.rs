//! Wallets on the command line: the keystores of `eos-keys` and the wallet files of keosd.
//!
//! ```sh
//! cargo run --release -p examples --bin wallet -- create my.keystore
//! cargo run --release -p examples --bin wallet -- --help
//! ```

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use eos_keys::mnemonic::{DerivationPath, Mnemonic};
use eos_keys::wallet::{Password, create_secret_file};
use eos_keys::{Digest, PrivateKey, PublicKey};
use examples::secret_input;
use examples::wallet_file::{Format, WalletFile, printable};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Make and use wallets: keystores of this project, and wallet files of keosd.
///
/// Passwords and private keys are asked for on the terminal, without echo, or read from a file descriptor, as with
/// `--password-fd 3 3<password.txt`; never from arguments or the environment. What was asked for is printed to standard output,
/// everything else to standard error.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an empty wallet.
    Create {
        /// The file to make; it must not exist.
        file: PathBuf,
        /// How to write it.
        #[arg(long, value_enum, default_value_t = Format::Keystore)]
        format: Format,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Make a new key in a wallet, and print its public key.
    Generate {
        #[command(flatten)]
        wallet: Existing,
        #[command(flatten)]
        label: Label,
        /// The curve.
        #[arg(long = "type", value_enum, default_value_t = Curve::K1)]
        curve: Curve,
    },
    /// Put a private key into a wallet, and print its public key.
    Import {
        #[command(flatten)]
        wallet: Existing,
        #[command(flatten)]
        label: Label,
        /// Read the private key (WIF, PVT_K1_… or PVT_R1_…), or the mnemonic, from this file descriptor.
        #[arg(long, value_name = "FD")]
        key_fd: Option<u32>,
        /// Take the key from a BIP-39 mnemonic.
        #[arg(long)]
        mnemonic: bool,
        /// Which key of the mnemonic, by BIP-32.
        #[arg(long, value_name = "PATH", requires = "mnemonic", default_value_t)]
        path: DerivationPath,
    },
    /// Print the public keys of a wallet, one a line, each followed by what the wallet calls it.
    List {
        #[command(flatten)]
        wallet: Existing,
    },
    /// Sign with a key of a wallet, and print the signature.
    Sign {
        #[command(flatten)]
        wallet: Existing,
        /// The key: its public key, or its label.
        key: String,
        #[command(flatten)]
        signed: Signed,
    },
    /// Copy all keys of a wallet into a new one of the other format. The old one stays as it is.
    Convert {
        #[command(flatten)]
        wallet: Existing,
        /// The file to make; it must not exist.
        to: PathBuf,
        #[command(flatten)]
        password: NewPassword,
    },
    /// Print a public key in all its forms.
    Show {
        /// The key, in any of them but the packed one.
        key: PublicKey,
    },
    /// Print a private key of a wallet in all its forms. Whoever sees them has the key.
    Reveal {
        #[command(flatten)]
        wallet: Existing,
        /// The key: its public key, or its label.
        key: String,
    },
}

/// A wallet that is there, and where its password comes from.
#[derive(Debug, Args)]
struct Existing {
    /// The wallet.
    #[arg(value_name = "WALLET")]
    file: PathBuf,
    /// Read its password from this file descriptor.
    #[arg(long, value_name = "FD")]
    password_fd: Option<u32>,
}

/// Where the password of a new wallet comes from.
#[derive(Debug, Args)]
struct NewPassword {
    /// Make a random password, and write it to this new file (0600).
    #[arg(long, value_name = "FILE", conflicts_with = "new_password_fd")]
    generate_password: Option<PathBuf>,
    /// Read the new wallet's password from this file descriptor.
    #[arg(long, value_name = "FD")]
    new_password_fd: Option<u32>,
}

#[derive(Debug, Args)]
struct Label {
    /// What a keystore calls the key; unless given, the public key. (keosd's files have no labels.)
    #[arg(long)]
    label: Option<String>,
}

/// What is signed.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Signed {
    /// A digest: 64 hex digits.
    #[arg(long, value_name = "HEX")]
    digest: Option<Digest>,
    /// The SHA-256 of this file's content; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    sha256_of: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Curve {
    K1,
    R1,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(output) => match io::stdout().write_all(output.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tell(&format!(
                    "error: the command was carried out, but its answer could not be written to standard output: {error}"
                ));
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            let _ = writeln!(io::stderr(), "error: {}", causes.join("\n  because: "));
            ExitCode::FAILURE
        }
    }
}

/// Carries the command out and returns what it prints.
fn run(command: Command) -> Result<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::new());
    match command {
        Command::Create {
            file,
            format,
            password,
        } => {
            password.refuse_paths(&file)?;
            password.make(&file, format, |password| {
                WalletFile::create(file.clone(), format, password)
            })?;
            tell(&format!("{} was made; it has no keys yet", file.display()));
        }
        Command::Generate {
            wallet,
            label,
            curve,
        } => {
            let mut wallet = wallet.open()?;
            let key = match curve {
                Curve::K1 => PrivateKey::generate()?,
                Curve::R1 => PrivateKey::generate_r1()?,
            };
            writeln!(out, "{}", wallet.add(key, label.label)?)?;
        }
        Command::Import {
            wallet,
            label,
            key_fd,
            mnemonic,
            path,
        } => {
            let mut wallet = wallet.open()?;
            let key = read_key(key_fd, mnemonic.then_some(&path))?;
            writeln!(out, "{}", wallet.add(key, label.label)?)?;
        }
        Command::List { wallet } => {
            for (label, key) in wallet.open()?.keys() {
                writeln!(out, "{}\t{}", key.public_key(), printable(&label))?;
            }
        }
        Command::Sign {
            wallet,
            key,
            signed,
        } => {
            let digest = signed.digest()?;
            let wallet = wallet.open()?;
            writeln!(out, "{}", wallet.find(&key)?.sign_digest(&digest))?;
        }
        Command::Convert {
            wallet,
            to,
            password,
        } => {
            password.refuse_paths(&to)?;
            let format = Format::of(&wallet.file)?.other();
            let wallet = wallet.open()?;
            let converted =
                password.make(&to, format, |password| wallet.convert(to.clone(), password))?;
            let count = converted.keys().len();
            tell(&format!("{} was made with {count} keys", to.display()));
        }
        Command::Show { key } => show(&mut out, &key)?,
        Command::Reveal { wallet, key } => {
            let wallet = wallet.open()?;
            let key = wallet.find(&key)?;
            show(&mut out, &key.public_key())?;
            reveal(&mut out, key)?;
        }
    }
    Ok(out)
}

impl Existing {
    fn open(&self) -> Result<WalletFile> {
        // Before the password is asked for: a name with a slip in it is told at once.
        let format = Format::of(&self.file)?;
        let what = format!("password of {}", self.file.display());
        let password = secret_input::read(&what, "--password-fd", self.password_fd)?;
        WalletFile::open(
            self.file.clone(),
            format,
            &secret_input::into_password(password),
        )
    }
}

impl NewPassword {
    /// Refuses a wallet `file` that cannot be made, before a password is asked for or written.
    fn refuse_paths(&self, file: &Path) -> Result<()> {
        refuse_existing(file)?;
        let place = directory_of(file);
        let of_wallet = fs::canonicalize(place)
            .with_context(|| format!("{} cannot be made", file.display()))?;
        let Some(password_file) = &self.generate_password else {
            return Ok(());
        };
        let is_same = password_file.file_name() == file.file_name()
            && fs::canonicalize(directory_of(password_file)).is_ok_and(|other| other == of_wallet);
        if is_same {
            bail!(
                "the password cannot be in the wallet's own file: give --generate-password another one"
            );
        }
        Ok(())
    }

    /// Makes the wallet `file` of a new password.
    fn make(
        &self,
        file: &Path,
        format: Format,
        create: impl FnOnce(&Password) -> Result<WalletFile>,
    ) -> Result<WalletFile> {
        let Some(password_file) = &self.generate_password else {
            return create(&self.read(format)?);
        };
        let password = Password::generate()?;
        // Before the wallet: one without its password could never be opened.
        create_secret_file(password_file, password.expose().as_bytes())?;
        let made = create(&password);
        if made.is_err() && !is_there(file) {
            // The password of nothing, and in the way of another try. The error that led here is the one to report.
            let _ = fs::remove_file(password_file);
        } else {
            let password_file = password_file.display();
            tell(&format!(
                "its password is in {password_file}: keep it apart"
            ));
        }
        made
    }

    fn read(&self, format: Format) -> Result<Password> {
        let option = "--generate-password or --new-password-fd";
        let secret = secret_input::read_new("new password", option, self.new_password_fd)?;
        if format == Format::Keosd && !is_random(&secret) {
            bail!(
                "a wallet of keosd needs a random password, PW5…, because its format does not slow down guessing: \
                 use --generate-password FILE"
            );
        }
        Ok(secret_input::into_password(secret))
    }
}

impl Signed {
    fn digest(&self) -> Result<Digest> {
        match (&self.digest, &self.sha256_of) {
            (Some(digest), _) => Ok(*digest),
            (None, Some(file)) => {
                sha256_of(file).with_context(|| format!("{} cannot be read", file.display()))
            }
            (None, None) => bail!("give --digest or --sha256-of"), // clap asks for one of them
        }
    }
}

fn sha256_of(file: &Path) -> io::Result<Digest> {
    let mut input: Box<dyn io::Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file)?)
    };
    let mut hash = Sha256::new();
    let mut buffer = [0; 1 << 16];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => hash.update(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(<[u8; 32]>::from(hash.finalize()).into())
}

/// Reads a private key, or the mnemonic that it is the `path` of.
fn read_key(descriptor: Option<u32>, path: Option<&DerivationPath>) -> Result<PrivateKey> {
    let Some(path) = path else {
        let text = secret_input::read("private key", "--key-fd", descriptor)?;
        return text.trim().parse().context("this is no private key");
    };
    let text = secret_input::read("mnemonic", "--key-fd", descriptor)?;
    let mnemonic: Mnemonic = text.parse().context("this is no mnemonic")?;
    Ok(mnemonic.to_seed("").derive(path)?)
}

fn show(out: &mut String, key: &PublicKey) -> Result<()> {
    let packed: String = key
        .to_packed()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    writeln!(out, "type             {}", key.key_type())?;
    writeln!(out, "as nodeos prints {key}")?;
    writeln!(out, "with its type    {}", key.to_modern_string())?;
    writeln!(out, "packed           {packed}")?;
    if key.validate().is_err() {
        tell("no signature of this key can exist: it is not a point of its curve");
    }
    if key.is_published() {
        tell("everybody knows the private key: it is printed in a well-known document");
    }
    Ok(())
}

fn reveal(out: &mut String, key: &PrivateKey) -> Result<()> {
    // Room for both texts, so that no copy is left behind where the buffer grew.
    out.reserve(256);
    writeln!(out, "private          {}", key.expose_text().expose())?;
    writeln!(
        out,
        "with its type    {}",
        key.expose_modern_text().expose()
    )?;
    Ok(())
}

/// Tells whether a password is like those that keosd makes: `PW`, then a private key.
fn is_random(password: &str) -> bool {
    password
        .strip_prefix("PW")
        .is_some_and(|key| key.parse::<PrivateKey>().is_ok())
}

/// Checked before a password is asked for. Whoever makes the file in the meantime keeps it all the same.
fn refuse_existing(file: &Path) -> Result<()> {
    if is_there(file) {
        bail!("{} exists already", file.display());
    }
    Ok(())
}

fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn is_there(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
