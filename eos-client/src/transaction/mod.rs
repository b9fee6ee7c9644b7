//! The life of a transaction: build, sign **once**, send the same bytes until the chain has them, confirm.

mod confirm;
mod draft;
mod send;

pub use confirm::Inclusion;
pub use draft::{Draft, Submission};
pub use send::Receipt;
