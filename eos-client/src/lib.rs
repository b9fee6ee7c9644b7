#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod api;
mod builder;
mod client;
mod error;
mod node_error;
mod retry;
mod table;
mod transaction;
mod transport;

pub use builder::ClientBuilder;
pub use client::Client;
pub use error::Error;
pub use node_error::{ErrorDetail, ErrorKind, NodeError};
pub use retry::RetryPolicy;
pub use table::{TableKey, TableQuery};
pub use transaction::{Draft, Inclusion, Receipt, Submission};
pub use transport::{Answer, Transport, TransportError};
pub use url;
