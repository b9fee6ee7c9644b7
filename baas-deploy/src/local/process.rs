//! Processes by pidfd: a signal can never hit a stranger that got the same number, and children of
//! an earlier run, which are not ours to reap, are handled like our own.

use std::fmt;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::str::FromStr;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::{Deserialize, Serialize};

/// How a node's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NodeExit {
    /// It ended by itself, with this code.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It was started by an earlier run, so its code went elsewhere.
    Unknown,
}

impl NodeExit {
    /// Says whether nodeos found its database dirty, as after a kill.
    pub fn is_dirty_database(self) -> bool {
        self == Self::Code(2)
    }
}

impl fmt::Display for NodeExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(1) => {
                f.write_str("exit code 1, by which nodeos says that its state database is full")
            }
            Self::Code(2) => f.write_str(
                "exit code 2, by which nodeos says that its database is dirty after a kill",
            ),
            Self::Code(254) => {
                f.write_str("exit code 254, by which nodeos says that it refused to start")
            }
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal} ended it"),
            Self::Unknown => f.write_str("it ended, its exit code is not known"),
        }
    }
}

/// A running process that we started or found.
#[derive(Debug)]
pub(crate) struct NodeProcess {
    pid: Pid,
    pidfd: OwnedFd,
    child: Option<Child>,
    exit: Option<NodeExit>,
    log_from: u64,
    is_asked_to_end: bool,
}

/// What tells a process from any other that ever had its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessRecord {
    /// The process.
    pub(crate) pid: u32,
    /// When it started, in clock ticks since the machine did.
    pub(crate) start_time: u64,
    /// Which start of the machine that was.
    pub(crate) boot_id: String,
    /// The data directory that it was given.
    pub(crate) data_dir: PathBuf,
}

impl NodeProcess {
    /// Starts a process in a group of its own, so that a Ctrl-C at the terminal does not reach it. `log_from`: how long its
    /// log is already.
    pub(crate) fn spawn(mut command: Command, log_from: u64) -> io::Result<Self> {
        let mut child = command.process_group(0).spawn()?;
        let pid = pid_of(child.id())?;
        match rustix::process::pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self {
                pid,
                pidfd,
                child: Some(child),
                exit: None,
                log_from,
                is_asked_to_end: false,
            }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error.into())
            }
        }
    }

    /// Opens a process that runs already, if it is still the one that holds this data directory.
    pub(crate) fn adopt(pid: u32, data_dir: &Path) -> Option<Self> {
        let pid_number = pid;
        let pid = pid_of(pid).ok()?;
        let pidfd = rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok()?;
        // Looked at after the pidfd is held: from here on the number cannot be given away.
        (data_dir_of(&command_line(pid_number)?)? == data_dir).then_some(Self {
            pid,
            pidfd,
            child: None,
            exit: None,
            log_from: 0,
            is_asked_to_end: false,
        })
    }

    /// Returns its number.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Returns where its part of the log begins; the log of a process that was found is all its own.
    pub(crate) fn log_from(&self) -> u64 {
        self.log_from
    }

    /// Returns what identifies it, to be written down.
    pub(crate) fn record(&self, data_dir: &Path) -> Option<ProcessRecord> {
        Some(ProcessRecord {
            pid: self.pid(),
            start_time: start_time(self.pid())?,
            boot_id: boot_id()?,
            data_dir: data_dir.to_owned(),
        })
    }

    /// Returns how it ended, if it has.
    pub(crate) fn exit(&mut self) -> Option<NodeExit> {
        if self.exit.is_none() && self.ends_within(Duration::ZERO) {
            let status = self.child.as_mut().map(Child::wait);
            self.exit = Some(match status {
                Some(Ok(status)) => match (status.code(), status.signal()) {
                    (Some(code), _) => NodeExit::Code(code),
                    (None, Some(signal)) => NodeExit::Signal(signal),
                    (None, None) => NodeExit::Unknown,
                },
                _ => NodeExit::Unknown,
            });
        }
        self.exit
    }

    /// Asks it to stop, once: while nodeos shuts down, a second SIGTERM would kill it.
    pub(crate) fn terminate(&mut self) {
        if !self.is_asked_to_end {
            self.is_asked_to_end = true;
            self.signal(Signal::TERM);
        }
    }

    /// Ends it at once.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        // The one error that can come is that it has ended, which is what is wanted.
        let _ = rustix::process::pidfd_send_signal(&self.pidfd, signal);
    }

    /// Waits for its end until the deadline, and gives the thread to others meanwhile.
    pub(crate) async fn ended_before(&mut self, deadline: Instant) -> Option<NodeExit> {
        loop {
            let exit = self.exit();
            if exit.is_some() || Instant::now() >= deadline {
                return exit;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits for its end until the deadline, blocking: for `Drop`.
    pub(crate) fn blocking_ended_before(&mut self, deadline: Instant) -> Option<NodeExit> {
        self.ends_within(deadline.saturating_duration_since(Instant::now()));
        self.exit()
    }

    /// A pidfd becomes readable when its process ends.
    fn ends_within(&self, wait: Duration) -> bool {
        let wait = Timespec {
            tv_sec: wait.as_secs().cast_signed(),
            tv_nsec: wait.subsec_nanos().into(),
        };
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        rustix::io::retry_on_intr(|| rustix::event::poll(&mut fds, Some(&wait)))
            .is_ok_and(|ready| ready > 0)
    }
}

impl ProcessRecord {
    /// Returns the process if it still runs and is the very same.
    pub(crate) fn reopen(&self) -> Option<NodeProcess> {
        let process = NodeProcess::adopt(self.pid, &self.data_dir)?;
        (process.record(&self.data_dir).as_ref() == Some(self)).then_some(process)
    }
}

/// Returns the processes that were given a data directory, with that directory.
///
/// nodeos forks children for its compiler, `oc-monitor` and `oc-trampoline`, which keep its arguments. They end a moment
/// after it, by themselves, and are left out.
pub(crate) fn running_with_data_dir() -> Vec<(u32, PathBuf)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| !is_compiler(*pid))
        .filter_map(|pid| Some((pid, data_dir_of(&command_line(pid)?)?)))
        .collect()
}

fn is_compiler(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("oc-"))
}

/// Returns the arguments with which a process was started; none for one that has ended.
pub(crate) fn command_line(pid: u32) -> Option<Vec<String>> {
    let raw = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let raw = raw.strip_suffix(b"\0")?;
    raw.split(|byte| *byte == 0)
        .map(|arg| String::from_utf8(arg.to_vec()).ok())
        .collect()
}

fn data_dir_of(command_line: &[String]) -> Option<PathBuf> {
    let at = command_line.iter().position(|arg| arg == "--data-dir")?;
    command_line.get(at + 1).map(PathBuf::from)
}

fn pid_of(pid: u32) -> io::Result<Pid> {
    i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))
}

fn start_time(pid: u32) -> Option<u64> {
    stat_field(pid, 22)
}

/// Returns a field of `/proc/PID/stat` by its number in proc(5). The second field, the file name in
/// parentheses, may hold anything, so counting starts after it.
fn stat_field<T: FromStr>(pid: u32, number: usize) -> Option<T> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name
        .split_ascii_whitespace()
        .nth(number - 3)?
        .parse()
        .ok()
}

fn boot_id() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .ok()
        .map(|id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process whose command line looks like a node's.
    fn sleeper(data_dir: &str) -> NodeProcess {
        let mut command = Command::new("sh");
        command.args(["-c", "read line", "sh", "--data-dir", data_dir]);
        command.stdin(std::process::Stdio::piped());
        let process = NodeProcess::spawn(command, 0).unwrap();
        // The arguments become visible a moment after the program has taken over.
        while command_line(process.pid()).is_none() {
            std::thread::yield_now();
        }
        process
    }

    #[test]
    fn a_process_is_found_by_its_data_directory_and_ended() {
        let mut ours = sleeper("/nowhere/found/data");
        let found = running_with_data_dir();
        assert!(found.contains(&(ours.pid(), "/nowhere/found/data".into())));
        assert!(NodeProcess::adopt(ours.pid(), Path::new("/nowhere/else")).is_none());
        let mut same = NodeProcess::adopt(ours.pid(), Path::new("/nowhere/found/data")).unwrap();
        assert_eq!(same.exit(), None);
        same.terminate();
        let deadline = Instant::now() + Duration::from_secs(10);
        assert_eq!(
            ours.blocking_ended_before(deadline),
            Some(NodeExit::Signal(15))
        );
        assert_eq!(
            same.blocking_ended_before(deadline),
            Some(NodeExit::Unknown)
        );
    }

    #[test]
    fn a_record_is_good_for_one_process_only() {
        let mut process = sleeper("/nowhere/record/data");
        let record = process.record(Path::new("/nowhere/record/data")).unwrap();
        assert!(record.reopen().is_some());
        let later = ProcessRecord {
            start_time: record.start_time + 1,
            ..record.clone()
        };
        assert!(later.reopen().is_none());
        process.kill();
        process
            .blocking_ended_before(Instant::now() + Duration::from_secs(10))
            .unwrap();
        assert!(record.reopen().is_none());
    }
}
