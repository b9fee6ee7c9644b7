//! Container images without Docker: made, pulled, pushed, or written into a file.

mod archive;
mod builder;
mod built;
mod credential_helper;
mod credentials;
mod digest;
mod elf;
mod error;
mod gzip;
mod layer;
mod manifest;
mod nodeos;
mod progress;
mod reference;
mod registry;
mod rootfs;
mod store;
mod tar_writer;

pub use builder::ImageBuilder;
pub use built::Image;
pub use credentials::{Credential, Credentials};
pub use digest::BlobDigest;
pub use error::ImageError;
pub use layer::{Content, Layer};
pub use manifest::{Descriptor, Platform};
pub use nodeos::{NodeosEntry, NodeosParts, nodeos_image};
pub use progress::{ImageEvent, OnImageEvent};
pub use reference::Reference;
pub use registry::{PushReport, RegistryClient, RegistryClientBuilder};
pub use store::Store;
