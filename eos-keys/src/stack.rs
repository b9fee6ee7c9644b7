//! Erasing what work with secrets leaves on the stack.

use std::hint::black_box;

/// More than the deepest work of this crate takes, unoptimised.
#[cfg(feature = "wallet")]
const DEEP: usize = 64 * 1024;

/// More than hashing a key and the arithmetic of both curves take. It is little, since reading a key takes no longer than a hash or two.
const SHALLOW: usize = 4 * 1024;

/// Does `work`, and erases the part of the stack that it used.
///
/// Types that erase themselves cannot reach the copies that the compiler and dependencies make on the stack: arguments that are moved,
/// round keys, blocks of a hash. They lie there until something else happens to overwrite them. What `work` returns must hold secrets
/// on the heap only.
#[cfg(feature = "wallet")]
pub(crate) fn erased_after<T>(work: impl FnOnce() -> T) -> T {
    let result = out_of_line(work);
    erase::<DEEP>();
    result
}

/// Does as [`erased_after`](fn@erased_after) does, for work with a single key and no more.
pub(crate) fn shallowly_erased_after<T>(work: impl FnOnce() -> T) -> T {
    let result = out_of_line(work);
    erase::<SHALLOW>();
    result
}

/// Keeps `work` out of its caller's frame, so that all of its own is below.
#[inline(never)]
fn out_of_line<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

/// Overwrites what is below the caller's frame, where that of [`out_of_line`] was.
#[inline(never)]
fn erase<const BYTES: usize>() {
    black_box(&mut [0u8; BYTES]);
}
