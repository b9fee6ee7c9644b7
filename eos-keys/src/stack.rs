//! Erasing what work with secrets leaves on the stack.

use std::hint::black_box;

use zeroize::Zeroize as _;

/// More than the deepest work of this crate takes, unoptimised.
const WORDS: usize = (64 << 10) / size_of::<u64>();

/// Does `work`, and erases the part of the stack that it used.
///
/// Types that erase themselves cannot reach the copies that the compiler and dependencies make on the stack: arguments that are moved,
/// round keys, blocks of a hash. They lie there until something else happens to overwrite them. What `work` returns must hold secrets
/// on the heap only.
pub(crate) fn erased_after<T>(work: impl FnOnce() -> T) -> T {
    let result = out_of_line(work);
    erase();
    result
}

/// Keeps `work` out of its caller's frame, so that all of its own is below.
#[inline(never)]
fn out_of_line<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

/// Overwrites what is below the caller's frame, where that of [`out_of_line`] was.
#[inline(never)]
#[expect(
    clippy::large_stack_arrays,
    reason = "the stack is what is to be overwritten"
)]
fn erase() {
    let mut used = [0u64; WORDS];
    used.zeroize();
    black_box(&used);
}
