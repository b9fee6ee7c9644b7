//! What `lint` finds in files of others, beyond the tutorial's.

use baas_deploy::lint::lint_files_for;
use baas_deploy::node::NodeVersion;

const KEY: &str = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";

/// Returns the codes of findings, with their lines.
fn codes(files: &[(&str, &str)], version: NodeVersion) -> Vec<(&'static str, Option<u64>)> {
    lint_files_for(files, version)
        .findings()
        .iter()
        .map(|found| (found.finding.code, found.finding.line))
        .collect()
}

#[test]
fn start_scripts_are_read_as_the_shell_reads_them() {
    let key = format!("exec nodeos \"--signature-provider=P=KEY:{KEY}\"");
    for (script, code, line) in [
        (
            "exec nodeos \\\n  -e \\\n  --config-dir /c",
            "always-stale",
            3,
        ),
        (
            "exec nodeos --enable-stale-production=true",
            "always-stale",
            3,
        ),
        (
            "sed -i \"s|EOSIO|$BP|g\" config.ini",
            "token-replaced-everywhere",
            3,
        ),
        ("sed -i \"s|EOSIO|$BP|g\" config.ini", "unquoted-value", 3),
        ("true\nReplace agent name", "prose", 4),
        ("\treplace\tagent\tname", "prose", 3),
        ("替换 节点 名称", "prose", 3),
        (key.as_str(), "key-in-script", 3),
    ] {
        let text = format!("#!/bin/sh\nset -e\n{script}\n");
        let found = codes(&[("n.sh", &text)], NodeVersion::Leap4);
        assert!(found.contains(&(code, Some(line))), "{text}: {found:?}");
    }
    let windows = codes(&[("n.sh", "#!/bin/sh\r\nset -e\r\n")], NodeVersion::Leap4);
    assert_eq!(windows, [("carriage-return", Some(1))]);
    let text = "#!/bin/bash -e\nshift 2\nsleep 5\nunset BP\nprintf hello\nreturn 0\nwait_for_peer 10\nprogram=/usr/local/bin/nodeos\n\
         cat <<EOF\nsome words\nEOF\nexec \"$program\" \"$@\"\n";
    assert_eq!(codes(&[("n.sh", text)], NodeVersion::Leap4), []);
}

#[test]
fn the_first_key_is_compared_with_those_of_the_boot_node_alone() {
    let public = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV";
    let modern = "PUB_K1_6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5BoDq63";
    let other = "EOS892Zb2NisQx3sgWToaotCKvaDngYmoC7THvhn3g4A96zeKqw1v";
    let genesis = format!("{{\n\"initial_key\": \"{public}\"\n}}");
    for (producer, providers, differs) in [
        ("eosio", vec![other], true),
        ("bp1", vec![other], false),
        ("eosio", vec![public], false),
        ("eosio", vec![modern], false),
        ("eosio", vec![other, public], false),
    ] {
        let lines: Vec<String> = providers
            .iter()
            .map(|key| format!("signature-provider = {key}=KEY:{KEY}\n"))
            .collect();
        let config = format!("producer-name = {producer}\n{}", lines.concat());
        let files = [("genesis.json", genesis.as_str()), ("config.ini", &config)];
        let found = codes(&files, NodeVersion::Leap4);
        let is_told = found.contains(&("genesis-key-differs", Some(2)));
        assert_eq!(is_told, differs, "{producer} {providers:?}");
    }
}

#[test]
fn hosts_are_looked_at_by_version_and_alias() {
    let template = include_str!("../fixtures/tutorial/corrected/nodeos.yaml");
    for (version, more, is_told) in [
        (NodeVersion::Leap4, "", true),
        (NodeVersion::Leap4, "http-validate-host = yes", true),
        (NodeVersion::Leap4, "http-validate-host = no", false),
        (NodeVersion::Leap4, "http-validate-host = 0", false),
        (NodeVersion::Leap4, "http-validate-host = off", false),
        (NodeVersion::Leap4, "http-validate-host = FALSE", false),
        (NodeVersion::Leap4, "http-alias = n.example.org:80", false),
        (NodeVersion::Dawn4_1, "", false),
    ] {
        let config = format!("http-server-address = 0.0.0.0:8888\n{more}\n");
        let files = [("nodeos.yaml", template), ("config.ini", &config)];
        let found = codes(&files, version);
        let has = found.iter().any(|(code, _)| *code == "validate-host");
        assert_eq!(has, is_told, "{version} {more}");
    }
    let stale = "enable-stale-production = TRUE\n";
    let found = codes(&[("config.ini", stale)], NodeVersion::Leap4);
    assert!(found.contains(&("stale-production", Some(1))), "{found:?}");
}

#[test]
fn each_workload_of_a_template_is_looked_at_in_yaml_and_json() {
    let yaml = format!(
        "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- apiVersion: apps/v1\n  kind: StatefulSet\n  metadata: {{name: a}}\n\
         - apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: node-${{BP}}\n  spec:\n    template:\n      spec:\n        containers:\n\
         \x20       - name: n\n          image: foo\n          env:\n          - name: K\n            value: {KEY}\n        securityContext:\n\
         \x20         runAsUser: 0\nparameters:\n- name: PRIVATE_NETWORK_SECRET\n  required: true\n"
    );
    let found = codes(&[("t.yaml", &yaml)], NodeVersion::Leap4);
    for expected in [
        ("rolling-producer", Some(8)),
        ("account-as-object-name", Some(10)),
        ("floating-image", Some(16)),
        ("key-in-env", Some(19)),
        ("root-user", Some(21)),
    ] {
        assert!(found.contains(&expected), "{expected:?} {found:?}");
    }
    assert!(found.iter().all(|(code, _)| *code != "key-in-parameter"));
    let json = "{\n  \"kind\": \"Template\",\n  \"apiVersion\": \"template.openshift.io/v1\",\n  \"objects\": [\n    {\n      \"apiVersion\": \"apps/v1\",\n\
         \x20     \"kind\": \"Deployment\",\n      \"metadata\": {\n        \"name\": \"${BP}\"\n      }\n    }\n  ]\n}\n";
    let found = codes(&[("t.json", json)], NodeVersion::Leap4);
    for expected in [
        ("rolling-producer", Some(7)),
        ("account-as-object-name", Some(9)),
    ] {
        assert!(found.contains(&expected), "{expected:?} {found:?}");
    }
    let plain = "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  volumeClaimTemplates: []\n";
    assert_eq!(codes(&[("sts.yaml", plain)], NodeVersion::Leap4), []);
}

#[test]
fn the_user_is_that_of_the_last_stage() {
    for (text, expected) in [
        ("FROM a:1 AS b\nUSER 1000\nFROM a:1\n", vec!["root-user"]),
        ("FROM a:1 AS b\nUSER 1000\nFROM b\n", vec![]),
        ("FROM a:1 AS b\nUSER 0\nFROM a:1\nUSER 1000\n", vec![]),
        ("\u{feff}FROM a:1\r\nUSER 1000\r\n", vec![]),
    ] {
        let found = codes(&[("Dockerfile", text)], NodeVersion::Leap4);
        let found: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
        assert_eq!(found, expected, "{text}");
    }
}
