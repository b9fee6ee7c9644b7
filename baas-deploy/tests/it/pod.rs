//! What a container with `baas-launch` has mounted, and a launcher that runs on it.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::node::{ChainParameters, Genesis};
use eos_client::Client;
use eos_keys::PrivateKey;
use rustix::process::Signal;

use crate::support::{free_ports, kill};

pub(crate) const LAUNCHER: &str = env!("CARGO_BIN_EXE_baas-launch");
/// A machine with much else to do takes its time.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What is mounted into one container, and its ports.
pub(crate) struct Pod {
    dir: tempfile::TempDir,
    /// The part in memory, which is scarce.
    run: tempfile::TempDir,
    pub(crate) key: PrivateKey,
    pub(crate) http: u16,
    pub(crate) p2p: u16,
    pub(crate) probe: u16,
    pub(crate) command: Vec<String>,
}

/// A launcher that runs.
pub(crate) struct Launched<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) child: Child,
}

impl Pod {
    pub(crate) async fn new() -> Self {
        Self::with_key(PrivateKey::generate().unwrap()).await
    }

    pub(crate) async fn with_key(key: PrivateKey) -> Self {
        let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| {})
            .await
            .unwrap();
        let nodeos = nodeos.command("nodeos");
        let text = |text: &std::ffi::OsStr| text.to_str().unwrap().to_owned();
        let mut command = vec![text(nodeos.get_program())];
        command.extend(nodeos.get_args().map(text));
        let [http, p2p, probe] = free_ports();
        let pod = Self {
            dir: tempfile::tempdir().unwrap(),
            run: tempfile::tempdir_in("/dev/shm").expect("there is a memory-backed /dev/shm"),
            key,
            http,
            p2p,
            probe,
            command,
        };
        for name in ["config", "secret", "data"] {
            fs::create_dir(pod.path(name)).unwrap();
        }
        pod.configure("");
        let (public, text) = (pod.key.public_key(), pod.key.expose_text());
        pod.write(
            "secret/key.ini",
            &format!("signature-provider = {public}=KEY:{}\n", text.expose()),
        );
        let time = "2026-11-23T00:00:00".parse().unwrap();
        let genesis = Genesis::new(time, public, ChainParameters::default());
        pod.write("config/genesis.json", &genesis.to_json());
        pod
    }

    pub(crate) fn configure(&self, more: &str) {
        let (http, p2p) = (self.http, self.p2p);
        let plugins = [
            "http",
            "chain",
            "chain_api",
            "net",
            "net_api",
            "producer",
            "producer_api",
        ]
        .map(|plugin| format!("plugin = eosio::{plugin}_plugin\n"))
        .concat();
        self.write(
            "config/config.ini",
            &format!(
                "{plugins}http-server-address = 127.0.0.1:{http}\np2p-listen-endpoint = 127.0.0.1:{p2p}\nproducer-name = eosio\n\
                 p2p-max-nodes-per-host = 10\nchain-state-db-size-mb = 256\nread-only-read-window-time-us = 120000\n\
                 resource-monitor-not-shutdown-on-threshold-exceeded = true\n{more}"
            ),
        );
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        match name.strip_prefix("run") {
            Some("") => self.run.path().to_owned(),
            Some(file) => self.run.path().join(file.trim_start_matches('/')),
            None => self.dir.path().join(name),
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Returns the arguments: where the mounts are, these options, nodeos.
    pub(crate) fn arguments(&self, options: &str) -> Vec<String> {
        let mut arguments = Vec::new();
        for (name, file) in [
            ("--config", "config/config.ini"),
            ("--secret", "secret"),
            ("--data", "data"),
            ("--run", "run"),
            ("--termination-log", "termination"),
        ] {
            arguments.push(format!("{name}={}", self.path(file).display()));
        }
        arguments.push(format!("--probe-listen=127.0.0.1:{}", self.probe));
        for option in options.split_whitespace() {
            arguments.push(option.replace(
                "GENESIS",
                self.path("config/genesis.json").to_str().unwrap(),
            ));
        }
        arguments.push("--".to_owned());
        arguments.extend(self.command.clone());
        arguments
    }

    pub(crate) fn start(&self, options: &str) -> Launched<'_> {
        let mut command = Command::new(LAUNCHER);
        command.args(self.arguments(options));
        self.spawn(command)
    }

    pub(crate) fn spawn(&self, mut command: Command) -> Launched<'_> {
        // What an earlier container said.
        let _ = fs::remove_file(self.path("termination"));
        let child = command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(self.path("log")).unwrap())
            .spawn()
            .unwrap();
        Launched { pod: self, child }
    }

    /// Starts, and waits until it is ready.
    pub(crate) fn start_ready(&self, options: &str) -> Launched<'_> {
        let launched = self.start(options);
        launched.until("readiness", 200, "ready at block");
        launched
    }

    /// Runs one that ends by itself. Returns its exit code and what it says.
    pub(crate) fn refused(&self, options: &str) -> (i32, String) {
        let status = self.start(options).wait();
        (status.code().unwrap(), self.message("meaning"))
    }

    /// Says whether any process was given the data directory.
    pub(crate) fn is_in_use(&self) -> bool {
        let data = self.path("data");
        let data = data.to_str().unwrap();
        let names = fs::read_dir("/proc").unwrap().flatten();
        let pids = names.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let line = |pid| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        pids.map(line).any(|line| line.contains(data))
    }

    pub(crate) fn message(&self, field: &str) -> String {
        let json = self.read("termination");
        let message: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        assert!(json.len() <= 4096);
        match &message[field] {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.http)).unwrap()
    }

    pub(crate) async fn head(&self) -> (String, u32) {
        let info = self.client().get_info().await.unwrap();
        (info.chain_id.to_string(), info.head_block_num)
    }

    pub(crate) async fn reaches(&self, block_num: u32) {
        crate::support::reaches(&format!("http://127.0.0.1:{}", self.http), block_num).await;
    }

    /// Sees that the key is nowhere but where it was mounted.
    pub(crate) fn shows_no_key(&self) {
        let text = self.key.expose_text();
        for name in ["log", "termination", "config/config.ini"] {
            assert!(!self.read(name).contains(text.expose()), "{name}");
        }
        for name in ["data", "run"] {
            let found = Command::new("grep")
                .args(["-rlF", "--exclude-dir=state", "-e", text.expose()])
                .arg(self.path(name))
                .output()
                .unwrap();
            assert_eq!(String::from_utf8_lossy(&found.stdout), "", "{name}");
        }
    }
}

impl Launched<'_> {
    /// Asks a probe; nothing when nobody listens yet.
    pub(crate) fn probe(&self, name: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.pod.probe)).ok()?;
        // A launcher that hangs is a failure, not a test without an end.
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET /{name} HTTP/1.1\r\nHost: x\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.get(9..12)?.parse().unwrap();
        let (_, text) = answer.split_once("\r\n\r\n")?;
        Some((status, text.trim_end().to_owned()))
    }

    /// Waits until a probe answers so.
    pub(crate) fn until(&self, name: &str, status: u16, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.probe(name);
            if matches!(&answer, Some((found, said)) if *found == status && said.contains(text)) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{name}: {answer:?}\n{}",
                self.pod.read("log")
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the process that has nodeos' arguments and the launcher for its parent.
    pub(crate) fn node(&self) -> Option<u32> {
        let (launcher, data) = (self.child.id(), self.pod.path("data"));
        let children = format!("/proc/{launcher}/task/{launcher}/children");
        let pids = fs::read_to_string(children).ok()?;
        pids.split_whitespace()
            .map(|pid| pid.parse().unwrap())
            .find(|pid: &u32| {
                let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                !line.contains("--become-node") && line.contains(data.to_str().unwrap())
            })
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.child.id(), signal);
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "{}", self.pod.read("log"));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops it as Kubernetes does.
    pub(crate) fn stop(self) {
        self.signal(Signal::TERM);
        let pod = self.pod;
        let status = self.wait();
        assert_eq!(status.code(), Some(0), "{}", pod.read("log"));
        assert_eq!(pod.message("meaning"), "stopped on request");
    }
}

impl Drop for Launched<'_> {
    /// Waits for nodeos too, which was asked to end when its launcher went.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let deadline = Instant::now() + PATIENCE;
        while self.pod.is_in_use() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

pub(crate) const BOOT: &str = "--genesis GENESIS --boot";
pub(crate) const GO_ON: &str = "--genesis GENESIS --cold-start";
