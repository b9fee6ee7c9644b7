//! A Kubernetes API server with nothing behind it: etcd and kube-apiserver on loopback, without nodes and without controllers.
//!
//! Objects are stored, checked, admitted, watched and refused as on any cluster. No pod runs, nothing that belongs to a deleted object
//! goes with it, and a deleted namespace never goes.

use std::fs;
use std::io::{BufRead as _, BufReader};

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use baas_deploy::local::Environment;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair};

use super::free_ports;
use super::kubernetes::Cluster;

/// What brings everything that is missing.
pub(crate) const SETUP: &str = "baas-deploy/tests/cluster/setup.sh";
/// Generous, for machines with much else to do.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// How often other ports are tried when somebody else was faster.
const ATTEMPTS: u32 = 5;
/// Starts both and says their numbers. Ends them and removes the directory when its input closes, which it does when the process of the tests
/// is gone, however it went: being their parent, it misses none and hits nobody else.
const KEEPER: &str = r#"
"$1" $(cat etcd.arguments) >etcd.log 2>&1 &
etcd=$!
"$2" $(cat kube-apiserver.arguments) >kube-apiserver.log 2>&1 &
echo "$etcd" "$!"
read -r line
kill -KILL "$etcd" "$!"
wait
rm -rf -- "$PWD"
"#;

/// An API server with a directory of its own, until it is dropped or the process of the test is gone.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    dir: PathBuf,
    keeper: Child,
    pids: [u32; 2],
}

/// Why there is none.
struct Failure {
    message: String,
    is_port_taken: bool,
}

impl ControlPlane {
    /// Starts one and waits until it is ready. Panics, saying what is missing, when there is none.
    pub(crate) async fn start() -> Self {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let control_plane = Self::launch();
            match control_plane.until_ready().await {
                Ok(ready) => return ready,
                Err(failure) if failure.is_port_taken && attempt < ATTEMPTS => {}
                Err(failure) => panic!("no control plane: {}", failure.message),
            }
        }
    }

    /// Returns the file with which clients find their way in, as `system:masters`.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.dir.join("kubeconfig")
    }

    /// Returns its directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the numbers of its processes.
    pub(crate) fn pids(&self) -> [u32; 2] {
        self.pids
    }

    fn launch() -> Self {
        let etcd = program("etcd");
        let api_server = cached(
            "kube-apiserver-",
            "",
            include_str!("../../cluster/kube-apiserver/go.mod"),
            "k8s.io/kubernetes",
        );
        let dir = tempfile::Builder::new()
            .prefix("baas-deploy-cluster-")
            .tempdir()
            .unwrap()
            .keep();
        let [client, peer, secure] = free_ports();
        write_credentials(&dir, secure);
        // None of them has a space.
        let write = |name: &str, arguments: &[String]| {
            fs::write(dir.join(name), arguments.join("\n")).unwrap();
        };
        write(
            "etcd.arguments",
            &[
                "--data-dir=etcd".to_owned(),
                format!("--listen-client-urls=http://127.0.0.1:{client}"),
                format!("--advertise-client-urls=http://127.0.0.1:{client}"),
                format!("--listen-peer-urls=http://127.0.0.1:{peer}"),
                format!("--initial-advertise-peer-urls=http://127.0.0.1:{peer}"),
                format!("--initial-cluster=default=http://127.0.0.1:{peer}"),
            ],
        );
        write(
            "kube-apiserver.arguments",
            &[
                format!("--etcd-servers=http://127.0.0.1:{client}"),
                "--bind-address=127.0.0.1".to_owned(),
                "--advertise-address=127.0.0.1".to_owned(),
                format!("--secure-port={secure}"),
                // It would announce a loopback address, which Kubernetes refuses.
                "--endpoint-reconciler-type=none".to_owned(),
                "--tls-cert-file=server.crt".to_owned(),
                "--tls-private-key-file=server.key".to_owned(),
                "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
                "--service-account-key-file=service-accounts.pub".to_owned(),
                "--service-account-signing-key-file=service-accounts.key".to_owned(),
                "--service-cluster-ip-range=10.96.0.0/16".to_owned(),
                "--authorization-mode=Node,RBAC".to_owned(),
                "--token-auth-file=tokens.csv".to_owned(),
                "--profiling=false".to_owned(),
            ],
        );
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .args([etcd, api_server])
            .current_dir(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A Ctrl-C at the terminal is not for them.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut numbers = String::new();
        let said = keeper.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut numbers).unwrap();
        let mut numbers = numbers.split_whitespace().map(|pid| pid.parse().unwrap());
        let pids = [(); 2].map(|()| numbers.next().unwrap());
        Self { dir, keeper, pids }
    }

    async fn until_ready(self) -> Result<Self, Failure> {
        let begin = Instant::now();
        let cluster = Cluster::from_kubeconfig(&self.kubeconfig());
        loop {
            if cluster.is_ready().await {
                return Ok(self);
            }
            for (name, pid) in ["etcd", "kube-apiserver"].into_iter().zip(self.pids) {
                let ended = has_ended(pid).then(|| "ended".to_owned());
                let late = (begin.elapsed() >= READY_WITHIN)
                    .then(|| format!("is not ready after {READY_WITHIN:?}"));
                if let Some(what) = ended.or(late) {
                    let log = fs::read_to_string(log_file(&self.dir, name)).unwrap();
                    return Err(Failure {
                        is_port_taken: log.contains("address already in use"),
                        message: format!("{name} {what}; the end of its log:\n{}", tail(&log)),
                    });
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Returns the program of that name from `PATH`. Panics with what to do when there is none.
pub(crate) fn program(name: &str) -> PathBuf {
    let path = Environment::from_process().path.unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{name} is not on PATH: run {SETUP}"))
}

/// Returns the type of OpenShift's routes, as YAML.
pub(crate) fn route_crd() -> String {
    let file = cached(
        "route-crd-",
        ".yaml",
        include_str!("../../cluster/route-crd/go.mod"),
        "github.com/openshift/api",
    );
    fs::read_to_string(file).unwrap()
}

/// Returns what the setup made of a Go module, in the version that this `go.mod` requires.
fn cached(before: &str, after: &str, go_mod: &str, module: &str) -> PathBuf {
    let version = go_mod
        .lines()
        .find_map(|line| {
            line.trim()
                .trim_start_matches("require ")
                .strip_prefix(module)?
                .strip_prefix(' ')
        })
        .unwrap();
    let cache = Environment::from_process()
        .cache_dir()
        .expect("HOME names a directory");
    let file = cache.join(format!("{before}{version}{after}"));
    assert!(file.is_file(), "{} is missing: run {SETUP}", file.display());
    file
}

fn write_credentials(dir: &Path, port: u16) {
    let write = |name: &str, text: &str| fs::write(dir.join(name), text).unwrap();
    let server = KeyPair::generate().unwrap();
    // It vouches for itself: clients are told to trust this one, and there is nobody else to sign for.
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .self_signed(&server)
        .unwrap();
    write("server.crt", &certificate.pem());
    write("server.key", &server.serialize_pem());
    let accounts = KeyPair::generate().unwrap();
    write("service-accounts.key", &accounts.serialize_pem());
    write("service-accounts.pub", &accounts.public_key_pem());
    // Nobody else may read the directory. The token is good for this server only.
    let token = STANDARD.encode(KeyPair::generate().unwrap().serialize_der());
    write(
        "tokens.csv",
        &format!("{token},admin,admin,\"system:masters\"\n"),
    );
    write("kubeconfig", &format!(
        "apiVersion: v1
kind: Config
current-context: tests
contexts:
- {{name: tests, context: {{cluster: tests, user: admin}}}}
clusters:
- {{name: tests, cluster: {{server: 'https://127.0.0.1:{port}', certificate-authority: server.crt}}}}
users:
- {{name: admin, user: {{token: '{token}'}}}}
"
    ));
}

/// Says whether a process has ended; its parent may not have looked yet.
fn has_ended(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_none_or(|(_, state)| state.starts_with('Z'))
}

fn log_file(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.log"))
}

fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
