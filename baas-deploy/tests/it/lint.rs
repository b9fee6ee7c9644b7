//! What `lint` finds in files of others, beyond the tutorial's.

use baas_deploy::lint::lint_files_for;
use baas_deploy::manifests::ConsoleTemplate;
use baas_deploy::node::NodeVersion;
use baas_deploy::spec::Role;

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

#[test]
fn a_containerfile_s_documents_and_lists_are_read() {
    for (text, expected) in [
        // What stands in a document is no instruction.
        (
            "FROM a:1\nRUN <<EOF\nUSER 0\nFROM b\nADD c /\nEOF\nUSER 1000\n",
            vec![],
        ),
        (
            "FROM a:1\nCOPY <<-'A' <<\"B\" /x/\nUSER 0\nA\nUSER 0\nB\nUSER 1000\n",
            vec![],
        ),
        (
            "FROM a:1\nRUN cat \\\n  <<EOF > /x\nUSER 0\nEOF\nUSER 1000\n",
            vec![],
        ),
        ("FROM a:1\nRUN echo $((1<<2))\nUSER 0\n", vec!["root-user"]),
        (
            "FROM a:1\nCOPY <<EOF /etc/config.ini\nplugin = a\nEOF\nUSER 1000\n",
            vec!["baked-config"],
        ),
        (
            "FROM a:1\nCOPY [\"genesis.json\", \"/a b/\"]\nUSER 1000\n",
            vec!["baked-config"],
        ),
        (
            "FROM a:1\nCOPY --chown=1:0 a genesis.json /\nUSER 1000\n",
            vec!["baked-config"],
        ),
        (
            "FROM a:1\nADD [\"a\", \"/b\"]\nUSER 1000\n",
            vec!["add-for-copy"],
        ),
        (
            "FROM a:1\nADD --chown=1:0 [\"a.tar.gz\", \"/b\"]\nUSER 1000\n",
            vec![],
        ),
        (
            "FROM a:1\nADD --checksum=sha256:0 https://a/b /b\nUSER 1000\n",
            vec![],
        ),
        (
            "FROM a:1\nCOPY [\"bin/cleos\", \"/bin/\"]\nUSER 1000\n",
            vec!["cleos-without-keosd"],
        ),
        (
            "FROM a:1\nCOPY [\"bin/cleos\", \"bin/keosd\", \"/bin/\"]\nUSER 1000\n",
            vec![],
        ),
    ] {
        let found = codes(&[("Dockerfile", text)], NodeVersion::Leap4);
        let found: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
        assert_eq!(found, expected, "{text}");
    }
    // Nothing that a document hides is copied, and what a list names is.
    let script = "#!/bin/sh\nset -e\ncp /contracts /data\n";
    for (image, is_there) in [
        ("FROM a:1\nCOPY [\"contracts\", \"/\"]\nUSER 1\n", true),
        ("FROM a:1\nRUN <<E\nCOPY contracts /\nE\nUSER 1\n", false),
    ] {
        let found = codes(
            &[("n.sh", script), ("Dockerfile", image)],
            NodeVersion::Leap4,
        );
        let is_told = found
            .iter()
            .any(|(code, _)| *code == "copied-but-not-added");
        assert_eq!(is_told, !is_there, "{image}");
    }
}

#[test]
fn a_start_script_goes_on_after_arithmetic() {
    let text = "#!/bin/sh\nset -e\nsize=$((1<<20))\nexec nodeos -e\n";
    let found = codes(&[("n.sh", text)], NodeVersion::Leap4);
    assert!(found.contains(&("always-stale", Some(4))), "{found:?}");
}

#[test]
fn printed_objects_may_begin_with_their_kind() {
    let printed = include_str!("../fixtures/tutorial/printed/nodeos.yaml");
    let api_first = codes(&[("nodeos.yaml", printed)], NodeVersion::Leap4);
    // The same text with `kind` before `apiVersion`, in the head and in each object.
    let lines: Vec<&str> = printed.lines().collect();
    let mut turned: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let mut turns = 0;
    for index in 1..lines.len() {
        let (before, after) = (lines[index - 1], lines[index].trim());
        if let Some((mark, version)) = before.split_once("apiVersion")
            && after.starts_with("kind")
        {
            turned[index - 1] = format!("{mark}{after}");
            turned[index] = format!("apiVersion{version}");
            turns += 1;
        }
    }
    assert_eq!(turns, 4);
    let text = turned.join("\n");
    let kind_first = codes(&[("nodeos.yaml", &text)], NodeVersion::Leap4);
    let without_lines = |found: &[(&'static str, Option<u64>)]| {
        let mut all: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(without_lines(&kind_first), without_lines(&api_first));
    // Also where bullets and dashes are lost.
    let bare = text.replace("- kind", "kind").replace("• kind", "kind");
    let found = codes(&[("nodeos.yaml", &bare)], NodeVersion::Leap4);
    for (code, _) in &api_first {
        let is_mark = *code == "bullet";
        assert!(
            is_mark || found.iter().any(|(other, _)| other == code),
            "{code}"
        );
    }
}

#[test]
fn lists_of_accounts_are_no_lists_of_peers() {
    for (name, expected) in [
        ("BP_LIST", true),
        ("LIST", true),
        ("PEER_LIST", true),
        ("BLACKLIST", false),
        ("ACTOR_BLACKLIST", false),
        ("ACTOR_BLACK_LIST", false),
        ("ACCOUNT_LIST", false),
        ("WHITELIST", false),
        ("LISTEN", false),
        ("P2P_LISTEN_PORT", false),
    ] {
        let text = format!(
            "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {{name: a}}\nobjects:\n\
             - {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{a: '${{{name}}}'}}}}\n\
             parameters:\n- {{name: {name}, required: true, value: one two}}\n"
        );
        let found = codes(&[("t.yaml", &text)], NodeVersion::Leap4);
        for code in ["one-peer-for-a-list", "words-as-value"] {
            let is_told = found.iter().any(|(other, _)| *other == code);
            assert_eq!(is_told, expected, "{name} {code}");
        }
    }
}

#[test]
fn empty_files_are_told() {
    for name in [
        "config.ini",
        "n.sh",
        "values.env",
        "Dockerfile",
        "genesis.json",
        "a.yaml",
    ] {
        for text in ["", "\n \r\n", "\u{feff}"] {
            let found = codes(&[(name, text)], NodeVersion::Leap4);
            assert!(found.contains(&("empty-file", None)), "{name} {found:?}");
        }
    }
}

#[test]
fn a_template_with_a_genesis_in_it_is_a_template_in_json_as_well() {
    let template = ConsoleTemplate::new(Role::Boot);
    let (yaml, json) = (template.to_yaml(), template.to_object().to_string());
    assert!(json.contains("initial_configuration"), "{json}");
    let codes_of = |name: &str, text: &str| -> Vec<&str> {
        let found = codes(&[(name, text)], NodeVersion::Leap4);
        found.into_iter().map(|(code, _)| code).collect()
    };
    let expected = codes_of("nodeos.yaml", &yaml);
    assert!(!expected.is_empty() && expected.iter().all(|code| *code == "not-required"));
    assert_eq!(codes_of("nodeos.json", &json), expected);
    let object =
        r#"{"apiVersion":"v1","kind":"ConfigMap","data":{"genesis.json":"{\"initial_key\":1}"}}"#;
    assert_eq!(
        codes_of("genesis-map.json", object),
        codes_of("a.yaml", object)
    );
}
