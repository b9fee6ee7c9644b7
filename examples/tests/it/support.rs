//! Runs `rollout` and reads what it prints.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// No step of a rollout is silent for longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

pub fn rollout(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollout"));
    command
        .args(["--json", "--dir"])
        .arg(dir)
        .stdin(Stdio::null());
    command
}

/// A directory for a network. Whatever still runs in it when the test is over, or fails, is ended.
pub struct NetworkDir {
    dir: PathBuf,
    _parent: tempfile::TempDir,
}

impl NetworkDir {
    pub fn new() -> Self {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().canonicalize().unwrap().join("network");
        Self {
            dir,
            _parent: parent,
        }
    }
}

impl std::ops::Deref for NetworkDir {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.dir
    }
}

impl Drop for NetworkDir {
    fn drop(&mut self) {
        // The rollout first, so that it does not start again what is ended here.
        for name in ["TERM", "KILL"] {
            let left = processes_of(&self.dir);
            let (nodes, programs): (Vec<_>, Vec<_>) = left
                .into_iter()
                .partition(|(_, line)| line.contains("--data-dir"));
            for (pid, _) in programs.iter().chain(&nodes) {
                // It may have ended by itself meanwhile.
                let _ = Command::new("kill")
                    .args([&format!("-{name}"), &pid.to_string()])
                    .stderr(Stdio::null())
                    .status();
            }
            let deadline = Instant::now() + Duration::from_secs(20);
            while !processes_of(&self.dir).is_empty() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A running rollout, with the events that it prints.
pub struct Running {
    child: Child,
    events: Receiver<Value>,
    errors: Option<JoinHandle<String>>,
    pub seen: Vec<Value>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in BufReader::<ChildStdout>::new(stdout)
                .lines()
                .map_while(Result::ok)
            {
                let event =
                    serde_json::from_str(&line).unwrap_or_else(|error| panic!("`{line}`: {error}"));
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        Self {
            child,
            events,
            errors: Some(errors),
            seen: Vec::new(),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the first event that fits; panics with what was seen when the program ends without it.
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok(event) => {
                    self.seen.push(event.clone());
                    if fits(&event) {
                        return event;
                    }
                }
                Err(error) => {
                    let _ = self.child.kill();
                    let errors = self
                        .errors
                        .take()
                        .map(|errors| errors.join().unwrap())
                        .unwrap_or_default();
                    let seen: Vec<String> = self.seen.iter().map(ToString::to_string).collect();
                    panic!(
                        "no event `{what}` ({error}); stderr:\n{errors}\nevents:\n{}",
                        seen.join("\n")
                    );
                }
            }
        }
    }

    /// Ends the program at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until the program ends, and returns its exit code with what it printed to standard error.
    pub fn finish(mut self) -> (Option<i32>, String, Vec<Value>) {
        while let Ok(event) = self.events.recv_timeout(PATIENCE) {
            self.seen.push(event);
        }
        let status = self.child.wait().unwrap();
        let errors = self.errors.take().unwrap().join().unwrap();
        (status.code(), errors, self.seen)
    }
}

pub fn is(kind: &str) -> impl Fn(&Value) -> bool {
    move |event| event["event"] == kind
}

/// Sends a signal by name with the shell's own command: no crate is needed for it.
pub fn signal(pid: u32, name: &str) {
    assert!(
        Command::new("kill")
            .args([&format!("-{name}"), &pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

/// The processes whose command line mentions a directory, with that line: the network's nodes, their helpers, and
/// whoever runs the network.
pub fn processes_of(dir: &Path) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let Ok(line) = std::fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(dir.to_str().unwrap()) {
            found.push((pid, line));
        }
    }
    found
}

/// Asserts that nothing runs in a directory any more. A nodeos that is ended while it starts leaves its helper processes
/// a moment to notice.
pub fn assert_nothing_runs_in(dir: &Path) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !processes_of(dir).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(processes_of(dir), []);
}

/// The nodes that run in a directory, by name; a nodeos has helper processes with its own command line.
pub fn nodes_of(dir: &Path) -> BTreeSet<String> {
    let nodes = format!("--data-dir {}/nodes/", dir.display());
    let name = |line: &str| {
        line.split_once(&nodes)?
            .1
            .split_once('/')
            .map(|(name, _)| name.to_owned())
    };
    processes_of(dir)
        .iter()
        .filter_map(|(_, line)| name(line))
        .collect()
}

pub fn output(mut command: Command) -> Output {
    command.output().unwrap()
}
