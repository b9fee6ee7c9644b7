//! The client against recorded answers and servers that misbehave.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod api;
mod faults;
mod support;
mod transactions;
