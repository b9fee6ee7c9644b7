use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::digest::BlobDigest;

/// Why an image could not be made, brought or sent. Tells no password and no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// A text is not the name of an image.
    #[error("`{text}` is not an image reference: {reason}")]
    #[non_exhaustive]
    Reference {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A text is not a digest.
    #[error("`{text}` is not a digest: expected sha256: and 64 lower-case hex digits")]
    #[non_exhaustive]
    Digest {
        /// The text, cut.
        text: String,
    },
    /// A path cannot be in an image.
    #[error("`{path}` cannot be a path in an image: {reason}")]
    #[non_exhaustive]
    ImagePath {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A setting of an image is not what runtimes accept.
    #[error("the image's {setting} cannot be `{value}`: {reason}")]
    #[non_exhaustive]
    Setting {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file or directory could not be read or written.
    #[error("could not {action} {}", path.display())]
    #[non_exhaustive]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The archive of a root filesystem has an entry that cannot be in an image.
    #[error("{}, entry `{entry}`: {reason}", archive.display())]
    #[non_exhaustive]
    Rootfs {
        /// The archive.
        archive: PathBuf,
        /// The entry.
        entry: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A registry could not be reached.
    #[error("{registry} cannot be reached")]
    #[non_exhaustive]
    Unreachable {
        /// The registry's host and port.
        registry: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A registry was silent for too long.
    #[error("{registry} was silent for {:.0} s while {doing}", after.as_secs_f32())]
    #[non_exhaustive]
    TimedOut {
        /// The registry's host and port.
        registry: String,
        /// What was tried.
        doing: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// A registry wants to know who asks, or does not believe it.
    #[error("{registry} does not let us in: {reason}")]
    #[non_exhaustive]
    Unauthorized {
        /// The registry's host and port.
        registry: String,
        /// What to do.
        reason: String,
    },
    /// A registry knows who asks, and refuses.
    #[error("{registry} denies {doing}{detail}")]
    #[non_exhaustive]
    Denied {
        /// The registry's host and port.
        registry: String,
        /// What was tried.
        doing: String,
        /// What the registry said, cut; starts with a colon where there is anything.
        detail: String,
    },
    /// There is no such image, or a part of it is missing.
    #[error("{registry} does not have {what}")]
    #[non_exhaustive]
    NotFound {
        /// The registry's host and port.
        registry: String,
        /// What is missing.
        what: String,
    },
    /// A registry gave an answer that does not belong to what was asked.
    #[error("{registry} answered {status} to {doing}{detail}")]
    #[non_exhaustive]
    Refused {
        /// The registry's host and port.
        registry: String,
        /// The HTTP status.
        status: u16,
        /// What was tried.
        doing: String,
        /// What the registry said, cut; starts with a colon where there is anything.
        detail: String,
        /// How long the registry asks to wait before it is asked again.
        retry_after: Option<Duration>,
    },
    /// A registry's answer cannot be followed.
    #[error("{registry} sent a useless answer to {doing}: {reason}")]
    #[non_exhaustive]
    Answer {
        /// The registry's host and port.
        registry: String,
        /// What was tried.
        doing: String,
        /// What is wrong with the answer.
        reason: &'static str,
    },
    /// What came has another digest than what was asked for.
    #[error("{what} has digest {found}, expected {expected}")]
    #[non_exhaustive]
    DigestMismatch {
        /// What came.
        what: String,
        /// The digest that was asked for.
        expected: BlobDigest,
        /// The digest that it has.
        found: BlobDigest,
    },
    /// What came, or what a file holds, is shorter or longer than announced.
    #[error("{what} is {found} bytes long, expected {expected}")]
    #[non_exhaustive]
    SizeMismatch {
        /// What came.
        what: String,
        /// The announced length.
        expected: u64,
        /// The length; of what is too long, as much as was read.
        found: u64,
    },
    /// Something is larger than an image of nodes ever is.
    #[error("{what} is larger than {limit} bytes")]
    #[non_exhaustive]
    TooLarge {
        /// What it is.
        what: String,
        /// The most that is accepted.
        limit: u64,
    },
    /// A manifest, a configuration or an answer is not the JSON that it should be.
    #[error("{what} cannot be read")]
    #[non_exhaustive]
    Malformed {
        /// What it is.
        what: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// An image has parts that this crate does not handle.
    #[error("{what} cannot be used: {reason}")]
    #[non_exhaustive]
    Unsupported {
        /// What it is.
        what: String,
        /// Why not.
        reason: String,
    },
    /// An image is not there for the platform.
    #[error("{reference} is not there for {wanted}, only for {available}")]
    #[non_exhaustive]
    NoPlatform {
        /// The image.
        reference: String,
        /// The platform.
        wanted: String,
        /// The platforms for which it is there.
        available: String,
    },
    /// A host would have to be talked to without TLS.
    #[error("{host} is not spoken to without TLS; allow it by name if it is meant")]
    #[non_exhaustive]
    PlainHttp {
        /// The host and port.
        host: String,
    },
    /// A file of credentials cannot be used.
    #[error("{} holds no usable credentials for {registry}: {reason}", path.display())]
    #[non_exhaustive]
    CredentialFile {
        /// The file.
        path: PathBuf,
        /// The registry's host and port.
        registry: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The program that keeps credentials did not give them.
    #[error("{helper} gave no credentials for {registry}: {reason}")]
    #[non_exhaustive]
    CredentialHelper {
        /// The program.
        helper: String,
        /// The registry's host and port.
        registry: String,
        /// What went wrong.
        reason: String,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    #[non_exhaustive]
    Setup {
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The libraries of a program could not be found.
    #[error("the libraries of {} cannot be told: {reason}", program.display())]
    #[non_exhaustive]
    Libraries {
        /// The program.
        program: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

/// Returns what turns an I/O error into ours.
pub(super) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> ImageError + use<> {
    let path = path.to_owned();
    move |source| ImageError::Io {
        action,
        path,
        source,
    }
}
