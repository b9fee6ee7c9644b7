use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::watchdog::Watchdog;
use crate::error::{Error, io_error};
use crate::local::files::create_private_dir;
use crate::local::process::{NodeExit, NodeProcess};

/// How long a process may take to get ready; generous, for machines with much else to do.
pub(super) const READY_WITHIN: Duration = Duration::from_mins(1);
/// How often other ports are tried when somebody else was faster.
pub(super) const ATTEMPTS: u32 = 10;
/// How long a process may take to stop before it is killed.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// A process and its directory, both of which are gone when it is dropped.
///
/// When it is dropped by a panic, its directory is kept and named on standard error. When the process of the test is killed, a
/// watchdog ends it.
#[derive(Debug)]
pub(super) struct Throwaway {
    what: &'static str,
    dir: PathBuf,
    process: NodeProcess,
    watchdog: Watchdog,
}

impl Throwaway {
    pub(super) fn new(what: &'static str, dir: &Path, process: NodeProcess) -> Result<Self, Error> {
        let watchdog = Watchdog::over(process.pid()).map_err(|source| {
            process.kill();
            io_error("watch over", dir)(source)
        })?;
        Ok(Self {
            what,
            dir: dir.to_owned(),
            process,
            watchdog,
        })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub(super) fn log_from(&self) -> u64 {
        self.process.log_from()
    }

    pub(super) fn process(&mut self) -> &mut NodeProcess {
        &mut self.process
    }

    /// Ends the process and leaves the directory to whoever looks into the failure.
    pub(super) fn end_and_keep(mut self) {
        self.process.kill();
        self.dir = PathBuf::new();
    }
}

impl Drop for Throwaway {
    #[expect(
        clippy::print_stderr,
        reason = "the test fails and wants to know where to look; the test harness captures this"
    )]
    fn drop(&mut self) {
        self.process.terminate();
        let ended = |process: &mut NodeProcess| -> Option<NodeExit> {
            process.blocking_ended_before(Instant::now() + STOP_WITHIN)
        };
        if ended(&mut self.process).is_none() {
            self.process.kill();
            ended(&mut self.process);
        }
        self.watchdog.dismiss();
        if std::thread::panicking() {
            eprintln!(
                "the {} of the failed test is kept in {}",
                self.what,
                self.dir.display()
            );
        } else {
            // Nothing can be done about a failure here, and the directory is a temporary one.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Makes a directory for one process. Those of failed tests are kept for a day.
pub(super) fn new_directory() -> Result<PathBuf, Error> {
    const KEPT_FOR: Duration = Duration::from_hours(24);
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let all = std::env::temp_dir().join("baas-deploy-testing");
    create_private_dir(&all)?;
    for entry in fs::read_dir(&all)
        .map_err(io_error("read", &all))?
        .flatten()
    {
        let age = |time: SystemTime| time.elapsed().unwrap_or_default();
        if entry
            .metadata()
            .and_then(|dir| dir.modified())
            .is_ok_and(|time| age(time) > KEPT_FOR)
        {
            // Another process may be removing it too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let dir = all.join(format!("{}-{number}", std::process::id()));
        match fs::create_dir(&dir) {
            Ok(()) => return Ok(dir),
            // Left by an earlier process that had our number.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io_error("create", &dir)(error)),
        }
    }
}
