//! What nodeos logs: passed on to our own standard error without keys, its end kept for the termination message.

use std::collections::VecDeque;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags, Timespec};

use super::mask::{is_of_key, without_keys};
use super::refusal::{Refusal, system};

/// How much of the log is kept.
const KEPT: usize = 64 << 10;
/// Longer lines are taken apart.
const LINE: usize = 16 << 10;
/// No key is as long.
const KEY: usize = 512;
/// How many of the last lines tell why a node ended.
const TOLD: usize = 12;

/// The end of a node's log.
#[derive(Debug, Default)]
pub(super) struct Tail {
    lines: VecDeque<String>,
    length: usize,
    count: u64,
    replayed: Option<(u32, u32)>,
}

/// A log that more than one looks at.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedTail(Arc<Mutex<Tail>>);

/// The thread that passes the log on.
#[derive(Debug)]
pub(super) struct Copier {
    thread: JoinHandle<()>,
    /// Closed to tell it that nodeos has ended.
    running: UnixStream,
}

impl SharedTail {
    /// Looks at it, and at nothing else meanwhile: it is locked, and who watches the node looks at it while that is locked.
    pub(super) fn with<T>(&self, see: impl FnOnce(&mut Tail) -> T) -> T {
        see(&mut self.0.lock().expect("nobody panics while holding it"))
    }
}

impl Tail {
    fn push(&mut self, line: String) {
        self.count += 1;
        self.replayed = replayed(&line).or(self.replayed);
        self.length += line.len();
        self.lines.push_back(line);
        while self.length > KEPT
            && let Some(line) = self.lines.pop_front()
        {
            self.length -= line.len();
        }
    }

    /// Returns how many lines there were.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Returns how far nodeos has got with computing its state again: block, of how many.
    pub(super) fn replayed(&self) -> Option<(u32, u32)> {
        self.replayed
    }

    /// Returns what is kept.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.length + self.lines.len());
        for line in &self.lines {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Returns the last lines that tell of trouble, or just the last ones: nodeos says why it ends, and then logs at length
    /// how it does.
    pub(super) fn told(&self) -> Vec<String> {
        let says = |line: &&String| !line.trim().is_empty();
        let trouble = |line: &&String| says(line) && !line.starts_with("info ");
        let of = |lines: Vec<&String>| -> Vec<String> {
            let skipped = lines.len().saturating_sub(TOLD);
            lines.into_iter().skip(skipped).cloned().collect()
        };
        let found = of(self.lines.iter().filter(trouble).collect());
        if found.is_empty() {
            of(self.lines.iter().filter(says).collect())
        } else {
            found
        }
    }
}

impl Copier {
    /// Begins to pass on what comes out of a pipe.
    pub(super) fn start(from: PipeReader, tail: SharedTail) -> Result<Self, Refusal> {
        let (running, ended) = UnixStream::pair().map_err(system("make a socket"))?;
        let thread = std::thread::Builder::new()
            .name("log".into())
            .stack_size(128 << 10)
            .spawn(move || copy(from, &ended, &tail))
            .map_err(system("start a thread"))?;
        Ok(Self { thread, running })
    }

    /// Waits until all that nodeos left in the pipe is passed on. Others may still hold the pipe.
    pub(super) fn finish(self) {
        drop(self.running);
        // It cannot have panicked; and if it had, nodeos' end is still to be told.
        let _ = self.thread.join();
    }
}

fn copy(mut from: PipeReader, ended: &UnixStream, tail: &SharedTail) {
    let mut lines = Lines::default();
    let mut buffer = [0; 8 << 10];
    let mut has_ended = false;
    loop {
        let mut fds = [
            PollFd::new(&from, PollFlags::IN),
            PollFd::new(ended, PollFlags::IN),
        ];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let wait = has_ended.then_some(&now);
        if rustix::io::retry_on_intr(|| rustix::event::poll(&mut fds, wait)).is_err() {
            break;
        }
        let [readable, over] = [fds[0].revents(), fds[1].revents()];
        has_ended |= !over.is_empty();
        if readable.is_empty() {
            if over.is_empty() || has_ended && wait.is_some() {
                break;
            }
            continue;
        }
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => pass_on(lines.take(&buffer[..length]), tail),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    pass_on(lines.rest(), tail);
}

fn pass_on(lines: Vec<String>, tail: &SharedTail) {
    if lines.is_empty() {
        return;
    }
    let mut text = String::new();
    for line in &lines {
        text.push_str(line);
        text.push('\n');
    }
    // Without anyone who reads it nodeos goes on.
    let _ = io::stderr().write_all(text.as_bytes());
    tail.with(|tail| lines.into_iter().for_each(|line| tail.push(line)));
}

/// Makes lines of what comes in pieces.
#[derive(Debug, Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// Returns the lines that are complete, without keys.
    fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.0.extend_from_slice(part);
            if self.0.ends_with(b"\n") {
                self.0.pop();
                lines.push(masked(&self.0));
                self.0.clear();
            } else if self.0.len() > LINE {
                // Not in the middle of what may be a key.
                let is_of_key = |byte: &&u8| is_of_key(char::from(**byte));
                let open = self.0.iter().rev().take_while(is_of_key).count();
                let end = if open < KEY {
                    self.0.len() - open
                } else {
                    self.0.len()
                };
                lines.push(masked(&self.0[..end]));
                self.0.drain(..end);
            }
        }
        lines
    }

    /// Returns what has no end.
    fn rest(&mut self) -> Vec<String> {
        let rest = std::mem::take(&mut self.0);
        if rest.is_empty() {
            Vec::new()
        } else {
            vec![masked(&rest)]
        }
    }
}

fn masked(line: &[u8]) -> String {
    without_keys(&String::from_utf8_lossy(line))
}

/// Reads `…] 500 of 11250`, which nodeos logs while it computes its state again.
fn replayed(line: &str) -> Option<(u32, u32)> {
    let (_, text) = line.rsplit_once("] ")?;
    let (done, all) = text.trim().split_once(" of ")?;
    Some((done.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_from_pieces() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(b"a\nb"), ["a"]);
        assert_eq!(lines.take(b"c\n\nx=KEY:5J"), ["bc", ""]);
        assert_eq!(lines.take(b"abc\n"), ["x=KEY:<redacted>"]);
        assert_eq!(lines.take(b"\xff"), Vec::<String>::new());
        assert_eq!(lines.rest(), ["\u{fffd}"]);
        assert_eq!(lines.rest(), Vec::<String>::new());
    }

    #[test]
    fn a_line_without_end_takes_no_memory_and_no_key_is_cut_in_two() {
        let mut lines = Lines::default();
        let key = "5HpjE2Hs7vjU4SN3YyPQCdhzCu92WoEeuE6PWNuiPyTu3ESGnzn";
        for before in [LINE - 60, LINE - 30, LINE - 10, LINE] {
            let text = format!("{} {key}", " ".repeat(before));
            let mut found = Vec::new();
            for piece in text.as_bytes().chunks(17) {
                found.extend(lines.take(piece));
            }
            found.extend(lines.rest());
            assert!(!found.concat().contains("5Hpj"), "{before}");
        }
        for _ in 0..100 {
            lines.take(&[b'a'; 1000]);
            assert!(lines.0.len() <= LINE + 1000);
        }
    }

    #[test]
    fn the_tail_is_bounded_and_tells_of_trouble() {
        let mut tail = Tail::default();
        for number in 0..10_000 {
            tail.push(format!("info {number} {}", "x".repeat(100)));
        }
        assert!(tail.text().len() <= KEPT + 1000);
        assert_eq!(tail.told().len(), TOLD);
        tail.push("error because".to_owned());
        tail.push("info 1".to_owned());
        assert_eq!(tail.told(), ["error because"]);
        assert_eq!(tail.count(), 10_002);
    }

    #[test]
    fn the_progress_of_a_replay_is_read() {
        let line = "info  2026-11-23T01:41:43.444 nodeos    controller.cpp:600            replay               ] 500 of 11250";
        assert_eq!(replayed(line), Some((500, 11250)));
        for other in [
            "",
            "] 500",
            "] a of b",
            "500 of 11250",
            "] 1 of 99999999999",
        ] {
            assert_eq!(replayed(other), None, "{other}");
        }
    }

    #[test]
    fn all_that_nodeos_left_is_passed_on_although_others_hold_the_pipe() {
        let (reader, mut writer) = io::pipe().unwrap();
        let tail = SharedTail::default();
        let copier = Copier::start(reader, tail.clone()).unwrap();
        writer.write_all(b"one\ntwo").unwrap();
        copier.finish();
        assert_eq!(tail.with(|tail| tail.text()), "one\ntwo\n");
        drop(writer);
    }
}
