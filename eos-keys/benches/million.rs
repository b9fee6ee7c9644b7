#![allow(missing_docs, reason = "a program, not a library")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(clippy::print_stdout, reason = "a program says what it did")]
//! Signs a million digests, and finds each signature canonical and its key recovered.

use std::time::Instant;

#[path = "../tests/it/many_signatures.rs"]
mod many_signatures;

const COUNT: u64 = 1_000_000;

fn main() {
    let start = Instant::now();
    many_signatures::sign_and_recover(COUNT);
    println!(
        "{COUNT} signatures: all canonical, all recovered, {:.1?}",
        start.elapsed()
    );
}
