//! `baas-launch`, the first process of a container that has no shell: it starts nodeos, and explains how that went.
//!
//! It merges the mounted configuration with the keys, decides from the disk how nodeos starts, passes signals on, answers the
//! probes of Kubernetes and leaves a termination message. All of it is told by `baas-launch --help`, which is [`HELP`].
//!
//! Decisions are pure and stand in `decide`, `diagnosis`, `readiness` and `merge`; `run` acts on them.

mod arguments;
mod block_log;
mod config;
mod data_dir;
mod decide;
pub(crate) mod diagnosis;
mod disk;
mod mask;
mod merge;
mod output;
mod peers;
mod probes;
mod process;
mod readiness;
mod refusal;
mod rpc;
mod run;
mod termination;
mod watch;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

use arguments::{Probe, Task};
use run::Surroundings;

pub use arguments::HELP;

/// How long the sub-command waits for the answer to a probe.
const PROBED_WITHIN: Duration = Duration::from_secs(5);

/// What a program is to print and to end with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Outcome {
    /// The exit code.
    pub exit_code: u8,
    /// A text for standard output.
    pub out: String,
    /// A text for standard error.
    pub err: String,
}

/// Does what the arguments say, which are those after the program's own name, until nodeos has ended. `note` shows a line
/// to whoever reads the container's log; `now` is the clock.
pub fn main(
    arguments: impl IntoIterator<Item = OsString>,
    note: &dyn Fn(&str),
    now: fn() -> SystemTime,
) -> Outcome {
    let task = match arguments::parse(arguments) {
        Ok(task) => task,
        Err(refusal) => return Outcome::failed(refusal.exit_code(), &refusal.report()),
    };
    match task {
        Task::Help => Outcome::told(HELP),
        Task::Version => Outcome::told(concat!("baas-launch ", env!("CARGO_PKG_VERSION"), "\n")),
        Task::Probe { probe, listen } => probe_now(probe, listen),
        Task::BecomeNode { parent, command } => {
            let error = process::become_node(parent, &command);
            let program = command.first().cloned().unwrap_or_default();
            let program = program.to_string_lossy();
            // As shells have it.
            Outcome::failed(126, &format!("cannot run {program}: {error}"))
        }
        Task::Launch(options) => {
            let message = run::run(&options, &Surroundings { note, now });
            if let Err(error) = message.write(&options.termination_log) {
                let path = options.termination_log.display();
                note(&format!(
                    "the termination message is not written to {path}: {error}"
                ));
            }
            Outcome {
                exit_code: message.exit_code,
                out: String::new(),
                err: format!("{}\n", message.to_json()),
            }
        }
    }
}

fn probe_now(probe: Probe, listen: Option<SocketAddr>) -> Outcome {
    let mut address = listen.unwrap_or_else(arguments::default_probe_listen);
    let loopbacks: &[IpAddr] = match address.ip() {
        // One of the two may be missing.
        ip if ip.is_unspecified() => &[Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        ip => &[ip],
    };
    let mut failure = String::new();
    for ip in loopbacks {
        address.set_ip(*ip);
        match rpc::get(address, probe.path(), Instant::now() + PROBED_WITHIN) {
            Ok(answer) => {
                return Outcome {
                    exit_code: u8::from(answer.status != 200),
                    out: answer.body,
                    err: String::new(),
                };
            }
            Err(error) => failure = format!("no answer from {address}: {error}"),
        }
    }
    Outcome::failed(1, &failure)
}

impl Outcome {
    fn told(text: &str) -> Self {
        Self {
            exit_code: 0,
            out: text.to_owned(),
            err: String::new(),
        }
    }

    fn failed(exit_code: u8, message: &str) -> Self {
        Self {
            exit_code,
            out: String::new(),
            err: format!("baas-launch: {message}\n"),
        }
    }
}
