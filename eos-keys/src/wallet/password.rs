use std::fmt;

use zeroize::Zeroizing;

use crate::{error::RandomnessError, private_key::PrivateKey};

/// A wallet's password. `Debug` is redacted, there is no `Display`, and it is erased on drop.
///
/// ```
/// use eos_keys::wallet::Password;
///
/// let password = Password::generate()?;
/// assert!(password.expose().starts_with("PW5"));
/// assert_eq!(format!("{password:?}"), "Password(<redacted>)");
/// # Ok::<(), eos_keys::RandomnessError>(())
/// ```
pub struct Password(Zeroizing<String>);

impl Password {
    /// Returns a new password as keosd makes them: `PW`, then a random key in WIF.
    ///
    /// # Errors
    ///
    /// [`RandomnessError`] if the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomnessError> {
        let wif = PrivateKey::generate()?.expose_text();
        // Of full size from the start: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(64));
        text.push_str("PW");
        text.push_str(wif.expose());
        Ok(Self(text))
    }

    /// Reveals the password.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    /// Takes the text over, without a copy, and exactly as it is: whoever reads it from a terminal or a file removes the line end.
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(<redacted>)")
    }
}
