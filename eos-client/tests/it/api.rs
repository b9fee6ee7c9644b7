//! The shape of the public API.

use std::error::Error as StdError;
use std::fmt::Debug;

fn shared<T: Send + Sync + Debug>() {}
fn error<T: StdError + Send + Sync + 'static>() {}

#[test]
fn public_types_can_be_shared_between_threads() {
    shared::<eos_client::Client>();
    shared::<eos_client::ClientBuilder>();
    shared::<eos_client::Draft>();
    shared::<eos_client::Submission>();
    shared::<eos_client::TableQuery>();
    error::<eos_client::Error>();
    error::<eos_client::NodeError>();
    error::<eos_client::TransportError>();
}
