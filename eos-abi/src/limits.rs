//! How much work a stranger's input may cause.

/// The deepest nesting that can be configured. It needs a stack of 96 KiB (384 KiB in a debug build); the default depth
/// needs 64 KiB (128 KiB).
pub const MAX_DEPTH: u32 = 96;

/// Limits on what decoding and schema-driven encoding may do with an input.
///
/// All of them are counts: the same input under the same limits always gives the same answer, on any machine.
/// Memory needs no limit of its own: nothing is allocated that bytes of the input do not pay for, each byte a fixed number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    depth: u32,
    empty_values: u32,
    output: usize,
    /// How many elements the lists of a typed value may have together.
    elements: u32,
}

impl Limits {
    /// The limits that apply when none are given: a depth of 32 (as nodeos has it), 65,536 values without content,
    /// 1 MiB of output beyond what the input's length justifies.
    pub const DEFAULT: Self = Self {
        depth: 32,
        empty_values: 1 << 16,
        output: 1 << 20,
        elements: u32::MAX,
    };

    /// For ABIs: an element takes up to 60 times as many bytes in memory as in the input, and the largest known contract
    /// has about 1,500.
    pub(crate) const ABI: Self = Self {
        elements: 1 << 15,
        ..Self::DEFAULT
    };

    /// Returns the limits with another nesting depth, at most [`MAX_DEPTH`].
    #[must_use]
    pub const fn with_depth(mut self, depth: u32) -> Self {
        self.depth = if depth > MAX_DEPTH { MAX_DEPTH } else { depth };
        self
    }

    /// Returns the limits with another number of values that may take no byte of the input (empty structs,
    /// arrays of length zero). Values that do take input are limited by its length.
    #[must_use]
    pub const fn with_empty_values(mut self, count: u32) -> Self {
        self.empty_values = count;
        self
    }

    /// Returns the limits with another allowance of output bytes. Schema-driven coding may write this much beyond
    /// a fixed multiple of the input's length (8 for JSON to binary, 64 for binary to JSON).
    #[must_use]
    pub const fn with_output(mut self, bytes: usize) -> Self {
        self.output = bytes;
        self
    }

    /// Returns how deep values may be nested.
    pub const fn depth(&self) -> u32 {
        self.depth
    }

    /// Returns how many values may take no input.
    pub const fn empty_values(&self) -> u32 {
        self.empty_values
    }

    pub(crate) const fn elements(&self) -> u32 {
        self.elements
    }

    /// Returns how many bytes of output are allowed beyond what the input's length justifies.
    pub const fn output(&self) -> usize {
        self.output
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
