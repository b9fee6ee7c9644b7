//! A network spec, as YAML and as JSON.

use baas_deploy::node::{NodeConfig, parse_config_ini};
use baas_deploy::spec::{MAX_NODES, NetworkSpec};

/// Checks what must hold of any input.
pub fn check(text: &str) {
    let spec = match NetworkSpec::from_yaml(text) {
        Ok(spec) => spec,
        Err(errors) => {
            assert!(!errors.problems().is_empty() && !errors.to_string().is_empty());
            let _ = NetworkSpec::from_json(text);
            return;
        }
    };
    for warning in spec.warnings() {
        assert!(!warning.to_string().is_empty());
    }
    let nodes = spec.all_nodes();
    assert!(nodes.len() <= MAX_NODES && spec.boot_node().is_some());
    assert_eq!(nodes.len(), spec.node_names().len());
    // What is written is read again as the same.
    let json = serde_json::to_string(&spec).expect("a spec has a JSON form");
    let again = NetworkSpec::from_json(&json);
    assert_eq!(
        again.as_ref().map_err(ToString::to_string),
        Ok(&spec),
        "{json}"
    );
    // The files of a spec that was checked are ones that nodeos reads.
    for node in nodes.iter().take(5) {
        let peers = spec.peers_of(&node.name);
        assert!(!peers.contains(&node.name));
        assert!(
            peers
                .iter()
                .all(|peer| spec.peers_of(peer).contains(&node.name))
        );
        let addresses = (([0; 4], 1).into(), ([0; 4], 2).into());
        let mut config = NodeConfig::new(spec.version, &node.name, node.role, addresses);
        config.plugins = &node.plugins;
        config.options = &node.options;
        let file = parse_config_ini(&config.public_ini());
        assert_eq!(file.invalid, []);
        for entry in &file.entries {
            assert!(spec.version.option(&entry.name).is_ok(), "{}", entry.name);
        }
    }
}
