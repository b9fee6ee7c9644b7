//! What hostile input costs: each family of it, by each way in, is refused quickly and in little memory.
//!
//! The bounds are those of a release build, `cargo test --release -p eos-abi --test budget -- --nocapture` prints the figures.
//! What counts is the processor's time for this thread, and the best of several runs, since machines have other work to do; a
//! debug build may take forty times as long. A bomb that goes off takes thousands of times as long.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allocations;
mod bombs;
mod stack;

use std::time::Duration;

use allocations::peak;
use rustix::time::{ClockId, clock_gettime};

/// The most that refusing may take, in time and in bytes of heap beside the input.
const TIME: Duration = Duration::from_millis(5);
const HEAP: usize = 8 << 20;

const SLOWER: u32 = if cfg!(debug_assertions) { 40 } else { 1 };
const RUNS: usize = 7;

/// What an attempt came to.
pub(crate) type Answer = Result<(), String>;

/// Tries what `attempt` does, and asserts that it costs little.
#[track_caller]
fn measure(name: &str, time: Duration, attempt: impl Fn() -> Answer) -> Answer {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = busy();
        let _ = attempt();
        best = best.min(busy().saturating_sub(start));
    }
    let mut answer = Ok(());
    let heap = peak(|| answer = attempt());
    #[expect(clippy::print_stdout, reason = "the figures are what is looked for")]
    {
        let end = if answer.is_ok() { "taken" } else { "refused" };
        println!(
            "{name:60} {end:8} {:8.3} ms {:8} KiB",
            best.as_secs_f64() * 1e3,
            heap >> 10
        );
    }
    assert!(best <= time * SLOWER, "{name} takes {best:?}");
    assert!(heap <= HEAP, "{name} takes {heap} bytes");
    answer
}

/// Returns for how long a processor has worked for this thread.
fn busy() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// Asserts that `attempt` is refused at little cost, for the reason that is expected.
#[track_caller]
pub(crate) fn refused(name: &str, reason: &str, attempt: impl Fn() -> Answer) {
    let error = measure(name, TIME, attempt).unwrap_err();
    assert!(
        error.contains(reason),
        "{name}: {}",
        error.get(..300).unwrap_or(&error)
    );
    assert!(
        error.len() < 1000,
        "{name}: the error has {} bytes",
        error.len()
    );
}

/// Asserts that `attempt` is no bomb although the limits allow it: it takes twice the time at most.
#[track_caller]
pub(crate) fn taken(name: &str, attempt: impl Fn() -> Answer) {
    measure(name, 2 * TIME, attempt).unwrap();
}
