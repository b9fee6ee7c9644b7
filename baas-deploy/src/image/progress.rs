use std::fmt;

use super::digest::BlobDigest;

/// What a caller passes to be told what happens to an image: called for each [`ImageEvent`], from the task that works,
/// so it should return soon.
pub type OnImageEvent<'a> = dyn Fn(ImageEvent) + Send + Sync + 'a;

/// Something that happened to an image on its way. `Display` is one plain line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageEvent {
    /// A part of an image comes from a registry.
    #[non_exhaustive]
    Downloading {
        /// The part.
        digest: BlobDigest,
        /// The bytes that have come.
        received: u64,
        /// The bytes in all.
        total: u64,
    },
    /// A part of an image goes to a registry.
    #[non_exhaustive]
    Uploading {
        /// The part.
        digest: BlobDigest,
        /// The bytes that were sent. Falls back to 0 when the part has to be sent again.
        sent: u64,
        /// The bytes in all.
        total: u64,
    },
    /// The registry has a part of the image now.
    #[non_exhaustive]
    Uploaded {
        /// The part.
        digest: BlobDigest,
        /// Its length.
        total: u64,
    },
    /// The registry had a part of the image already.
    #[non_exhaustive]
    AlreadyThere {
        /// The part.
        digest: BlobDigest,
    },
    /// The registry took a part of the image from another of its repositories.
    #[non_exhaustive]
    Mounted {
        /// The part.
        digest: BlobDigest,
        /// That repository.
        from: String,
    },
    /// The registry does not take a part in one piece: it is sent in several.
    #[non_exhaustive]
    InChunks {
        /// The part.
        digest: BlobDigest,
    },
    /// The image can be pulled by its name now.
    #[non_exhaustive]
    Published {
        /// Its name.
        reference: String,
        /// Its digest.
        digest: BlobDigest,
    },
}

impl fmt::Display for ImageEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Downloading {
                digest,
                received,
                total,
            } => write!(
                f,
                "{}: {received} of {total} bytes have come",
                short(digest)
            ),
            Self::Uploading {
                digest,
                sent,
                total,
            } => write!(f, "{}: {sent} of {total} bytes were sent", short(digest)),
            Self::Uploaded { digest, total } => {
                write!(f, "{}: the registry has all {total} bytes", short(digest))
            }
            Self::AlreadyThere { digest } => {
                write!(f, "{}: the registry has it already", short(digest))
            }
            Self::Mounted { digest, from } => {
                write!(f, "{}: the registry takes it from {from}", short(digest))
            }
            Self::InChunks { digest } => write!(
                f,
                "{}: the registry does not take it in one piece, it is sent in several",
                short(digest)
            ),
            Self::Published { reference, digest } => write!(f, "{reference} is {digest}"),
        }
    }
}

fn short(digest: &BlobDigest) -> &str {
    &digest.hex()[..12]
}
