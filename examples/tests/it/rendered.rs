//! What `render` wrote, used with nothing else than what is there and the steps that it tells.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::template::{Mode, OsRandom, Parameters, Template};
use eos_client::Client;
use serde_json::Value;

fn render(dir: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_render"))
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

/// What is in the image that a Containerfile describes, and where the rest is mounted.
struct Image {
    files: BTreeSet<String>,
    directories: BTreeSet<String>,
    ports: BTreeSet<u64>,
}

impl Image {
    /// Reads a Containerfile. `source` is told each file that has to lie beside it.
    fn of(containerfile: &str, mut source: impl FnMut(&str)) -> Self {
        let mut image = Self {
            files: BTreeSet::new(),
            directories: BTreeSet::new(),
            ports: BTreeSet::new(),
        };
        let text = containerfile.replace("\\\n", " ");
        for line in text.lines() {
            let mut words = line
                .split_whitespace()
                .filter(|word| !word.starts_with("--"));
            match words.next() {
                Some("COPY") => {
                    let words: Vec<_> = words.collect();
                    let [from, to] = words[..] else {
                        panic!("{line}");
                    };
                    source(from);
                    image.files.insert(to.to_owned());
                }
                Some("RUN") => {
                    for command in line.trim_start_matches("RUN").split("&&") {
                        let words: Vec<_> = command.split_whitespace().collect();
                        match words[..] {
                            ["mkdir", "-p", ref made @ ..] => image
                                .directories
                                .extend(made.iter().map(|dir| (*dir).to_owned())),
                            ["ln", "-s", to, link] => {
                                assert!(image.files.contains(to), "{line}");
                                image.files.insert(link.to_owned());
                            }
                            ["chgrp" | "chmod", _, ref of @ ..] => {
                                for dir in of {
                                    assert!(image.directories.contains(*dir), "{line}");
                                }
                            }
                            _ => panic!("{line}"),
                        }
                    }
                }
                Some("EXPOSE") => image
                    .ports
                    .extend(words.map(|port| port.parse::<u64>().unwrap())),
                Some("ENTRYPOINT") => {
                    let program: Vec<String> =
                        serde_json::from_str(line.trim_start_matches("ENTRYPOINT")).unwrap();
                    assert!(image.files.contains(&program[0]), "{line}");
                }
                Some("WORKDIR") => {
                    let dir = words.next().unwrap();
                    assert!(image.directories.contains(dir), "{line}");
                }
                Some("FROM" | "USER" | "STOPSIGNAL" | "ENV" | "#") | None => {}
                Some(_) => panic!("{line}"),
            }
        }
        image
    }
}

/// Sees that each object of a processed template has what it names: in the image, or among the objects.
fn check_objects(list: &Value, image: &Image) {
    let objects = list["items"].as_array().unwrap();
    let named = |kind: &str, name: &Value| {
        objects
            .iter()
            .find(|object| object["kind"] == kind && object["metadata"]["name"] == *name)
            .unwrap_or_else(|| panic!("there is no {kind} {name}"))
    };
    let set = objects
        .iter()
        .find(|object| object["kind"] == "StatefulSet")
        .unwrap();
    named("Service", &set["spec"]["serviceName"]);
    let pod = &set["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();

    let command = container["command"][0].as_str().unwrap();
    assert!(image.files.contains(command), "{command}");
    let mut mounted = BTreeSet::new();
    for mount in array(&container["volumeMounts"]) {
        let path = mount["mountPath"].as_str().unwrap().to_owned();
        assert!(
            image.directories.contains(&path) || path == "/tmp",
            "the image lacks {path}"
        );
        let volumes = array(&pod["volumes"]);
        let claims = array(&set["spec"]["volumeClaimTemplates"]);
        let claim = claims
            .iter()
            .any(|claim| claim["metadata"]["name"] == mount["name"]);
        let volume = volumes
            .iter()
            .find(|volume| volume["name"] == mount["name"]);
        let mut files = vec![path.clone()];
        let mut item = |source: &Value, data: &str, object: &Value| {
            for item in array(&source["items"]) {
                let key = item["key"].as_str().unwrap();
                assert!(object[data][key].is_string(), "{key} in {object}");
                files.push(format!("{path}/{}", item["path"].as_str().unwrap()));
            }
        };
        match volume {
            None => assert!(claim, "nothing is mounted in {path}"),
            Some(volume) => {
                let secret = &volume["secret"];
                if !secret.is_null() {
                    item(secret, "stringData", named("Secret", &secret["secretName"]));
                }
                for source in array(&volume["projected"]["sources"]) {
                    let map = &source["configMap"];
                    item(map, "data", named("ConfigMap", &map["name"]));
                }
            }
        }
        mounted.extend(files);
    }
    for argument in array(&container["args"]) {
        let argument = argument.as_str().unwrap();
        let path = argument.split_once('=').map_or(argument, |(_, path)| path);
        if path.starts_with('/') {
            // A node without a key has an empty directory in the image.
            let is_empty = path == "/etc/baas/secret" && image.directories.contains(path);
            assert!(
                is_empty || image.files.contains(path) || mounted.contains(path),
                "{argument}"
            );
        }
    }
    let ports = array(&container["ports"]);
    for port in &ports {
        let number = port["containerPort"].as_u64().unwrap();
        assert!(image.ports.contains(&number), "{port}");
    }
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let port = &container[probe]["httpGet"]["port"];
        assert!(ports.iter().any(|named| named["name"] == *port), "{port}");
    }
}

#[test]
fn everything_that_the_tutorials_files_refer_to_is_there() {
    let dir = tempfile::tempdir().unwrap();
    for version in ["dawn-4.1", "leap-4", "spring-1"] {
        let arguments = [
            "--target",
            "tutorial",
            "--version",
            version,
            "--out",
            version,
        ];
        render(dir.path(), &arguments);
        let out = dir.path().join(version);
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        let steps = read("README.md");

        let image = Image::of(&read("Containerfile"), |source| {
            let is_there = out.join(source).is_file();
            let is_told = steps.contains(&format!("\n- `{source}`: "));
            assert!(is_there != is_told, "{source}");
        });
        let script = read("nodeosd.sh");
        for path in [
            "/usr/local/bin/nodeos",
            "/etc/baas/config",
            "/etc/baas/secret",
            "/data",
            "/run/baas",
        ] {
            assert!(script.contains(path), "{path}");
            let is_there = image.files.contains(path) || image.directories.contains(path);
            assert!(is_there, "{path}");
        }

        let key = fs::read_to_string(out.join("nodes/boot/secret/key.ini")).unwrap();
        for name in ["nodeos.yaml", "nodeos-boot.yaml", "nodeos-api.yaml"] {
            let text = read(&format!("template/{name}"));
            let template = Template::from_yaml(&text).unwrap();
            let mut parameters = Parameters::new();
            for (name, value) in [
                ("IMAGE", "registry.example.org/eos/nodeos:4.1"),
                ("BP", "bp1"),
                (
                    "PUBLIC_KEY",
                    "EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH",
                ),
                ("PRIVATE_KEY", "of a node"),
            ] {
                // A node that only answers has no key.
                if text.contains(&format!("${{{name}}}")) {
                    parameters.set(name, value);
                }
            }
            let processed = template
                .process(&parameters, &mut OsRandom, Mode::OpenShift)
                .unwrap();
            check_objects(&serde_json::from_str(&processed.to_json()).unwrap(), &image);
        }

        // A node's directory has what is mounted, the same genesis for each, and no key but in its secret.
        for node in ["boot", "bp1", "bp2", "bp3", "bp4"] {
            let config = format!("nodes/{node}/config");
            assert_eq!(
                read(&format!("{config}/genesis.json")),
                read("genesis.json")
            );
            assert!(out.join(&config).join("config.ini").is_file());
            assert!(out.join(format!("nodes/{node}/secret/key.ini")).is_file());
        }
        assert!(
            key.contains("KEY:") || key.contains("private-key"),
            "no key"
        );

        // Each path of a step is in the directory.
        let mut paths = 0;
        for word in steps.split(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | ':' | ',')) {
            let path = word.strip_prefix("$PWD/").unwrap_or(word);
            if path.starts_with("nodes/") || path.starts_with("template/") {
                let path = path.replace("NAME", "boot");
                assert!(out.join(&path).exists(), "{path}");
                paths += 1;
            }
        }
        assert!(paths >= 16, "{paths}\n{steps}");
        // An image that `render image build` made begins with the launcher, which begins no chain but of a genesis that it is given.
        let text = steps.replace("\\\n", " ");
        let runs = text.lines().filter(|line| line.starts_with("docker run "));
        let mut count = 0;
        for run in runs {
            let (_, given) = run.split_once(&format!(":{version} ")).unwrap();
            assert!(
                given.starts_with("--genesis /etc/baas/config/genesis.json"),
                "{run}"
            );
            count += 1;
        }
        assert_eq!(count, 5);
        for step in steps.lines().filter(|line| line.starts_with("docker run ")) {
            let name = step.split_whitespace().nth(4).unwrap();
            let peers = read(&format!("nodes/{name}/config/config.ini"));
            assert!(peers.contains("p2p-peer-address = "), "{peers}");
            for line in peers
                .lines()
                .filter(|line| line.starts_with("p2p-peer-address"))
            {
                let (_, peer) = line.split_once("= ").unwrap();
                let (host, _) = peer.split_once(':').unwrap();
                assert!(steps.contains(&format!("--name {host} ")), "{line}");
            }
        }
    }
}

/// A node that its own script started; it is killed when it is dropped.
struct Running(Child);

impl Running {
    fn stop(mut self) {
        let pid = self.0.id().to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(status.unwrap().success());
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns ports that nothing listens on, from below those that the system gives to connections.
fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    const FIRST: u32 = 20_000;
    const COUNTED: u32 = 9_000;
    let begin = std::process::id() * 97;
    let mut free = (0..COUNTED)
        .map(|offset| u16::try_from(FIRST + (begin % COUNTED + offset) % COUNTED).unwrap())
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    [(); COUNT].map(|()| free.next().unwrap())
}

#[tokio::test]
async fn local_nodes_start_with_their_scripts_again_and_again() {
    let nodeos = Nodeos::find(None, &Environment::from_process(), &|_| {})
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let [http, p2p, follower_http, follower_p2p, history] = free_ports();
    // A plugin with which nodeos does not start unless it is told more.
    let spec = format!(
        "name: small\nnodes:\n- {{name: boot, role: boot, http_port: {http}, p2p_port: {p2p}, plugins: [eosio::state_history_plugin], \
         options: {{state-history-endpoint: '127.0.0.1:{history}'}}}}\n\
         - {{name: bp1, role: producer, http_port: {follower_http}, p2p_port: {follower_p2p}}}\n"
    );
    fs::write(dir.path().join("spec.yaml"), spec).unwrap();
    render(
        dir.path(),
        &["--target", "local", "--spec", "spec.yaml", "--out", "out"],
    );
    let start = |node: &str| {
        let at = dir.path().join("out/nodes").join(node);
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(dir.path().join(node))
            .unwrap();
        let child = Command::new(at.join("start.sh"))
            .args(["--chain-state-db-size-mb", "256"])
            .env("NODEOS", nodeos.program())
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Running(child.unwrap())
    };
    let client = |port: u16| Client::new(&format!("http://127.0.0.1:{port}")).unwrap();
    let reaches = async |port: u16, block_num: u32| {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let info = client(port).get_info().await;
            if info
                .as_ref()
                .is_ok_and(|info| info.head_block_num >= block_num)
            {
                return info.unwrap().head_block_num;
            }
            let log = || fs::read_to_string(dir.path().join("boot")).unwrap();
            assert!(Instant::now() < deadline, "{info:?}\n{}", log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };

    let boot = start("boot");
    let head = reaches(http, 4).await;
    boot.stop();
    let boot = start("boot");
    let head = reaches(http, head + 3).await;
    drop(boot); // killed
    let boot = start("boot");
    let head = reaches(http, head + 3).await;
    // Who joins takes the chain from it.
    let follower = start("bp1");
    reaches(follower_http, head).await;
    follower.stop();
    boot.stop();
    let log = fs::read_to_string(dir.path().join("boot")).unwrap();
    for told in [
        "the chain begins with",
        "up to the last irreversible block eosio is the only producer",
        "was dirty after a kill: it is computed again from the blocks",
    ] {
        assert!(log.contains(told), "{told}\n{log}");
    }
}
