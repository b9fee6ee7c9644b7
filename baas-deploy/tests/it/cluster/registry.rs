//! Debian's `docker-registry`, started on loopback: what was pushed is pulled back and compared. skopeo
//! reads what we write, and writes what we read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use baas_deploy::image::{
    BlobDigest, Content, Credential, Credentials, Image, ImageBuilder, ImageError, ImageEvent,
    Layer, NodeosEntry, NodeosParts, Platform, Reference, RegistryClient, RegistryClientBuilder,
    Store, nodeos_image,
};
use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::node::{ChainParameters, Genesis, NodeConfig, NodeVersion};
use baas_deploy::spec::Role;
use eos_keys::PrivateKey;

use crate::support::report;

/// The password `correct-horse` of `me`, with a cost that tests can afford.
const HTPASSWD: &str = "me:$2y$05$Ylszk2f8/eW7lVEiCpf09u2wqD6wQ48qdtM/R7lTIvf73tgFoVIKa\n";

struct Server {
    process: Child,
    port: u16,
    dir: tempfile::TempDir,
}

impl Server {
    fn start(settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let [port] = crate::support::free_ports();
        fs::write(dir.path().join("htpasswd"), HTPASSWD).unwrap();
        let config = format!(
            "version: 0.1\nlog: {{accesslog: {{disabled: true}}, level: error}}\n\
             storage: {{filesystem: {{rootdirectory: {0}/blobs}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n",
            dir.path().display()
        );
        fs::write(dir.path().join("config.yml"), config).unwrap();
        let log = fs::File::create(dir.path().join("log")).unwrap();
        let mut command = Command::new("docker-registry");
        command
            .args(["serve", "config.yml"])
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        for (name, value) in settings {
            command.env(name, value);
        }
        let process = command
            .spawn()
            .expect("docker-registry is missing: run baas-deploy/tests/cluster/setup.sh");
        let server = Self { process, port, dir };
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(server.dir.path().join("log")).unwrap();
            assert!(Instant::now() < deadline, "{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn with_password() -> Self {
        Self::start(&[
            ("REGISTRY_AUTH_HTPASSWD_REALM", "test"),
            ("REGISTRY_AUTH_HTPASSWD_PATH", "htpasswd"),
        ])
    }

    fn reference(&self, name: &str) -> Reference {
        format!("127.0.0.1:{}/{name}", self.port).parse().unwrap()
    }

    fn store(&self, name: &str) -> Store {
        Store::open(self.dir.path().join(name)).unwrap()
    }

    fn client(&self) -> RegistryClientBuilder {
        let password = Credential::password("me", "correct-horse");
        let registry = format!("127.0.0.1:{}", self.port);
        RegistryClient::builder(Credentials::none().with(registry, password))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An image with a layer of a megabyte that cannot be compressed.
fn image(store: &Store) -> Image {
    let mut state = 1_u32;
    let noise = (0..1 << 20).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let mut layer = Layer::new("noise");
    layer
        .file("/noise", 0o644, Content::Bytes(noise.collect()))
        .unwrap();
    let mut small = Layer::new("small");
    small.shared_directory("/data").unwrap();
    ImageBuilder::from_nothing(Platform::linux_amd64())
        .layer(layer)
        .layer(small)
        .entrypoint(["/noise"])
        .user("1000:0")
        .label("a", "b")
        .build(store)
        .unwrap()
}

fn parts(image: &Image) -> Vec<BlobDigest> {
    let parts = image.layers().iter().chain([image.config()]);
    parts.map(|part| part.digest.clone()).collect()
}

async fn pull(server: &Server, reference: &Reference, store: &Store) -> Image {
    let client = server.client().build().unwrap();
    client
        .pull(reference, &Platform::linux_amd64(), store, &|_| ())
        .await
        .unwrap()
}

/// Pushes twice, pulls, compares.
async fn there_and_back(server: &Server, client: &RegistryClient) {
    let made = image(&server.store("made"));
    let reference = server.reference("eos/nodeos:1");
    let first = client.push(&made, &reference, &|_| ()).await.unwrap();
    assert_eq!(first.uploaded, parts(&made));
    assert_eq!(first.uploaded_bytes, made.size());
    assert!(first.manifest_sent);

    let events = std::sync::Mutex::new(Vec::new());
    let again = client
        .push(&made, &reference, &|event| {
            events.lock().unwrap().push(event);
        })
        .await
        .unwrap();
    assert_eq!((again.uploaded_bytes, again.manifest_sent), (0, false));
    assert_eq!(again.already_there, parts(&made));
    let sends = |event: &ImageEvent| matches!(event, ImageEvent::Uploading { .. });
    assert!(!events.lock().unwrap().iter().any(sends));

    let store = server.store("pulled");
    let by_digest = reference.with_digest(made.digest());
    for name in [&reference, &by_digest] {
        let pulled = pull(server, name, &store).await;
        assert_eq!(pulled.digest(), made.digest());
        assert_eq!(pulled.manifest(), made.manifest());
        for digest in parts(&made) {
            let sent = fs::read(made.store().path(&digest)).unwrap();
            assert!(fs::read(store.path(&digest)).unwrap() == sent, "{digest}");
        }
    }
}

#[tokio::test]
async fn what_is_pushed_is_pulled_and_the_second_push_sends_nothing() {
    let server = Server::start(&[]);
    there_and_back(&server, &server.client().build().unwrap()).await;
}

#[tokio::test]
async fn so_it_is_with_a_password() {
    let server = Server::with_password();
    there_and_back(&server, &server.client().build().unwrap()).await;

    let reference = server.reference("eos/nodeos:1");
    let registry = reference.registry().to_owned();
    let wrong = Credentials::none().with(registry, Credential::password("me", "wrong"));
    for (credentials, reason) in [
        (
            wrong,
            "the name and password, or the token, were not accepted",
        ),
        (
            Credentials::none(),
            "it wants a password, and there is none for it: `podman login` or `docker login` keeps one",
        ),
    ] {
        let client = RegistryClient::builder(credentials).build().unwrap();
        let store = server.store("none");
        let error = client
            .pull(&reference, &Platform::linux_amd64(), &store, &|_| ())
            .await;
        let error = error.unwrap_err();
        assert!(matches!(error, ImageError::Unauthorized { .. }));
        assert!(report(&error).contains(reason), "{}", report(&error));
    }
}

#[tokio::test]
async fn so_it_is_with_the_password_in_a_file_that_skopeo_wrote() {
    let server = Server::with_password();
    let file = server.dir.path().join("auth.json");
    let registry = format!("127.0.0.1:{}", server.port);
    let login = Command::new("skopeo")
        .args([
            "login",
            "--tls-verify=false",
            "--username",
            "me",
            "--password",
            "correct-horse",
        ])
        .arg("--authfile")
        .arg(&file)
        .arg(registry)
        .output()
        .expect("skopeo is missing: run baas-deploy/tests/cluster/setup.sh");
    assert!(login.status.success(), "{login:?}");
    let mut environment = Environment::default();
    environment.registry_auth_file = Some(file);
    let client = RegistryClient::builder(Credentials::from_files(environment));
    there_and_back(&server, &client.build().unwrap()).await;
}

#[tokio::test]
async fn so_it_is_in_pieces() {
    // A server that takes no piece above 300 kB, as proxies do, in front of the real one.
    let server = Server::start(&[]);
    let made = image(&server.store("made"));
    let limit = super::size_limit::SizeLimit::start(server.port, 300_000).await;
    let client = server.client().chunk_size(250_000).build().unwrap();
    let reference: Reference = format!("127.0.0.1:{}/eos/nodeos:1", limit.port())
        .parse()
        .unwrap();
    let events = std::sync::Mutex::new(Vec::new());
    client
        .push(&made, &reference, &|event| {
            events.lock().unwrap().push(event);
        })
        .await
        .unwrap();
    let in_chunks = |event: &ImageEvent| matches!(event, ImageEvent::InChunks { .. });
    assert!(events.lock().unwrap().iter().any(in_chunks));
    let store = server.store("pulled");
    let pulled = pull(&server, &server.reference("eos/nodeos:1"), &store).await;
    assert_eq!(pulled.digest(), made.digest());
}

#[tokio::test]
async fn a_base_from_the_registry_is_mounted_and_not_sent() {
    let server = Server::start(&[]);
    let client = server.client().build().unwrap();
    let made = image(&server.store("made"));
    client
        .push(&made, &server.reference("base:1"), &|_| ())
        .await
        .unwrap();
    let store = server.store("pulled");
    let base = pull(&server, &server.reference("base:1"), &store).await;
    let mut layer = Layer::new("more");
    layer
        .file("/more", 0o644, Content::Bytes(b"more".into()))
        .unwrap();
    let image = ImageBuilder::from_image(base)
        .layer(layer)
        .build(&store)
        .unwrap();
    let reference = server.reference("other/image:1");
    let report = client.push(&image, &reference, &|_| ()).await.unwrap();
    assert_eq!(report.mounted, parts(&made)[..2]);
    assert_eq!(report.uploaded.len(), 2, "our layer and the configuration");
    let pulled = pull(&server, &reference, &server.store("again")).await;
    assert_eq!(parts(&pulled), parts(&image));
}

#[tokio::test]
async fn an_image_that_skopeo_made_in_docker_s_form_is_a_base() {
    let server = Server::start(&[]);
    let made = image(&server.store("made"));
    let archive = server.dir.path().join("image.tar");
    made.write_archive(&archive, &"localhost/eos/nodeos:1".parse().unwrap())
        .unwrap();
    let from = format!("oci-archive:{}:1", archive.display());
    skopeo(&[
        "copy",
        "--format=v2s2",
        "--dest-tls-verify=false",
        &from,
        &format!("docker://{}", server.reference("docker:1")),
    ]);
    let store = server.store("pulled");
    let pulled = pull(&server, &server.reference("docker:1"), &store).await;
    assert_eq!(pulled.layers(), made.layers(), "under the OCI's names");
    let client = server.client().build().unwrap();
    client
        .push(&pulled, &server.reference("again:1"), &|_| ())
        .await
        .unwrap();
    let text = skopeo(&[
        "inspect",
        "--tls-verify=false",
        &format!("docker://{}", server.reference("again:1")),
    ]);
    assert!(text.contains(&pulled.digest().to_string()), "{text}");
}

fn skopeo(arguments: &[&str]) -> String {
    let output = Command::new("skopeo")
        .arg("--insecure-policy")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("skopeo is missing: run baas-deploy/tests/cluster/setup.sh");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn skopeo_reads_our_archive() {
    let server = Server::start(&[]);
    let made = image(&server.store("made"));
    let archive = server.dir.path().join("image.tar");
    made.write_archive(&archive, &"localhost/eos/nodeos:1".parse().unwrap())
        .unwrap();
    let from = format!("oci-archive:{}", archive.display());
    let text = skopeo(&["inspect", &from]);
    assert!(text.contains(&made.digest().to_string()), "{text}");
    let dir = server.dir.path().join("copied");
    skopeo(&["copy", &from, &format!("dir:{}", dir.display())]);
    for digest in parts(&made) {
        let copied = fs::read(dir.join(digest.hex())).unwrap();
        assert_eq!(BlobDigest::of(&copied), digest);
    }
}

/// Returns a figure of this process's memory, in kilobytes.
fn memory(figure: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with(figure))
        .unwrap();
    line.split_ascii_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Puts a node's configuration where it would be mounted; returns its port.
fn configure(root: &Path) -> u16 {
    let [http, p2p] =
        crate::support::free_ports().map(|port| std::net::SocketAddr::from(([127, 0, 0, 1], port)));
    let key = PrivateKey::generate().unwrap();
    let name = crate::support::name("boot");
    let config = NodeConfig::new(NodeVersion::Leap4, &name, Role::Boot, (http, p2p))
        .producing("eosio".parse().unwrap(), &key);
    let genesis = Genesis::new(
        "2024-03-02T12:00:00".parse().unwrap(),
        key.public_key(),
        ChainParameters::default(),
    );
    let dir = root.join("etc/baas");
    fs::write(dir.join("config/config.ini"), config.public_ini()).unwrap();
    fs::write(dir.join("config/genesis.json"), genesis.to_json()).unwrap();
    fs::write(
        dir.join("secret/keys.ini"),
        config.secret_ini().unwrap().expose_text(),
    )
    .unwrap();
    http.port()
}

fn unpack(image: &Image, into: &Path) {
    for layer in image.layers() {
        let status = Command::new("tar")
            .args([
                "--extract",
                "--gzip",
                "--no-same-owner",
                "--preserve-permissions",
                "--file",
            ])
            .arg(image.store().path(&layer.digest))
            .arg("--directory")
            .arg(into)
            .status()
            .unwrap();
        assert!(status.success());
    }
}

/// Returns the environment that an image gives its programs, and nothing else.
fn environment_of(image: &Image) -> Vec<(String, String)> {
    let text = fs::read(image.store().path(&image.config().digest)).unwrap();
    let config: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let variables = config["config"]["Env"].as_array().unwrap().iter();
    variables
        .map(|variable| {
            let (name, value) = variable.as_str().unwrap().split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn the_image_of_a_node_from_nothing_is_pushed_and_what_is_pulled_runs() {
    let server = Server::start(&[]);
    let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| ())
        .await
        .unwrap();
    let entry = NodeosEntry::Launcher(env!("CARGO_BIN_EXE_baas-launch").into());
    let nothing = ImageBuilder::from_nothing(Platform::linux_amd64());
    let builder = nodeos_image(nothing, &NodeosParts::new(nodeos, entry)).unwrap();
    let store = server.store("made");
    // From here on the peak is counted anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    let image = builder.build(&store).unwrap();
    assert!(image.size() > 20 << 20, "it has {} bytes", image.size());
    let client = server.client().build().unwrap();
    let reference = server.reference("eos/nodeos:4.1");
    client.push(&image, &reference, &|_| ()).await.unwrap();
    let pulled = pull(&server, &reference, &server.store("pulled")).await;
    let used = memory("VmHWM:").saturating_sub(before);
    assert!(
        used < 64 << 10,
        "{used} kB more than before, for {} bytes",
        image.size()
    );
    assert_eq!(pulled.digest(), image.digest());

    // As a runtime runs it: in the image's own files, as an arbitrary user of group 0, with the volumes of a pod.
    let root = server.dir.path().join("root");
    fs::create_dir(&root).unwrap();
    fs::set_permissions(server.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    unpack(&pulled, &root);
    let port = configure(&root);
    let pod = "cd \"$1\" && mkdir -p proc dev && mount --rbind /proc proc && mount --rbind /dev dev && \
               mount -t tmpfs -o mode=0775 tmpfs run/baas && shift && exec chroot --userspec=12345:0 . \"$@\"";
    let log = fs::File::create(server.dir.path().join("node.log")).unwrap();
    let node = Command::new("unshare")
        .args(["--mount", "/bin/sh", "-c", pod, "sh"])
        .arg(&root)
        .arg("/opt/baas/bin/baas-launch")
        .args([
            "--genesis=/etc/baas/config/genesis.json",
            "--boot",
            "--probe-listen=127.0.0.1:0",
        ])
        .args(["--termination-log=/tmp/end", "--", "/usr/local/bin/nodeos"])
        .env_clear()
        .envs(environment_of(&pulled))
        .env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        )
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut node = Running(node);
    let url = format!("http://127.0.0.1:{port}");
    let client = eos_client::Client::new(&url).unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    while !client
        .get_info()
        .await
        .is_ok_and(|info| info.head_block_num > 3)
    {
        let log = fs::read_to_string(server.dir.path().join("node.log")).unwrap();
        assert!(
            Instant::now() < deadline && node.0.try_wait().unwrap().is_none(),
            "{log}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    crate::support::kill(node.0.id(), rustix::process::Signal::TERM);
    assert_eq!(node.0.wait().unwrap().code(), Some(0));
}
