use std::error::Error as StdError;

/// Where generated values get their randomness from.
pub trait Random {
    /// Fills the buffer with random bytes.
    ///
    /// # Errors
    ///
    /// [`RandomnessError`] if there are none.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomnessError>;
}

/// The operating system's randomness, fit for keys and passwords.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing inside")]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomnessError> {
        getrandom::fill(buffer).map_err(RandomnessError::new)
    }
}

/// Says that there was no randomness to generate a value from.
#[derive(Debug, thiserror::Error)]
#[error("there is no randomness to generate a value from")]
pub struct RandomnessError {
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl RandomnessError {
    /// Returns the error of a source of randomness.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
        }
    }
}

/// Returns one of the characters, each as likely as the others. There must be 1 to 256 of them.
pub(super) fn pick(alphabet: &[u8], random: &mut impl Random) -> Result<u8, RandomnessError> {
    // Bytes from the last whole multiple on are drawn again: else the first characters would come more often.
    let fair = 256 - 256 % alphabet.len();
    loop {
        let mut byte = [0];
        random.fill(&mut byte)?;
        let drawn = usize::from(byte[0]);
        if drawn < fair {
            return Ok(alphabet[drawn % alphabet.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts through all bytes.
    struct Counter(u8);

    impl Random for Counter {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomnessError> {
            for byte in buffer {
                *byte = self.0;
                self.0 = self.0.wrapping_add(1);
            }
            Ok(())
        }
    }

    #[test]
    fn all_characters_are_as_likely() {
        let mut counts = [0; 3];
        let mut counter = Counter(0);
        for _ in 0..255 {
            let picked = pick(b"abc", &mut counter).unwrap();
            counts[usize::from(picked - b'a')] += 1;
        }
        assert_eq!(counts, [85, 85, 85]);
        assert_eq!(pick(b"a", &mut counter).unwrap(), b'a');
    }
}
