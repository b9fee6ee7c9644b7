use std::{fmt, str::FromStr, sync::OnceLock};

use zeroize::Zeroizing;

use crate::{
    digest::Digest,
    error::{ParseError, RandomnessError},
    k1,
    key_type::KeyType,
    public_key::PublicKey,
    r1,
    secret_text::SecretText,
    signature::Signature,
    stack, text,
};

/// The first byte of a private key in WIF.
const WIF_VERSION: u8 = 0x80;

/// A private key of type K1 or R1.
///
/// `Debug` is redacted; there is no `Display`, no `Serialize` and no comparison. The secret lies on the heap, so that moving the key
/// leaves no copies on the stack, and is erased on drop.
///
/// `FromStr` reads WIF and `PVT_K1_…`, `PVT_R1_…`.
///
/// ```
/// use eos_keys::{Digest, PrivateKey};
///
/// let key = PrivateKey::generate()?;
/// let digest = Digest::of(b"hello");
/// assert_eq!(key.sign_digest(&digest).recover(&digest)?, key.public_key());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PrivateKey {
    curve: Curve,
    secret: Box<Zeroizing<[u8; 32]>>,
    public: OnceLock<PublicKey>,
}

/// The curves that have private keys here.
#[derive(Clone, Copy)]
enum Curve {
    K1,
    R1,
}

impl PrivateKey {
    /// Returns a new K1 key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`RandomnessError`] if the system gives none.
    pub fn generate() -> Result<Self, RandomnessError> {
        Self::generate_on(Curve::K1)
    }

    /// Returns a new R1 key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`RandomnessError`] if the system gives none.
    pub fn generate_r1() -> Result<Self, RandomnessError> {
        Self::generate_on(Curve::R1)
    }

    /// Returns the key of a secret number, big endian.
    ///
    /// # Errors
    ///
    /// [`ParseError::SecretOutOfRange`] if the number is zero or not below the order of the curve, [`ParseError::NoPrivateKeys`] for
    /// WebAuthn.
    pub fn from_bytes(key_type: KeyType, secret: &[u8; 32]) -> Result<Self, ParseError> {
        let curve = match key_type {
            KeyType::K1 => Curve::K1,
            KeyType::R1 => Curve::R1,
            KeyType::WebAuthn => return Err(ParseError::NoPrivateKeys { key_type }),
        };
        Self::new(curve, secret)
    }

    /// Returns the type of this key.
    pub const fn key_type(&self) -> KeyType {
        match self.curve {
            Curve::K1 => KeyType::K1,
            Curve::R1 => KeyType::R1,
        }
    }

    /// Returns the public key. It is computed when it is first asked for, and remembered.
    pub fn public_key(&self) -> PublicKey {
        self.public
            .get_or_init(|| {
                stack::shallowly_erased_after(|| match self.curve {
                    Curve::K1 => PublicKey::from_k1_bytes(k1::public_key(&self.secret)),
                    Curve::R1 => PublicKey::from_r1_bytes(r1::public_key(&self.secret)),
                })
            })
            .clone()
    }

    /// Signs a digest.
    ///
    /// Signatures are canonical and the same each time. Those of K1 keys are, byte for byte, what nodeos and keosd make.
    pub fn sign_digest(&self, digest: &Digest) -> Signature {
        stack::shallowly_erased_after(|| match self.curve {
            Curve::K1 => Signature::from_k1_bytes(k1::sign(&self.secret, digest.as_bytes())),
            Curve::R1 => Signature::from_r1_bytes(r1::sign(&self.secret, digest.as_bytes())),
        })
    }

    /// Reveals the key as keosd prints it: WIF for K1, and `PVT_R1_…` for R1, which has no WIF.
    pub fn expose_text(&self) -> SecretText {
        match self.curve {
            Curve::K1 => stack::shallowly_erased_after(|| self.expose_wif()),
            Curve::R1 => self.expose_modern_text(),
        }
    }

    /// Reveals the key as text with its type in it: `PVT_K1_…` or `PVT_R1_…`.
    pub fn expose_modern_text(&self) -> SecretText {
        let (prefix, suffix) = match self.curve {
            Curve::K1 => ("PVT_K1_", "K1"),
            Curve::R1 => ("PVT_R1_", "R1"),
        };
        stack::shallowly_erased_after(|| {
            SecretText::write(64, |text| {
                text.push_str(prefix);
                text::push_checked::<36>(text, self.secret.as_slice(), suffix);
            })
        })
    }

    /// Reveals the secret number, big endian.
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.secret
    }

    fn expose_wif(&self) -> SecretText {
        let mut bytes = Zeroizing::new([0; 37]);
        let (data, checksum) = bytes
            .split_last_chunk_mut::<4>()
            .expect("37 is more than four");
        let (version, secret) = data.split_first_mut().expect("33 is more than one");
        *version = WIF_VERSION;
        secret.copy_from_slice(self.secret.as_slice());
        (_, *checksum) = text::wif_checksums(data);
        SecretText::write(64, |text| text::push_base58(text, bytes.as_slice()))
    }

    fn new(curve: Curve, secret: &[u8; 32]) -> Result<Self, ParseError> {
        if !curve.contains(secret) {
            return Err(ParseError::SecretOutOfRange);
        }
        Ok(Self {
            curve,
            secret: boxed(secret),
            public: OnceLock::new(),
        })
    }

    fn generate_on(curve: Curve) -> Result<Self, RandomnessError> {
        let mut secret = Zeroizing::new([0; 32]);
        loop {
            getrandom::fill(secret.as_mut_slice()).map_err(RandomnessError::new)?;
            // A number outside of the range is thrown away, not folded into it, which would make some keys likelier than others.
            if let Ok(key) = Self::new(curve, &secret) {
                return Ok(key);
            }
        }
    }

    fn parse(text: &str) -> Result<Self, ParseError> {
        let Some(rest) = text.strip_prefix("PVT_") else {
            return Self::from_wif(text);
        };
        let (curve, suffix, base58) = if let Some(base58) = rest.strip_prefix("K1_") {
            (Curve::K1, "K1", base58)
        } else if let Some(base58) = rest.strip_prefix("R1_") {
            (Curve::R1, "R1", base58)
        } else {
            return Err(ParseError::UnknownPrefix);
        };
        let mut secret = Zeroizing::new([0; 32]);
        text::parse_checked::<36, 32>(base58, "PVT_K1_".len(), suffix, &mut secret)?;
        Self::new(curve, &secret)
    }

    fn from_wif(text: &str) -> Result<Self, ParseError> {
        let mut bytes = Zeroizing::new([0; 37]);
        text::decode(text, 0, &mut bytes).map_err(|error| text::with_expected_length(error, 33))?;
        let (data, checksum) = bytes.split_last_chunk::<4>().expect("37 is more than four");
        // Tools of the first years wrote one round of SHA-256; nodes read both.
        let (once, twice) = text::wif_checksums(data);
        if *checksum != twice && *checksum != once {
            return Err(ParseError::WrongChecksum);
        }
        let (&version, secret) = data.split_first_chunk::<1>().expect("33 is more than one");
        if version != [WIF_VERSION] {
            return Err(ParseError::WrongVersion);
        }
        let secret = secret.try_into().expect("32 are left of 33");
        Self::new(Curve::K1, secret)
    }
}

// Not Copy: `Drop` erases. Not derived: that copies the secret by way of the stack.
impl Clone for PrivateKey {
    fn clone(&self) -> Self {
        Self {
            curve: self.curve,
            secret: boxed(&self.secret),
            public: self.public.clone(),
        }
    }
}

impl FromStr for PrivateKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        stack::shallowly_erased_after(|| Self::parse(text))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(<redacted>)")
    }
}

/// Copies a secret to the heap. The place is made first and filled then, so that no copy passes through the stack.
fn boxed(secret: &[u8; 32]) -> Box<Zeroizing<[u8; 32]>> {
    let mut boxed = Box::new(Zeroizing::new([0; 32]));
    boxed.copy_from_slice(secret);
    boxed
}

impl Curve {
    /// Tells whether the number is at least one and below the order.
    fn contains(self, secret: &[u8; 32]) -> bool {
        let order = match self {
            Self::K1 => &k1::ORDER,
            Self::R1 => &r1::ORDER,
        };
        // A subtraction from the last byte to the first, whose borrow tells, takes the same time for all secrets.
        let mut borrow = 0u16;
        let mut any = 0;
        for (byte, order) in secret.iter().zip(order).rev() {
            any |= byte;
            let difference = u16::from(*byte)
                .wrapping_sub(u16::from(*order))
                .wrapping_sub(borrow);
            borrow = difference >> 15;
        }
        any != 0 && borrow == 1
    }
}
