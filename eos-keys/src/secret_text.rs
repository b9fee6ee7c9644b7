use std::fmt;

use zeroize::Zeroizing;

/// A secret as text, such as a private key in WIF. `Debug` is redacted, there is no `Display`, and it is erased on drop.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Makes a secret whose text `write` appends, within `capacity`: growing would leave a copy behind.
    pub(crate) fn write(capacity: usize, write: impl FnOnce(&mut String)) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        write(&mut text);
        debug_assert!(
            text.len() <= capacity,
            "a secret must not be moved by growing"
        );
        Self(text)
    }

    /// Reveals the secret.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(<redacted>)")
    }
}
