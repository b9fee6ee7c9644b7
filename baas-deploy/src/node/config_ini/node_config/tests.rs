use super::*;
use crate::lint::Severity;
use crate::node::{MENDS, OptionPlace, lint_config_ini, parse_config_ini};

const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

/// Returns the text without the private key.
fn ini(
    role: Role,
    http: [u8; 4],
    peers: &[SocketAddr],
    plugins: &[String],
    options: &BTreeMap<String, OptionValues>,
) -> String {
    let (name, account) = match role {
        Role::Boot => ("boot", "eosio"),
        _ => ("bp1", "bp1"),
    };
    let name = name.parse().unwrap();
    let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
    let addresses = ((http, 20000).into(), (LOOPBACK, 20001).into());
    let peers: Vec<Endpoint> = peers.iter().map(|peer| (*peer).into()).collect();
    let config = NodeConfig {
        peers: &peers,
        plugins,
        options,
        ..NodeConfig::new(NodeVersion::Leap4, &name, role, addresses)
            .producing(account.parse().unwrap(), &key)
    };
    let ini = config.to_ini();
    assert_eq!(format!("{ini:?}"), "ConfigIni(<redacted>)");
    ini.expose_text()
        .replace(key.expose_text().expose(), "<the private key>")
}

#[test]
fn the_boot_node() {
    let peers = [20003, 20005].map(|port| (LOOPBACK, port).into());
    insta::assert_snapshot!(ini(Role::Boot, LOOPBACK, &peers, &[], &BTreeMap::new()));
}

#[test]
fn a_producer_with_settings_of_its_own() {
    let plugins = [
        "eosio::trace_api_plugin".to_owned(),
        "eosio::http_plugin".to_owned(),
    ];
    let options = BTreeMap::from([
        ("trace-no-abis".to_owned(), OptionValues::one("true")),
        ("max-transaction-time".to_owned(), OptionValues::one("150")),
        (
            "actor-blacklist".to_owned(),
            OptionValues::several(["a", "b"]),
        ),
    ]);
    let peers = [(LOOPBACK, 20003).into()];
    insta::assert_snapshot!(ini(Role::Producer, LOOPBACK, &peers, &plugins, &options));
}

#[test]
fn outside_of_loopback_nobody_gets_the_producer_api() {
    let text = ini(Role::Boot, [0; 4], &[], &[], &BTreeMap::new());
    assert!(!text.contains("producer_api_plugin"), "{text}");
    assert!(!text.contains("http-alias"), "{text}");
}

#[test]
fn strangers_get_nothing_that_steers_the_node() {
    let name = "api".parse().unwrap();
    let plugins = [
        "eosio::trace_api_plugin",
        "eosio::producer_api_plugin",
        "eosio::test_control_api_plugin",
    ];
    let plugins = plugins.map(ToOwned::to_owned);
    let (trace, steering) = plugins.split_at(1);
    let config = |version, plugins| NodeConfig {
        control: Some((LOOPBACK, 8889).into()),
        plugins,
        ..NodeConfig::new(
            version,
            &name,
            Role::Api,
            (([0; 4], 8888).into(), ([0; 4], 9876).into()),
        )
    };
    let lines = |ini: &str, option: &str| -> Vec<String> {
        let file = parse_config_ini(ini);
        file.values(option).map(ToOwned::to_owned).collect()
    };
    for version in NodeVersion::ALL {
        let plain = config(version, trace);
        let ini = plain.public_ini();
        let with_all = config(version, steering).public_ini();
        let has_net_api = lines(&ini, "plugin").contains(&"eosio::net_api_plugin".to_owned());
        assert_eq!(has_net_api, plain.has_net_api());
        let (server, topics) = ("http-server-address", "http-category-address");
        if version < NodeVersion::Leap5 {
            assert_eq!(lines(&ini, server), ["0.0.0.0:8888"], "{version}");
            assert_eq!(lines(&with_all, topics), [""; 0], "{version}");
            assert!(!has_net_api, "{version}");
            continue;
        }
        assert!(has_net_api, "{version}");
        assert_eq!(lines(&ini, server), [topics], "{version}");
        assert_eq!(
            lines(&ini, topics),
            [
                "chain_ro,0.0.0.0:8888",
                "chain_rw,0.0.0.0:8888",
                "trace_api,0.0.0.0:8888",
                "net_ro,127.0.0.1:8889",
                "net_rw,127.0.0.1:8889"
            ]
        );
        assert_eq!(
            lines(&with_all, topics)[2..],
            [
                "net_ro,127.0.0.1:8889",
                "net_rw,127.0.0.1:8889",
                "producer_ro,127.0.0.1:8889",
                "producer_rw,127.0.0.1:8889",
                "snapshot,127.0.0.1:8889"
            ]
        );
        // What is written is found to be right.
        let found = lint_config_ini(&ini, version);
        let wrong: Vec<_> = found
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

#[test]
fn dawn_has_the_tutorials_options_in_its_order_and_each_mend_is_of_one() {
    let printed = include_str!("../../../../tests/vectors/tutorial/config-as-printed.ini");
    let printed = printed.replace('\u{a0}', " ");
    let tutorial = parse_config_ini(&printed);
    let mut wanted: Vec<&str> = tutorial.entries.iter().map(|e| e.name.as_str()).collect();
    wanted.dedup();
    let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
    let name = "bp1".parse().unwrap();
    let peers = [
        "boot.first:9876".parse().unwrap(),
        "bp2.first:9876".parse().unwrap(),
    ];
    let advertised = "bp1.first:9876".parse().unwrap();
    let addresses = (([0; 4], 8888).into(), ([0; 4], 9876).into());
    let config = NodeConfig {
        peers: &peers,
        advertised: Some(&advertised),
        ..NodeConfig::new(NodeVersion::Dawn4_1, &name, Role::Producer, addresses)
            .producing("bp.one".parse().unwrap(), &key)
    };
    let ini = config.to_ini();
    // Also those that are comments, for they have no value.
    let all = ini.expose_text().replace("# ", "");
    let ours = parse_config_ini(&all);
    let mut names: Vec<&str> = ours.entries.iter().map(|e| e.name.as_str()).collect();
    names.dedup();
    assert_eq!(names, wanted);
    for mend in MENDS {
        assert!(
            mend.option.is_none_or(|option| wanted.contains(&option)),
            "{mend:?}"
        );
    }
    let text = ini
        .expose_text()
        .replace(key.expose_text().expose(), "<the private key>");
    insta::assert_snapshot!(text);
    assert_eq!(
        config.public_ini().lines().count() + 1,
        text.lines().count()
    );
    assert!(!config.public_ini().contains("private-key = "));
    // Of what was mended nothing is found again.
    let found: Vec<&str> = lint_config_ini(ini.expose_text(), NodeVersion::Dawn4_1)
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(found, ["state-size", "secret-in-config"]);
}

#[test]
fn no_version_gets_an_option_or_a_plugin_that_it_does_not_know() {
    let options = BTreeMap::from([
        ("no-such-option".to_owned(), OptionValues::one("1")),
        ("genesis-json".to_owned(), OptionValues::one("other.json")),
        ("max-clients".to_owned(), OptionValues::one("7")),
    ]);
    let plugins = ["eosio::trace_api_plugin", "eosio::none_plugin"].map(ToOwned::to_owned);
    let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
    let name = "node".parse().unwrap();
    for version in NodeVersion::ALL {
        for role in [Role::Boot, Role::Producer, Role::Api, Role::Seed] {
            let addresses = ((LOOPBACK, 1).into(), (LOOPBACK, 2).into());
            let mut config = NodeConfig {
                options: &options,
                plugins: &plugins,
                ..NodeConfig::new(version, &name, role, addresses)
            };
            if role.produces() {
                config = config.producing("eosio".parse().unwrap(), &key);
            }
            let ini = config.to_ini();
            let file = parse_config_ini(ini.expose_text());
            assert_eq!(file.invalid, []);
            assert_eq!(file.values("max-clients").collect::<Vec<_>>(), ["7"]);
            for entry in &file.entries {
                let option = version.option(&entry.name).unwrap();
                assert_eq!(option.place, OptionPlace::File, "{version}: {}", entry.name);
            }
            file.values("plugin")
                .for_each(|plugin| version.plugin(plugin).unwrap());
            let worst = lint_config_ini(ini.expose_text(), version)
                .into_iter()
                .max_by_key(|finding| finding.severity);
            assert!(
                worst
                    .as_ref()
                    .is_none_or(|finding| finding.severity == Severity::Hint),
                "{version} {role:?}: {worst:?}"
            );
        }
    }
}

#[test]
fn the_window_of_reads_follows_the_time_of_transactions() {
    for (time, window) in [
        ("-1", 220_000),
        ("150", 220_000),
        ("200", 220_000),
        ("300", 320_000),
        ("18446744073709551615", u64::MAX),
    ] {
        let options =
            BTreeMap::from([("max-transaction-time".to_owned(), OptionValues::one(time))]);
        let text = ini(Role::Producer, LOOPBACK, &[], &[], &options);
        assert_eq!(
            ConfigIni::find(&text, "read-only-read-window-time-us"),
            Some(window.to_string().as_str()),
            "{time}"
        );
    }
    for version in [NodeVersion::Leap5, NodeVersion::Spring1] {
        let name = "a".parse().unwrap();
        let addresses = ((LOOPBACK, 1).into(), (LOOPBACK, 2).into());
        let text = NodeConfig::new(version, &name, Role::Api, addresses).public_ini();
        assert_eq!(
            ConfigIni::find(&text, "read-only-read-window-time-us"),
            Some("200000")
        );
    }
}

#[test]
fn the_trace_api_is_without_abis_unless_something_else_is_said() {
    let plugins = ["eosio::trace_api_plugin".to_owned()];
    for (option, value) in [
        ("max-clients", "1"),
        ("trace-rpc-abi", "eosio=eosio.abi"),
        ("trace-no-abis", "false"),
    ] {
        let options = BTreeMap::from([(option.to_owned(), OptionValues::one(value))]);
        let text = ini(Role::Producer, LOOPBACK, &[], &plugins, &options);
        let expected = match option {
            "max-clients" => Some("true"),
            "trace-no-abis" => Some("false"),
            _ => None,
        };
        assert_eq!(ConfigIni::find(&text, "trace-no-abis"), expected, "{text}");
    }
}

#[test]
fn a_node_with_state_history_is_told_so_where_its_version_asks_for_it() {
    let name = "a".parse().unwrap();
    let plugins = ["eosio::state_history_plugin".to_owned()];
    let with = |version, plugins| {
        let addresses = ((LOOPBACK, 1).into(), (LOOPBACK, 2).into());
        NodeConfig {
            plugins,
            ..NodeConfig::new(version, &name, Role::Api, addresses)
        }
        .start_arguments()
    };
    for version in NodeVersion::ALL {
        assert_eq!(with(version, &[]), [""; 0]);
        // Since Leap 5 the plugin sets it itself, and a file may.
        let asks = version != NodeVersion::Dawn4_1 && version < NodeVersion::Leap5;
        assert_eq!(!with(version, &plugins).is_empty(), asks, "{version}");
    }
    assert_eq!(
        with(NodeVersion::Leap4, &plugins),
        ["--disable-replay-opts"]
    );
}

#[test]
fn the_files_of_all_versions() {
    let key = PrivateKey::from_bytes(eos_keys::KeyType::K1, &[7; 32]).unwrap();
    let name = "bp1".parse().unwrap();
    let addresses = (([0; 4], 8888).into(), ([0; 4], 9876).into());
    let hosts = ["chain.example.org:80".parse().unwrap()];
    let mut all = String::new();
    for version in &NodeVersion::ALL[1..] {
        let config = NodeConfig {
            hosts: &hosts,
            ..NodeConfig::new(*version, &name, Role::Producer, addresses)
                .producing("bp1".parse().unwrap(), &key)
        };
        write!(all, "## {version}\n{}", config.public_ini()).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn values_are_found_again() {
    let text = ini(Role::Boot, LOOPBACK, &[], &[], &BTreeMap::new());
    assert_eq!(
        ConfigIni::find(&text, "http-server-address"),
        Some("127.0.0.1:20000")
    );
    assert_eq!(
        ConfigIni::find(&text, "p2p-listen-endpoint"),
        Some("127.0.0.1:20001")
    );
    assert_eq!(ConfigIni::find(&text, "p2p-listen"), None);
}
