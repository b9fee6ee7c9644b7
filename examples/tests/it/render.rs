//! `render`, as people run it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use baas_deploy::image::Reference;
use baas_deploy::lint::{Severity, lint_files_for};
use baas_deploy::node::NodeVersion;
use baas_deploy::spec::{ImageSpec, NodeSpec, Target};
use eos_abi::Name;
use eos_keys::PrivateKey;
use examples::rendering::{self, Layout, What};

const FIXTURES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../baas-deploy/tests/fixtures/tutorial"
);
const IMAGE: [&str; 2] = ["--image", "registry.example.org/eos/nodeos:4.1"];

fn render(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_render"))
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn printed(dir: &Path, arguments: &[&str]) -> String {
    let output = render(dir, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(dir: &Path, arguments: &[&str]) -> String {
    let output = render(dir, arguments);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

/// Returns the names of all files below a directory, in order, with what they say.
fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut directories = vec![dir.to_owned()];
    while let Some(inner) = directories.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().display().to_string();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_target_is_rendered_to_the_same_bytes_again_with_keys_in_secrets_only() {
    let dir = tempfile::tempdir().unwrap();
    for (target, some_files) in [
        (
            "kubernetes",
            &["manifests/60-statefulset-tutorial-bp4.yaml"][..],
        ),
        (
            "openshift",
            &[
                "catalogue/nodeos-api.yaml",
                "secrets/15-secret-tutorial-boot-key.yaml",
            ],
        ),
        (
            "tutorial",
            &[
                "Containerfile",
                "nodeosd.sh",
                "template/nodeos.yaml",
                "nodes/bp1/secret/key.ini",
            ],
        ),
        (
            "local",
            &[
                "nodes/boot/config/config.ini",
                "nodes/boot/start.sh",
                "nodeosd.sh",
            ],
        ),
    ] {
        let arguments = [&["--target", target, "--out", target][..], &IMAGE].concat();
        let first = printed(dir.path(), &arguments);
        assert!(first.ends_with(" files, 0 of them unchanged\n"), "{first}");
        let out = dir.path().join(target);
        let rendered = files(&out);
        for name in some_files {
            assert!(
                rendered.iter().any(|(found, _)| found == name),
                "{target}: {name}"
            );
        }
        let mut secrets = 0;
        for (name, bytes) in &rendered {
            let text = String::from_utf8_lossy(bytes);
            // The texts of private keys begin so; in a `Secret` they are in base64.
            let has_key = ["=KEY:5", "=KEY:PVT", "\",\"5", "\",\"PVT"]
                .iter()
                .any(|begin| text.contains(begin))
                || name.starts_with("secrets/");
            let mode = fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o777;
            assert!(!has_key || mode == 0o600, "{target}: {name} is {mode:o}");
            secrets += usize::from(has_key);
        }
        assert_eq!(secrets, 5, "{target}");

        let again = printed(dir.path(), &arguments);
        let count = rendered.len();
        assert_eq!(again, format!("{count} files, {count} of them unchanged\n"));
        assert_eq!(files(&out), rendered);
    }
}

#[test]
fn lint_finds_nothing_wrong_with_what_is_rendered_for_any_target_and_version() {
    let spec = rendering::read_spec(None).unwrap();
    let keys: BTreeMap<Name, PrivateKey> = spec
        .all_nodes()
        .iter()
        .filter_map(NodeSpec::account)
        .map(|account| (account, PrivateKey::generate().unwrap()))
        .collect();
    let base: Reference = "docker.io/library/debian:12.8-slim".parse().unwrap();
    for version in NodeVersion::ALL {
        for (target, layout) in [
            (Target::Kubernetes, Layout::Cluster),
            (Target::OpenShift, Layout::Cluster),
            (Target::Local, Layout::Local),
            (Target::Local, Layout::ByHand { base: &base }),
        ] {
            let mut spec = spec.clone();
            spec.version = version;
            spec.target = target;
            let image = "registry.example.org/eos/nodeos:4.1".parse().unwrap();
            spec.image = Some(ImageSpec::new(image));
            let what = What {
                keys: &keys,
                time: "2026-03-02T12:00:00".parse().unwrap(),
                namespace: None,
                layout,
            };
            let files: Vec<(String, String)> = rendering::files(&spec, &what)
                .unwrap()
                .iter()
                .map(|file| (file.path.display().to_string(), file.text.to_string()))
                .collect();
            let files: Vec<(&str, &str)> = files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            let wrong: Vec<String> = lint_files_for(&files, version)
                .findings()
                .iter()
                .filter(|found| {
                    found.finding.severity > Severity::Hint || found.finding.code == "unknown-file"
                })
                .map(ToString::to_string)
                .collect();
            assert!(wrong.is_empty(), "{version} {layout:?}: {wrong:#?}");
        }
    }
}

#[test]
fn what_is_not_of_a_rendering_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["--target", "local", "--out", "out"];
    printed(dir.path(), &arguments);
    fs::write(dir.path().join("out/notes"), "mine").unwrap();
    let output = render(dir.path(), &arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("out/notes is not of this rendering, and was left alone"),
        "{told}"
    );
    assert_eq!(fs::read(dir.path().join("out/notes")).unwrap(), b"mine");
    // Where a node works is its own, and may change while it is looked at.
    let boot = dir.path().join("out/nodes/boot");
    for work in ["data/blocks", "run"] {
        fs::create_dir_all(boot.join(work)).unwrap();
        fs::write(boot.join(work).join("file"), "").unwrap();
    }
    fs::create_dir(boot.join("other")).unwrap();
    fs::write(boot.join("other/data"), "").unwrap();
    let output = render(dir.path(), &arguments);
    let told = String::from_utf8(output.stderr).unwrap();
    let notes: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("note: "))
        .collect();
    assert_eq!(
        notes,
        [
            "out/nodes/boot/other/data is not of this rendering, and was left alone",
            "out/notes is not of this rendering, and was left alone",
        ]
    );
}

#[test]
fn what_cannot_be_rendered_is_told_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("spec.yaml"),
        "name: a\nnodes: []\nimag: {}\n",
    )
    .unwrap();
    let told = refused(dir.path(), &["--out", "out", "--spec", "spec.yaml"]);
    assert!(
        told.contains("unknown field, did you mean `image`?"),
        "{told}"
    );
    let told = refused(dir.path(), &["--target", "kubernetes", "--out", "out"]);
    assert_eq!(
        told,
        "error: a cluster runs an image: name it with --image, or under `image.reference` of the spec\n"
    );
    assert!(!dir.path().join("out").exists());
    assert!(!dir.path().join("baas-data").exists());
}

#[test]
fn a_rendering_is_not_given_other_keys() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let arguments = ["--target", "local", "--out", out.to_str().unwrap()];
    let note = "private keys were made, in baas-data/tutorial/wallet.keystore: keep";
    for has_keys in [false, true] {
        let output = render(dir.path(), &arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        assert_eq!(told.contains(note), !has_keys, "{told}");
    }
    let rendered = files(&out);
    // From elsewhere: nothing is made there, and nothing changed here.
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let told = refused(&elsewhere, &arguments);
    assert!(told.contains("name their directory with --dir"), "{told}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    // Where there are keys of another chain.
    printed(&elsewhere, &["--target", "local", "--out", "own"]);
    let told = refused(&elsewhere, &arguments);
    assert!(told.contains("not the boot node's in baas-data/"), "{told}");
    assert_eq!(files(&out), rendered);
    let keys = dir.path().join("baas-data/tutorial");
    let with_keys = [&arguments[..], &["--dir", keys.to_str().unwrap()]].concat();
    printed(&elsewhere, &with_keys);
    assert_eq!(files(&out), rendered);
}

#[test]
fn the_tutorials_files_are_linted_and_become_a_spec() {
    let dir = tempfile::tempdir().unwrap();
    let path = |form: &str, name: &str| format!("{FIXTURES}/{form}/{name}");
    let names = [
        "config.ini",
        "genesis.json",
        "nodeosd.sh",
        "nodeos.yaml",
        "Dockerfile",
    ];
    let printed_files: Vec<String> = names.iter().map(|name| path("printed", name)).collect();
    let with = |command: &'static str| -> Vec<&str> {
        [command]
            .into_iter()
            .chain(printed_files.iter().map(String::as_str))
            .collect()
    };
    let output = render(dir.path(), &with("lint"));
    assert_eq!(output.status.code(), Some(1));
    let findings = String::from_utf8(output.stdout).unwrap();
    assert!(findings.contains("nodeos.yaml: line "), "{findings}");
    assert!(!findings.contains("5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3"));

    // What cannot be written whole is not there.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_render"))
        .args(with("migrate"))
        .args(["--out", "spec.yaml"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("error: cannot write spec.yaml"), "{told}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{told}");

    // What is written can be rendered.
    let migrate = [with("migrate"), vec!["--out", "spec.yaml"]].concat();
    printed(dir.path(), &migrate);
    printed(
        dir.path(),
        &[
            "--spec",
            "spec.yaml",
            "--target",
            "openshift",
            "--out",
            "out",
            IMAGE[0],
            IMAGE[1],
        ],
    );
    let told = refused(dir.path(), &migrate);
    assert!(told.contains("is there already"), "{told}");
}

#[test]
fn files_that_are_no_text_are_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, expected) in [
        (
            "utf16.ini",
            &b"\xff\xfea\0=\0b\0"[..],
            "utf16.ini is in UTF-16: save it as UTF-8",
        ),
        (
            "latin.ini",
            b"a = b\nc = \xe9\n",
            "latin.ini, line 2, is not in UTF-8",
        ),
        ("binary.ini", b"\x7fELF\0\0\0", "binary.ini is no text"),
        (
            "large.ini",
            &vec![b'a'; (2 << 20) + 1],
            "large.ini is longer than 2 MiB",
        ),
    ] {
        fs::write(dir.path().join(name), bytes).unwrap();
        for command in ["lint", "migrate", "process"] {
            let told = refused(dir.path(), &[command, name]);
            assert!(told.contains(expected), "{command}: {told}");
        }
        let told = refused(dir.path(), &["--spec", name, "--out", "out"]);
        assert!(told.contains(expected), "{told}");
    }
    let told = refused(dir.path(), &["process", "-"]);
    assert!(
        told.contains("standard input cannot be processed"),
        "{told}"
    );
    let told = refused(dir.path(), &["lint", "."]);
    assert!(told.contains("Is a directory"), "{told}");
}

#[test]
fn an_archive_is_written_into_a_file_and_over_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["nodeos", "launcher"] {
        fs::copy("/bin/true", dir.path().join(name)).unwrap();
    }
    let build = |out: &str| {
        let arguments = [
            "image",
            "build",
            "a:1",
            "--nodeos",
            "./nodeos",
            "--launcher",
            "./launcher",
            "--out",
        ];
        let mut arguments = arguments.to_vec();
        arguments.push(out);
        render(dir.path(), &arguments)
    };
    let told = String::from_utf8(build("nowhere/image.tar").stderr).unwrap();
    assert!(told.contains("there is no directory nowhere"), "{told}");
    assert!(
        !dir.path().join("baas-data").exists(),
        "before it is packed"
    );
    fs::create_dir(dir.path().join("directory")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    for out in ["directory", "socket"] {
        let output = build(out);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(
            told.contains(&format!("could not write {out}")) && told.contains("it is not a file"),
            "{told}"
        );
    }
    drop(socket);
    assert!(build("image.tar").status.success());
    assert!(build("image.tar").status.success(), "over itself");
    let left = fs::read_dir(dir.path()).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_str().unwrap().contains("partial")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn templates_are_processed_and_keys_stay_out_of_command_lines() {
    let dir = tempfile::tempdir().unwrap();
    let template = format!("{FIXTURES}/corrected/nodeos.yaml");
    let told = refused(dir.path(), &["process", &template]);
    assert!(told.contains("is required"), "{told}");
    let key = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let told = refused(
        dir.path(),
        &["process", &template, "-p", &format!("PRIVATE_KEY={key}")],
    );
    assert!(
        told.contains("--param-file") && !told.contains(key),
        "{told}"
    );

    let text = "
apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: a}
parameters: [{name: NAME, required: true}, {name: SIZE, value: '3'}]
objects:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: '${NAME}'}, data: {size: '${SIZE}'}}
";
    fs::write(dir.path().join("template.yaml"), text).unwrap();
    fs::write(dir.path().join("parameters"), "NAME=b\nSIZE=4\n").unwrap();
    let list = printed(
        dir.path(),
        &[
            "process",
            "template.yaml",
            "-p",
            "SIZE=5",
            "--param-file",
            "parameters",
            "--strict",
            "--form",
            "json",
        ],
    );
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["items"][0]["metadata"]["name"], "b");
    assert_eq!(list["items"][0]["data"]["size"], "5");
}

#[test]
fn what_is_wrong_with_parameters_is_told_together() {
    let dir = tempfile::tempdir().unwrap();
    let text = "
apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: a}
parameters: [{name: NAME, required: true}, {name: SPARE}]
objects:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: '${NAME}'}}
";
    fs::write(dir.path().join("template.yaml"), text).unwrap();
    let arguments = ["process", "template.yaml", "-p", "OTHER=1"];
    for strict in [&[][..], &["--strict"]] {
        let told = refused(dir.path(), &[&arguments, strict].concat());
        assert!(
            told.contains("NAME is required") && told.contains("unknown parameter name \"OTHER\""),
            "{told}"
        );
        let unused = "nothing uses the parameter SPARE";
        assert_eq!(told.matches(unused).count(), 1, "{told}");
    }
    let told = refused(
        dir.path(),
        &["process", "template.yaml", "-p", "NAME=b", "-p", "NAME=c"],
    );
    assert!(told.contains("NAME is given more than once"), "{told}");
    let told = refused(dir.path(), &["process", "-", "--param-file", "-"]);
    assert!(told.contains("standard input can be read once"), "{told}");
}
