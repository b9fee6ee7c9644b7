use std::io;

use zeroize::Zeroizing;

/// Bytes that are erased on drop, and that leave no copy behind when they grow.
#[derive(Default)]
pub(crate) struct SecretBuffer(Zeroizing<Vec<u8>>);

impl SecretBuffer {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let needed = self.0.len().saturating_add(bytes.len());
        if needed > self.0.capacity() {
            let capacity = needed.max(self.0.capacity().saturating_mul(2));
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(&self.0);
            // The smaller one is erased here; a `Vec` that grows by itself frees it as it is.
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl AsRef<[u8]> for SecretBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl io::Write for SecretBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_is_there_and_a_vec_never_grows_by_itself() {
        let mut buffer = SecretBuffer::with_capacity(3);
        let mut expected = Vec::new();
        for length in 0..100_u8 {
            let piece = vec![length; length.into()];
            let room = buffer.0.capacity() - buffer.len();
            let before = buffer.0.as_ptr();
            buffer.extend(&piece);
            expected.extend_from_slice(&piece);
            assert_eq!(buffer.as_ref(), expected);
            // Within its room it stays where it is.
            assert!(piece.len() > room || buffer.0.as_ptr() == before);
        }
    }
}
