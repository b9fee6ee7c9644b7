use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// A shell that ends a node when this process is gone, however it went: then the pipe to the shell
/// closes. Tests are ended by Ctrl-C or a timeout, and no destructor runs.
#[derive(Debug)]
pub(super) struct Watchdog(Child);

impl Watchdog {
    pub(super) fn over(pid: u32) -> io::Result<Self> {
        Command::new("sh")
            .args([
                "-c",
                r#"read -r line; kill -TERM "$1""#,
                "sh",
                &pid.to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C at the terminal is not for it.
            .process_group(0)
            .spawn()
            .map(Self)
    }

    /// Lets it go, for the node has ended: the number may be another process's soon.
    pub(super) fn dismiss(&mut self) {
        // Killed before its pipe closes, so that it never gets to the signal.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
