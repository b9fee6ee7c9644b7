//! Bodies of requests that are read from a file while they are sent.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc::{self, Receiver};

/// How much is read at once. Two of them are in memory beside the one that is sent.
const PIECE: usize = 1 << 18;

/// A part of a file. It can be sent any number of times.
#[derive(Debug, Clone)]
pub(super) struct FilePart {
    pub(super) path: PathBuf,
    pub(super) from: u64,
    pub(super) length: u64,
    /// The bytes that were handed over to be sent.
    pub(super) sent: Arc<AtomicU64>,
}

pub(super) struct FileBody {
    pieces: Receiver<io::Result<Bytes>>,
    left: u64,
    sent: Arc<AtomicU64>,
}

impl FilePart {
    /// Begins to read.
    pub(super) fn body(&self) -> FileBody {
        let (sender, pieces) = mpsc::channel(1);
        let part = self.clone();
        self.sent.store(self.from, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            let read = part.read(|piece| sender.blocking_send(Ok(piece)).is_ok());
            if let Err(error) = read {
                // Where nobody receives any more, nobody wants to know.
                let _ = sender.blocking_send(Err(error));
            }
        });
        FileBody {
            pieces,
            left: self.length,
            sent: Arc::clone(&self.sent),
        }
    }

    fn read(&self, mut send: impl FnMut(Bytes) -> bool) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.from))?;
        let mut left = self.length;
        while left > 0 {
            let length = left.min(PIECE as u64);
            let mut piece = Vec::new();
            (&mut file).take(length).read_to_end(&mut piece)?;
            if piece.len() as u64 != length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= length;
            if !send(piece.into()) {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.pieces.poll_recv(context).map(|piece| {
            piece.map(|piece| {
                let piece = piece?;
                let length = piece.len() as u64;
                self.left = self.left.saturating_sub(length);
                self.sent.fetch_add(length, Ordering::Relaxed);
                Ok(Frame::data(piece))
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
