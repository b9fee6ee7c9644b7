//! The same work, done by eos-abi and by its peers.

mod inputs;
mod operations;

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

pub use operations::operations;

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    EosAbi,
    RsAbieos,
    AntelopeClient,
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EosAbi => "eos-abi",
            Self::RsAbieos => "rs_abieos",
            Self::AntelopeClient => "antelope-client",
        })
    }
}

/// A piece of work, and who can do it.
#[derive(Debug)]
pub struct Operation {
    /// Topic and direction, as in `transfer/json_to_bin`.
    pub name: String,
    /// Each library's way; ours first. All were seen to give the same answer.
    pub contestants: Vec<Contestant>,
}

/// One library's way to do a piece of work.
pub struct Contestant {
    pub library: Library,
    run: Box<dyn FnMut(u64) -> Duration>,
}

impl Contestant {
    fn new<T>(library: Library, mut work: impl FnMut() -> T + 'static) -> Self {
        Self {
            library,
            // The loop is inside, so that the call through the box is not measured.
            run: Box::new(move |times| {
                let start = Instant::now();
                for _ in 0..times {
                    black_box(work());
                }
                start.elapsed()
            }),
        }
    }

    /// Does the work `times` times and returns how long that took.
    pub fn run(&mut self, times: u64) -> Duration {
        (self.run)(times)
    }
}

impl fmt::Debug for Contestant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contestant")
            .field("library", &self.library)
            .finish_non_exhaustive()
    }
}
