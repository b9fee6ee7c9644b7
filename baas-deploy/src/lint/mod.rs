//! What is wrong with files that were written by hand, line by line: [`Finding`]s.

mod finding;

pub use finding::{Finding, Severity};
