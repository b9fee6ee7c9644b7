//! What several tests need.

#[cfg(feature = "cluster-tests")]
pub(crate) mod control_plane;
#[cfg(feature = "cluster-tests")]
pub(crate) mod kubernetes;
#[cfg(feature = "cluster-tests")]
pub(crate) mod namespace;

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use baas_deploy::local::{LocalNetwork, LocalNetworkBuilder, LocalNode, status};
use baas_deploy::progress::Event;
use baas_deploy::reader::from_yaml;
use baas_deploy::spec::NetworkSpec;
use baas_deploy::{Error, NodeName};
use eos_client::Client;
use eos_keys::PrivateKey;

pub(crate) const SPEC: &str = "
name: first
nodes:
- {name: boot, role: boot}
- {name: bp1, role: producer}
- {name: bp2, role: producer}
";

/// Returns ports that are free now, all different, and given to nobody else in this process.
///
/// They lie below those from which the kernel serves outgoing connections: one of these could take a port before its server does.
pub(crate) fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    static NEXT: Mutex<Option<u16>> = Mutex::new(None);
    const FIRST: u16 = 10_000;
    const COUNTED: u16 = 9_000;
    let mut next = NEXT.lock().unwrap();
    [(); COUNT].map(|()| {
        for _ in 0..COUNTED {
            // Another process begins elsewhere.
            let begin = || u16::try_from(std::process::id() * 97 % u32::from(COUNTED)).unwrap();
            let offset = next.map_or_else(begin, |last| (last + 1) % COUNTED);
            *next = Some(offset);
            if TcpListener::bind((Ipv4Addr::LOCALHOST, FIRST + offset)).is_ok() {
                return FIRST + offset;
            }
        }
        panic!("no port from {FIRST} on is free");
    })
}

/// A directory, the keys for it, and what happened so far.
pub(crate) struct Scene {
    dir: tempfile::TempDir,
    pub(crate) keys: BTreeMap<eos_abi::Name, PrivateKey>,
    events: Mutex<Vec<Event>>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let key = |account: &str| (account.parse().unwrap(), PrivateKey::generate().unwrap());
        Self {
            dir: tempfile::tempdir().unwrap(),
            keys: ["eosio", "bp1", "bp2"].map(key).into(),
            events: Mutex::default(),
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn builder(&self, yaml: &str) -> LocalNetworkBuilder {
        LocalNetwork::builder(
            self.dir(),
            from_yaml::<NetworkSpec>(yaml).unwrap(),
            self.keys.clone(),
        )
    }

    pub(crate) async fn open(&self, yaml: &str) -> Result<LocalNetwork, Error> {
        self.builder(yaml)
            .open(&|event| self.events.lock().unwrap().push(event))
            .await
    }

    /// Notes something that happened.
    pub(crate) fn record(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }

    /// Returns what happened since it was last asked.
    pub(crate) fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap())
    }
}

impl Drop for Scene {
    /// Ends whatever a failed test left running, and keeps its files.
    #[expect(
        clippy::print_stderr,
        reason = "whoever looks into the failure wants to know where"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.dir.disable_cleanup(true);
            eprintln!(
                "the network of the failed test is kept in {}",
                self.dir().display()
            );
        }
        for node in status(self.dir())
            .map(|status| status.nodes)
            .unwrap_or_default()
        {
            if let Some(pid) = node.pid {
                kill(pid, rustix::process::Signal::KILL);
            }
        }
    }
}

pub(crate) fn kill(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

pub(crate) fn name(name: &str) -> NodeName {
    name.parse().unwrap()
}

pub(crate) fn pids(network: &LocalNetwork) -> Vec<u32> {
    network.nodes().iter().map(LocalNode::pid).collect()
}

pub(crate) async fn head(url: &str) -> u32 {
    Client::new(url)
        .unwrap()
        .get_info()
        .await
        .unwrap()
        .head_block_num
}

/// Waits until a node has a block.
pub(crate) async fn reaches(url: &str, block_num: u32) {
    let wait = async {
        while head(url).await < block_num {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap();
}

pub(crate) fn is_alive(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|args| !args.is_empty())
}

/// Returns an error and its causes, as a program prints them.
pub(crate) fn report(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
