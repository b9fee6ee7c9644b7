//! Whether nodeos gets on with its start: by the processor time that it uses, and by what it logs.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::output::SharedTail;
use super::readiness::Verdict;
use super::refusal::{Refusal, system};
use super::rpc;

/// How often it is looked whether nodeos answers.
const EVERY: Duration = Duration::from_millis(250);
/// How long one question may take: `get_info` can take long on a large chain, but this is only asked until the first answer.
const WITHIN: Duration = Duration::from_secs(3);

/// What is known of a node's start.
#[derive(Debug)]
pub(super) struct Watch {
    stalled_after: Duration,
    /// Where the repairs that led nowhere are counted; see [`super::repairs`].
    counter: PathBuf,
    is_stopping: AtomicBool,
    start: Mutex<Option<Starting>>,
}

/// A node that has not answered yet, or has.
#[derive(Debug)]
struct Starting {
    pid: u32,
    begun: Instant,
    has_answered: bool,
    progress: Progress,
    tail: SharedTail,
}

/// When something happened last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    at: Instant,
    cpu_ticks: u64,
    lines: u64,
}

impl Progress {
    /// Takes note of what is seen now.
    fn see(&mut self, at: Instant, cpu_ticks: u64, lines: u64) {
        if (cpu_ticks, lines) != (self.cpu_ticks, self.lines) {
            *self = Self {
                at,
                cpu_ticks,
                lines,
            };
        }
    }
}

impl Watch {
    pub(super) fn new(stalled_after: Duration, counter: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            stalled_after,
            counter,
            is_stopping: AtomicBool::new(false),
            start: Mutex::new(None),
        })
    }

    /// Takes note that an end is wanted.
    pub(super) fn stopping(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    /// Says whether nodeos has answered since it was started last.
    pub(super) fn has_answered(&self) -> bool {
        self.with(|start| start.as_ref().is_some_and(|start| start.has_answered))
    }

    /// Returns how the start goes; nothing when it is over.
    pub(super) fn starting(&self, now: Instant) -> Option<Verdict> {
        self.with(|start| match start {
            None => Some(Verdict::good("nodeos is being started")),
            Some(start) if start.has_answered => None,
            Some(start) => Some(self.verdict(start, now)),
        })
    }

    fn verdict(&self, start: &Starting, now: Instant) -> Verdict {
        let quiet = now.saturating_duration_since(start.progress.at);
        if quiet > self.stalled_after {
            return Verdict::bad(format_args!(
                "nodeos does not answer, and has neither computed nor logged anything for {} s",
                quiet.as_secs()
            ));
        }
        match start.tail.with(|tail| tail.replayed()) {
            Some((done, all)) => Verdict::good(format_args!("replaying, block {done} of {all}")),
            None => Verdict::good(format_args!(
                "starting for {} s",
                now.saturating_duration_since(start.begun).as_secs()
            )),
        }
    }

    /// Watches a node that was just started, until it first answers or another one is started.
    pub(super) fn begin(
        self: &Arc<Self>,
        pid: u32,
        tail: SharedTail,
        rpc: SocketAddr,
    ) -> Result<(), Refusal> {
        let now = Instant::now();
        self.with(|start| {
            *start = Some(Starting {
                pid,
                begun: now,
                has_answered: false,
                progress: Progress {
                    at: now,
                    cpu_ticks: 0,
                    lines: 0,
                },
                tail,
            });
        });
        let watch = Arc::clone(self);
        std::thread::Builder::new()
            .name("watch".into())
            .stack_size(128 << 10)
            .spawn(move || {
                while watch.look(pid, rpc) {
                    std::thread::sleep(EVERY);
                }
            })
            .map(drop)
            .map_err(system("start a thread"))
    }

    /// Looks once. Returns whether there is more to see.
    fn look(&self, pid: u32, rpc: SocketAddr) -> bool {
        let answer = rpc::get(rpc, "/v1/chain/get_info", Instant::now() + WITHIN);
        // Whatever it says: it speaks.
        let has_answered = answer.is_ok();
        let ticks = cpu_ticks(pid);
        let is_over = self.with(|start| {
            let Some(start) = start.as_mut().filter(|start| start.pid == pid) else {
                return true;
            };
            let lines = start.tail.with(|tail| tail.count());
            start
                .progress
                .see(Instant::now(), ticks.unwrap_or_default(), lines);
            start.has_answered = has_answered && ticks.is_some();
            start.has_answered || ticks.is_none()
        });
        if has_answered && is_over {
            // What was repaired is whole. If that cannot be written down, it is repaired once less.
            let _ = fs::remove_file(&self.counter);
        }
        !is_over
    }

    fn with<T>(&self, see: impl FnOnce(&mut Option<Starting>) -> T) -> T {
        see(&mut self.start.lock().expect("nobody panics while holding it"))
    }
}

/// Returns the processor time that a process has used, in clock ticks; nothing when it has ended.
fn cpu_ticks(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The file name in parentheses may hold anything; behind it come the state and, 11 fields on, the times.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    let user: u64 = fields.nth(10)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(quiet_since: Instant) -> Arc<Watch> {
        let watch = Watch::new(Duration::from_mins(1), "/nowhere".into());
        watch.with(|start| {
            *start = Some(Starting {
                pid: 1,
                begun: quiet_since,
                has_answered: false,
                progress: Progress {
                    at: quiet_since,
                    cpu_ticks: 5,
                    lines: 5,
                },
                tail: SharedTail::default(),
            });
        });
        watch
    }

    #[test]
    fn a_start_is_good_as_long_as_something_happens() {
        let begin = Instant::now();
        let watch = watched(begin);
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(
            watch.starting(at(59)),
            Some(Verdict::good("starting for 59 s"))
        );
        assert_eq!(
            watch.starting(at(61)),
            Some(Verdict::bad(
                "nodeos does not answer, and has neither computed nor logged anything for 61 s"
            ))
        );
        let see = |seconds, ticks, lines| {
            watch.with(|start| {
                start
                    .as_mut()
                    .unwrap()
                    .progress
                    .see(at(seconds), ticks, lines);
            });
        };
        see(50, 5, 5);
        assert!(!watch.starting(at(61)).unwrap().is_good);
        see(50, 6, 5);
        assert!(watch.starting(at(61)).unwrap().is_good);
        see(60, 6, 6);
        assert!(watch.starting(at(119)).unwrap().is_good);
        watch.with(|start| start.as_mut().unwrap().has_answered = true);
        assert_eq!(watch.starting(at(999)), None);
    }

    #[test]
    fn our_own_processor_time_is_found() {
        let begin = Instant::now();
        while cpu_ticks(std::process::id()) == Some(0) && begin.elapsed() < Duration::from_secs(10)
        {
        }
        assert!(cpu_ticks(std::process::id()).unwrap() > 0);
        assert_eq!(cpu_ticks(u32::MAX), None);
    }
}
