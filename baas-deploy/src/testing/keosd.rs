use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eos_keys::wallet::{KeosdClient, KeosdError};

use super::throwaway::{ATTEMPTS, READY_WITHIN, Throwaway, new_directory};
use crate::error::{Error, io_error};
use crate::local::process::NodeProcess;
use crate::local::{Environment, NodeExit, Nodeos, ports, tail};

/// A keosd with a directory of its own, until it is dropped.
///
/// It listens on a unix socket and on a loopback port, is ready in a fraction of a second, and is safe in parallel, also across processes.
/// When it is dropped by a panic, its directory is kept and named on standard error. When the process of the
/// test is killed, a watchdog ends the keosd.
#[derive(Debug)]
pub struct Keosd {
    url: String,
    client: KeosdClient,
    throwaway: Throwaway,
}

/// Settings of a [`Keosd`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct KeosdBuilder {
    options: Vec<String>,
    nodeos: Option<Nodeos>,
}

/// Why there is no [`Keosd`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartKeosdError {
    /// There is no keosd, or no place for one.
    #[error("no keosd can be started here")]
    #[non_exhaustive]
    Prepare {
        /// What went wrong.
        #[source]
        source: Box<Error>,
    },
    /// It ended while it was waited for.
    #[error("keosd in {} ended: {exit}; from the end of what it printed:{lines}", dir.display())]
    #[non_exhaustive]
    Ended {
        /// Its directory, which is kept.
        dir: PathBuf,
        /// How it ended.
        exit: NodeExit,
        /// The last lines that tell of trouble.
        lines: String,
    },
    /// It runs but does not answer.
    #[error("keosd in {} does not answer after {:.0} s", dir.display(), after.as_secs_f32())]
    #[non_exhaustive]
    Late {
        /// Its directory, which is kept.
        dir: PathBuf,
        /// How long it was waited for.
        after: Duration,
        /// What the last attempt to reach it gave, if it came to one.
        #[source]
        source: Option<KeosdError>,
    },
}

impl Keosd {
    /// Starts a keosd without wallets, and waits until it answers.
    ///
    /// # Errors
    ///
    /// When there is no keosd or it does not start.
    pub async fn start() -> Result<Self, StartKeosdError> {
        Self::builder().start().await
    }

    /// Returns settings to be changed before the start.
    pub fn builder() -> KeosdBuilder {
        KeosdBuilder::default()
    }

    /// Returns a client that talks to it over its socket.
    pub fn client(&self) -> &KeosdClient {
        &self.client
    }

    /// Returns where it listens, as in `http://127.0.0.1:23456`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns its unix socket.
    pub fn socket(&self) -> PathBuf {
        socket(self.dir())
    }

    /// Returns its directory.
    pub fn dir(&self) -> &Path {
        self.throwaway.dir()
    }

    /// Returns where the file of a wallet is, or would be.
    pub fn wallet_file(&self, wallet: &str) -> PathBuf {
        data(self.dir()).join(format!("{wallet}.wallet"))
    }

    /// Returns the file that it logs to.
    pub fn log_file(&self) -> PathBuf {
        log(self.dir())
    }

    /// Returns the number of its process.
    pub fn pid(&self) -> u32 {
        self.throwaway.pid()
    }
}

impl KeosdBuilder {
    /// Adds an option of its command line, as in `--unlock-timeout=60`.
    pub fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    /// Sets the nodeos whose keosd is run, instead of looking for one.
    pub fn nodeos(mut self, nodeos: Nodeos) -> Self {
        self.nodeos = Some(nodeos);
        self
    }

    /// Starts it without wallets, and waits until it answers.
    ///
    /// # Errors
    ///
    /// When there is no keosd or it does not start.
    pub async fn start(self) -> Result<Keosd, StartKeosdError> {
        let nodeos = match &self.nodeos {
            Some(nodeos) => nodeos.clone(),
            None => Nodeos::find(None, &Environment::from_process(), &|_| {})
                .await
                .map_err(prepare)?,
        };
        let dir = new_directory().map_err(prepare)?;
        let begin = Instant::now();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (mut throwaway, port) = self.launch(&nodeos, &dir).map_err(|error| {
                // There is nothing in it to look at.
                let _ = fs::remove_dir_all(&dir);
                prepare(error)
            })?;
            match until_ready(&mut throwaway, port, begin).await {
                Ok(client) => {
                    return Ok(Keosd {
                        url: format!("http://{}", ports::loopback(port)),
                        client,
                        throwaway,
                    });
                }
                Err(error) => {
                    throwaway.end_and_keep();
                    let is_port_taken = matches!(&error, StartKeosdError::Ended { lines, .. }
                        if lines.contains("Address already in use"));
                    if !is_port_taken || attempt == ATTEMPTS {
                        return Err(error);
                    }
                }
            }
        }
    }

    fn launch(&self, nodeos: &Nodeos, dir: &Path) -> Result<(Throwaway, u16), Error> {
        let port = ports::choose(&mut HashSet::new())?;
        let data = data(dir);
        fs::create_dir_all(&data).map_err(io_error("create", &data))?;
        let log = log(dir);
        let open = || {
            let file = File::create(&log)?;
            Ok::<_, io::Error>((file.try_clone()?, file))
        };
        let (out, err) = open().map_err(io_error("open", &log))?;
        let mut command = nodeos.command("keosd");
        command
            .args(["--data-dir".as_ref(), data.as_os_str()])
            .args(["--config-dir".as_ref(), data.as_os_str()])
            .args(["--unix-socket-path".as_ref(), socket(dir).as_os_str()])
            .arg(format!("--http-server-address={}", ports::loopback(port)))
            .args(&self.options)
            .stdout(out)
            .stderr(err);
        let (program, _) = nodeos.program_of("keosd");
        let process = NodeProcess::spawn(command, 0).map_err(io_error("start", &program))?;
        Ok((Throwaway::new("keosd", dir, process)?, port))
    }
}

async fn until_ready(
    throwaway: &mut Throwaway,
    port: u16,
    begin: Instant,
) -> Result<KeosdClient, StartKeosdError> {
    let dir = throwaway.dir().to_owned();
    let late = |source| StartKeosdError::Late {
        dir: dir.clone(),
        after: begin.elapsed(),
        source,
    };
    let client = KeosdClient::over_socket(socket(&dir)).map_err(|error| late(Some(error)))?;
    let mut last = None;
    loop {
        if let Some(exit) = throwaway.process().exit() {
            let log = fs::read_to_string(log(&dir)).unwrap_or_default();
            let lines = tail::of_log(&log);
            return Err(StartKeosdError::Ended { dir, exit, lines });
        }
        if ports::is_listened_to_by(port, throwaway.pid()) {
            match client.list_wallets().await {
                // A keosd that refuses is there, too.
                Ok(_) | Err(KeosdError::Refused { .. }) => return Ok(client),
                Err(error) => last = Some(error),
            }
        }
        if begin.elapsed() >= READY_WITHIN {
            return Err(late(last));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn data(dir: &Path) -> PathBuf {
    dir.join("wallets")
}

/// It stands in the directory itself, for a socket's path must be short.
fn socket(dir: &Path) -> PathBuf {
    dir.join("keosd.sock")
}

fn log(dir: &Path) -> PathBuf {
    dir.join("keosd.log")
}

fn prepare(source: Error) -> StartKeosdError {
    StartKeosdError::Prepare {
        source: Box::new(source),
    }
}
