//! Short texts that are made without allocating.

/// A text of at most `N` ASCII bytes, written from its end to its start (as numbers are).
pub(crate) struct StackText<const N: usize> {
    bytes: [u8; N],
    start: usize,
}

impl<const N: usize> StackText<N> {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; N],
            start: N,
        }
    }

    /// Puts a byte before what is there.
    #[inline]
    pub(crate) fn push_front(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = byte;
        }
    }

    /// Puts the decimal digits of `value` before what is there, at least `least` of them.
    #[inline]
    pub(crate) fn push_number_front(&mut self, value: u64, least: u32) {
        let mut rest = value;
        let mut written = 0_u32;
        while rest != 0 || written < least {
            let [digit, ..] = (rest % 10).to_le_bytes();
            self.push_front(b'0' | digit);
            rest /= 10;
            written = written.saturating_add(1);
        }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        self.bytes
            .get(self.start..)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}
