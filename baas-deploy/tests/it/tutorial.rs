//! The tutorial's own files (`tests/fixtures/tutorial/README.md`): named defects, the spec that does what was meant, and the
//! corrected template.

use std::path::Path;

use baas_deploy::lint::{Report, Severity, lint_files};
use baas_deploy::migrate::migrate;
use baas_deploy::spec::{NetworkSpec, Role, Target};
use baas_deploy::template::{Mode, OsRandom, Parameters, Template};

const NAMES: [&str; 6] = [
    "Dockerfile",
    "nodeosd.sh",
    "genesis.json",
    "config.ini",
    "nodeos.yaml",
    "commands.txt",
];

fn files(form: &str) -> Vec<(&'static str, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/tutorial")
        .join(form);
    NAMES
        .iter()
        .map(|name| (*name, std::fs::read_to_string(dir.join(name)).unwrap()))
        .collect()
}

fn lint(form: &str) -> Report {
    let files = files(form);
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    lint_files(&files)
}

/// The defects by their number in `lint`'s table, the file that shows each, and its code.
const BOTH: [(&str, &str, &str); 60] = [
    ("3", "commands.txt", "file-name-differs"),
    ("3", "nodeos.yaml", "image-differs"),
    ("4", "nodeosd.sh", "replaced-again"),
    ("5", "nodeosd.sh", "token-replaced-everywhere"),
    ("5", "nodeosd.sh", "unquoted-value"),
    ("6", "nodeos.yaml", "one-peer-for-a-list"),
    ("6", "nodeos.yaml", "words-as-value"),
    ("6", "config.ini", "port-twice"),
    ("7", "config.ini", "addresses-shifted"),
    ("7", "config.ini", "no-port"),
    ("8", "nodeosd.sh", "pod-hostname"),
    ("9", "nodeosd.sh", "always-stale"),
    ("9", "config.ini", "stale-contradiction"),
    ("9", "nodeos.yaml", "default-eosio"),
    ("10", "nodeosd.sh", "copied-but-not-added"),
    ("10", "Dockerfile", "cleos-without-keosd"),
    ("11", "nodeosd.sh", "config-overwritten"),
    ("11", "nodeosd.sh", "goes-on-after-errors"),
    ("12", "Dockerfile", "floating-base"),
    ("12", "Dockerfile", "ended-base"),
    ("12", "Dockerfile", "add-for-copy"),
    ("12", "Dockerfile", "root-user"),
    ("12", "Dockerfile", "baked-config"),
    ("12", "nodeos.yaml", "floating-image"),
    ("12", "commands.txt", "floating-image"),
    ("13", "commands.txt", "archived-source"),
    ("14", "nodeos.yaml", "legacy-template"),
    ("14", "nodeos.yaml", "legacy-group"),
    ("15", "nodeos.yaml", "annotation-at-metadata"),
    ("16", "nodeos.yaml", "list-for-map"),
    ("16", "nodeos.yaml", "root-user"),
    ("17", "nodeos.yaml", "fixed-route-name"),
    ("17", "nodeos.yaml", "fixed-route-host"),
    ("17", "nodeos.yaml", "single-label-host"),
    ("18", "config.ini", "validate-host"),
    ("19", "nodeos.yaml", "p2p-port-named-admin"),
    ("20", "nodeos.yaml", "account-as-object-name"),
    ("21", "nodeos.yaml", "rolling-producer"),
    ("22", "nodeos.yaml", "deployment-config"),
    ("23", "nodeos.yaml", "no-volume"),
    ("23", "nodeos.yaml", "no-probes"),
    ("23", "nodeos.yaml", "no-grace-period"),
    ("23", "nodeos.yaml", "no-limits"),
    ("24", "nodeos.yaml", "few-labels"),
    ("25", "nodeos.yaml", "key-in-parameter"),
    ("25", "nodeos.yaml", "key-in-env"),
    ("25", "nodeosd.sh", "key-in-env"),
    ("25", "nodeos.yaml", "published-key"),
    ("25", "nodeos.yaml", "not-required"),
    ("26", "config.ini", "wallet-exposed"),
    ("27", "genesis.json", "placeholder-key"),
    ("27", "genesis.json", "genesis-key-differs"),
    ("e", "config.ini", "gone-option"),
    ("e", "config.ini", "command-line-option"),
    ("e", "config.ini", "max-transaction-time"),
    ("e", "genesis.json", "not-in-genesis"),
    ("e", "genesis.json", "cpu-too-low"),
    ("g", "nodeos.yaml", "no-tls"),
    ("5", "config.ini", "placeholder"),
    ("7", "config.ini", "quoted-value"),
];

/// What only the printed form shows.
const PRINTED: [(&str, &str, &str); 8] = [
    ("1", "nodeosd.sh", "prose"),
    ("1", "config.ini", "prose-line"),
    ("1", "config.ini", "empty-value"),
    ("2", "nodeos.yaml", "lost-nesting"),
    ("2", "nodeos.yaml", "bullet"),
    ("2", "nodeos.yaml", "transcript"),
    ("2", "genesis.json", "unclosed"),
    ("1", "nodeosd.sh", "no-break-space"),
];

/// What the tutorial's files do not show, and others do: `lint.rs` has it.
const ELSEWHERE: [(&str, &str, &str); 1] = [("25", "n.sh", "key-in-script")];

/// Returns the rows of the table in the documentation of `lint`: the number or letter of a defect, and its codes.
fn documented() -> Vec<(String, Vec<&'static str>)> {
    let text = include_str!("../../src/lint/mod.rs");
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.filter_map(|row| row.trim_end_matches(" |").split_once(" | "));
    cells
        .filter(|(_, codes)| codes.contains('`'))
        .map(|(defect, codes)| {
            let defect = defect.strip_prefix("table ").unwrap_or(defect);
            let number = defect.split([' ', ',']).next().unwrap_or_default();
            let codes = codes.split(", ").map(|code| code.trim_matches('`'));
            (number.to_owned(), codes.collect())
        })
        .collect()
}

#[test]
fn the_documentation_and_the_tests_name_the_same_defects() {
    let rows = documented();
    // All that a file can show, of each number.
    for number in 1..=27 {
        let has_row = rows.iter().any(|(row, _)| *row == number.to_string());
        assert!(has_row, "{number}");
    }
    let asserted = || BOTH.iter().chain(&PRINTED).chain(&ELSEWHERE);
    for (number, codes) in &rows {
        for code in codes {
            let mut found = asserted().filter(|(_, _, other)| other == code);
            assert!(found.clone().next().is_some(), "{number} {code}");
            // What several defects have in common stands under one of them here.
            let is_shared = rows.iter().filter(|(_, all)| all.contains(code)).count() > 1;
            assert!(
                is_shared || found.all(|(other, ..)| other == number),
                "{number} {code}"
            );
        }
    }
    for (number, _, code) in asserted() {
        let is_documented = rows
            .iter()
            .any(|(row, codes)| row == number && codes.contains(code));
        assert!(is_documented, "{number} {code}");
    }
}

fn has(report: &Report, file: &str, code: &str) -> bool {
    report
        .findings()
        .iter()
        .any(|found| found.file == file && found.finding.code == code)
}

#[test]
fn each_defect_that_a_file_shows_is_named_in_both_forms() {
    for form in ["printed", "well-formed"] {
        let report = lint(form);
        let missing: Vec<_> = BOTH
            .iter()
            .filter(|(_, file, code)| !has(&report, file, code))
            .collect();
        assert!(missing.is_empty(), "{form}: {missing:?}\n{report}");
    }
    let (printed, well_formed) = (lint("printed"), lint("well-formed"));
    for (number, file, code) in PRINTED {
        assert!(
            has(&printed, file, code),
            "{number} {file} {code}\n{printed}"
        );
        assert!(
            !has(&well_formed, file, code),
            "{number} {file} {code}\n{well_formed}"
        );
    }
}

#[test]
fn findings_have_lines_and_remedies() {
    for form in ["printed", "well-formed"] {
        insta::assert_snapshot!(format!("lint_{form}"), lint(form).to_string());
    }
}

#[test]
fn nothing_is_wrong_with_the_corrected_files() {
    let report = lint("corrected");
    let wrong: Vec<String> = report
        .findings()
        .iter()
        .filter(|found| found.finding.severity > Severity::Hint)
        .map(ToString::to_string)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn findings_show_no_private_key() {
    let key = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    for form in ["printed", "well-formed"] {
        assert!(!lint(form).to_string().contains(key));
    }
}

#[test]
fn both_forms_become_the_spec_that_does_what_was_meant() {
    let mut yamls = Vec::new();
    for form in ["printed", "well-formed"] {
        let files = files(form);
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let migration = migrate(&files);
        let spec = NetworkSpec::from_yaml(migration.to_yaml()).unwrap();
        assert_eq!(&spec, migration.spec());
        assert_eq!(migration.report(), &lint_files(&files));
        let keys: Vec<&String> = migration
            .notes()
            .iter()
            .filter(|note| note.contains("private key"))
            .collect();
        assert!(
            keys.iter()
                .any(|note| note.starts_with("nodeos.yaml, line ")),
            "{keys:?}"
        );
        assert!(!format!("{migration:?}{}", migration.to_yaml()).contains("5KQwr"));
        yamls.push(migration.to_yaml().to_owned());
    }
    assert_eq!(yamls[0], yamls[1]);
    insta::assert_snapshot!("migrated", yamls[0]);
}

#[test]
fn ports_other_than_the_usual_ones_are_those_of_each_pod() {
    let files = files("well-formed");
    let other: Vec<(&str, String)> = files
        .iter()
        .map(|(name, text)| (*name, text.replace("8888", "8899").replace("9876", "9899")))
        .collect();
    let other: Vec<(&str, &str)> = other
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let migration = migrate(&other);
    let ports = migration
        .spec()
        .nodes
        .iter()
        .map(|node| (node.http_port, node.p2p_port));
    assert_eq!(
        ports.collect::<Vec<_>>(),
        [(Some(8899), Some(9899)), (Some(8899), Some(9899))]
    );
}

#[test]
fn files_without_a_template_become_a_network_on_this_machine() {
    let migration = migrate(&[
        (
            "config.ini",
            "producer-name = bp1\nhttp-server-address = 127.0.0.1:8001\nmax-clients = 40\nsignature-provider = EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV=KEY:5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3\nno-option = 1\n",
        ),
        (
            "a/b.env",
            "BP=1bp.x\nPRIVATE_KEY=5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3\n",
        ),
    ]);
    let spec = migration.spec();
    assert_eq!(spec.target, Target::Local);
    let roles: Vec<(Role, String, Option<u16>)> = spec
        .nodes
        .iter()
        .map(|node| {
            (
                node.role,
                node.account().unwrap().to_string(),
                node.http_port,
            )
        })
        .collect();
    assert_eq!(
        roles,
        [
            (Role::Boot, "eosio".to_owned(), Some(8001)),
            (Role::Producer, "1bp.x".to_owned(), None),
            (Role::Producer, "bp1".to_owned(), None),
        ]
    );
    assert_eq!(spec.nodes[2].options["max-clients"].values(), ["40"]);
    let notes = migration.notes().join("\n");
    assert!(notes.contains("no-option"), "{notes}");
    assert!(
        notes.contains("config.ini, line 4") && notes.contains("a/b.env, line 2"),
        "{notes}"
    );
    assert!(!format!("{migration:?}").contains("5KQwr"));
}

#[test]
fn bad_files_are_told_and_nothing_panics() {
    for (name, text, code) in [
        ("genesis.json", "{\"initial_key\":", "not-json"),
        ("genesis.json", "[]", "not-json"),
        ("genesis.json", "{}", "missing-field"),
        (
            "genesis.json",
            "{\"initial_key\": 1, \"initial_configuration\": []}",
            "missing-field",
        ),
        ("Dockerfile", "", "no-base"),
        (
            "nodeosd.sh",
            "#!/bin/sh\nset -e\n/usr/bin/nodeos -e $@\n",
            "no-exec",
        ),
        ("x.env", "no value", "no-parameter"),
        (
            "x.env",
            "K=5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3",
            "key-in-parameter",
        ),
        ("photo.png", "\u{0}", "unknown-file"),
        (
            "t.yaml",
            "kind: Template\nobjects:\n- x\n  • y: [",
            "lost-nesting",
        ),
    ] {
        let report = lint_files(&[(name, text)]);
        assert!(has(&report, name, code), "{name} {text:?}\n{report}");
        assert!(
            report
                .findings()
                .iter()
                .all(|found| !found.to_string().contains("5KQwr"))
        );
        migrate(&[(name, text)]);
    }
    assert_eq!(lint_files(&[]).worst(), None);
}

#[test]
fn the_corrected_template_gives_the_objects_that_a_cluster_would_get() {
    let text = &files("corrected")[4].1;
    let template = Template::from_yaml(text).unwrap();
    let mut parameters = Parameters::new();
    parameters
        .add_file(
            "NAME=bp1
BP=bp.one
PUBLIC_KEY=EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH
KEY_SECRET=bp1-key
PEER=nodeos-bp2-p2p:9876
",
        )
        .unwrap();
    // Nothing of it depends on what surprises.
    let strict = template
        .process(&parameters, &mut OsRandom, Mode::Strict)
        .unwrap();
    let openshift = template
        .process(&parameters, &mut OsRandom, Mode::OpenShift)
        .unwrap();
    assert_eq!(strict, openshift);
    assert!(strict.unused().is_empty());
    insta::assert_snapshot!("corrected_template", strict.to_yaml());
    assert_eq!(
        strict.message(),
        "nodeos-bp1 runs, and produces for bp.one with the key in the Secret bp1-key. Further nodes reach it at nodeos-bp1-p2p:9876."
    );
    let errors = template
        .process(&Parameters::new(), &mut OsRandom, Mode::OpenShift)
        .unwrap_err();
    assert_eq!(errors.causes().len(), 5);
}

/// Reads a text as each kind of file, and processes it if it is a template.
fn read_as_anything(text: &str) {
    for name in NAMES.iter().chain(&["values.env"]) {
        lint_files(&[(name, text)]);
    }
    let migration = migrate(&[
        ("nodeos.yaml", text),
        ("genesis.json", text),
        ("config.ini", text),
    ]);
    NetworkSpec::from_yaml(migration.to_yaml()).unwrap();
    if let Ok(template) = Template::from_yaml(text) {
        for mode in [Mode::OpenShift, Mode::Strict] {
            let _ = template.process(&Parameters::new(), &mut OsRandom, mode);
        }
    }
}

#[test]
fn texts_that_were_cut_and_pasted_do_not_panic() {
    let all: Vec<String> = ["printed", "well-formed", "corrected"]
        .into_iter()
        .flat_map(files)
        .map(|(_, text)| text)
        .collect();
    // A fixed walk through the files: the same cuts in each run.
    let mut state = 1_u64;
    let mut next = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % bound.max(1)
    };
    for _ in 0..30 {
        let (left, right) = (&all[next(all.len())], &all[next(all.len())]);
        let mut text: Vec<char> = left.chars().take(next(left.len())).collect();
        text.extend(right.chars().skip(next(right.len())).take(2000));
        for _ in 0..next(4) {
            let place = next(text.len() + 1);
            let odd = [
                '\u{0}', '$', '{', '}', '"', '\n', ' ', '-', ':', '\u{a0}', '[', '世', '&', '*',
                '!', '\t',
            ];
            text.insert(place, odd[next(odd.len())]);
        }
        let text: String = text.into_iter().collect();
        read_as_anything(&text);
    }
}
