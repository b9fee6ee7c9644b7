//! From files that were written by hand to the spec that does what they were meant to do.

use eos_abi::Name;
use serde_json::{Map, Value, json};

use crate::dns_label::DnsLabel;
use crate::lint::{FileKind, Files, Outline, Report, Severity, lint_files};
use crate::manifests::{HTTP_PORT, P2P_PORT};
use crate::node::{NodeVersion, lint_config_ini};
use crate::secrets;
use crate::spec::NetworkSpec;
use crate::template::Parameters;
use crate::yaml::to_yaml;

/// Options of config.ini that no nodeos after Dawn 4.1 has in its config.ini.
const OF_DAWN: [&str; 5] = [
    "private-key",
    "genesis-json",
    "block-log-dir",
    "shared-memory-size-mb",
    "required-participation",
];

/// Options that a spec says in its own words, or that say how its nodes are put together.
const SAID_OTHERWISE: [&str; 23] = [
    "agent-name",
    "block-log-dir",
    "blocks-dir",
    "enable-stale-production",
    "eosio-key",
    "genesis-json",
    "genesis-timestamp",
    "http-server-address",
    "http-validate-host",
    "p2p-listen-endpoint",
    "p2p-peer-address",
    "p2p-server-address",
    "peer-key",
    "peer-private-key",
    "plugin",
    "private-key",
    "producer-name",
    "shared-memory-size-mb",
    "signature-provider",
    "txn-reference-block-lag",
    "unlock-timeout",
    "wallet-dir",
    "wasm-runtime",
];

/// The tutorial's values of options, which nobody chose.
const OF_THE_TUTORIAL: [(&str, &str); 9] = [
    ("access-control-allow-credentials", "false"),
    ("allowed-connection", "any"),
    ("connection-cleanup-period", "30"),
    ("max-clients", "25"),
    ("max-implicit-request", "1500"),
    ("max-transaction-time", "30"),
    ("network-version-match", "0"),
    ("required-participation", "33"),
    ("sync-fetch-span", "100"),
];

/// A spec made of files that were written by hand.
#[derive(Debug, Clone)]
pub struct Migration {
    spec: NetworkSpec,
    yaml: String,
    report: Report,
    notes: Vec<String>,
}

impl Migration {
    /// Returns the spec.
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Returns the spec as YAML: what the files say, and no defaults. It never holds a private key.
    pub fn to_yaml(&self) -> &str {
        &self.yaml
    }

    /// Returns what is wrong with the files.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns what was left out or assumed, and what is to be done.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Writes the spec that does what the files were meant to do. It reads the files that
/// [`lint_files`] knows, also as a web page prints them.
///
/// ```
/// let migration = baas_deploy::migrate::migrate(&[
///     ("genesis.json", r#"{"initial_timestamp": "2018-03-02T12:00:00.000"}"#),
///     ("bp1.env", "BP=bp.one"),
/// ]);
/// let yaml = "\
/// name: network
/// genesis:
///   initial_timestamp: \"2018-03-02T12:00:00.000\"
/// ";
/// assert!(migration.to_yaml().starts_with(yaml));
/// assert_eq!(migration.spec().nodes[1].account().unwrap().to_string(), "bp.one");
/// ```
#[expect(
    clippy::missing_panics_doc,
    reason = "it does not: each step keeps a spec that can be read"
)]
pub fn migrate(files: &[(&str, &str)]) -> Migration {
    let read = Files::read(files);
    let mut draft = Draft {
        document: Map::new(),
        notes: Vec::new(),
    };
    draft.document.insert("name".to_owned(), json!("network"));
    draft.document.insert(
        "nodes".to_owned(),
        json!([{"name": "boot", "role": "boot"}]),
    );
    nodes(&read, &mut draft);
    if let Some((_, template)) = &read.template {
        of_template(template, &mut draft);
    }
    of_genesis(&read, &mut draft);
    if is_of_dawn(&read) {
        draft.set(&["version"], json!("dawn-4.1"));
        draft.note(
            "the files are for nodeos of Dawn 4.1, and so is the spec: for another, change `version`, and see whether \
             `genesis.initial_configuration` leaves room for the contracts of today",
        );
    }
    of_config(&read, &mut draft);
    private_keys(files, &mut draft);
    let spec = draft
        .spec()
        .expect("each step keeps a spec that can be read");
    Migration {
        spec,
        yaml: to_yaml(&Value::Object(draft.document)),
        report: lint_files(files),
        notes: draft.notes,
    }
}

/// A spec that can be read at any time, and grows.
struct Draft {
    document: Map<String, Value>,
    notes: Vec<String>,
}

impl Draft {
    fn spec(&self) -> Option<NetworkSpec> {
        NetworkSpec::from_json(&Value::Object(self.document.clone()).to_string()).ok()
    }

    fn note(&mut self, note: impl AsRef<str>) {
        self.notes.push(secrets::redact(note.as_ref()));
    }

    /// Sets a value, unless the spec could not be read with it; says whether it is set.
    fn set(&mut self, path: &[&str], value: Value) -> bool {
        let mut document = Value::Object(self.document.clone());
        let mut place = &mut document;
        for step in path {
            place = match step.parse::<usize>() {
                Ok(index) => &mut place[index],
                Err(_) => &mut place[*step],
            };
        }
        let shown = value.to_string();
        *place = value;
        let is_public = secrets::private_keys(&shown).is_empty();
        match (NetworkSpec::from_json(&document.to_string()), document) {
            (Ok(_), Value::Object(document)) if is_public => {
                self.document = document;
                true
            }
            (Err(errors), _) => {
                self.note(format!(
                    "{} is left out, with {shown}: {errors}",
                    path.join(".")
                ));
                false
            }
            _ => {
                self.note(format!(
                    "{} is left out: it has a private key",
                    path.join(".")
                ));
                false
            }
        }
    }

    fn node_count(&self) -> usize {
        self.document
            .get("nodes")
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
    }

    fn set_on_nodes(&mut self, path: &[&str], value: &Value) {
        for index in 0..self.node_count() {
            let index = index.to_string();
            let path = [&["nodes", index.as_str()], path].concat();
            if !self.set(&path, value.clone()) {
                return;
            }
        }
    }
}

fn of_template(template: &Outline, draft: &mut Draft) {
    let name = template.head_entry("name").map(|entry| entry.value.clone());
    if let Some(name) = name {
        draft.set(&["name"], json!(name));
    }
    draft.set(&["target"], json!("openshift"));
    if let Some(workload) = template.workload() {
        if let Some(image) = workload.entry("image") {
            draft.set(
                &["image"],
                json!({"reference": template.resolved(&image.value)}),
            );
            draft
                .note("the image should have a tag of its own: then all pods run the same program");
        }
        let requests = workload
            .entries
            .iter()
            .position(|entry| entry.key == "requests");
        if let Some(requests) = requests {
            let after = &workload.entries[requests..];
            for key in ["cpu", "memory"] {
                if let Some(entry) = after.iter().find(|entry| entry.key == key) {
                    draft.set(&["resources", key], json!(entry.value));
                }
            }
        }
    }
    if let Some(route) = template.object("Route") {
        draft.set(&["exposure"], json!({"kind": "route"}));
        match route.value("host") {
            Some(host) if host.contains('.') && !host.contains("${") => {
                draft.set(&["exposure", "host"], json!(host));
            }
            Some(host) => draft.note(format!(
                "the Route's host `{host}` is left out: the cluster makes one under its own domain"
            )),
            None => {}
        }
    }
}

fn of_genesis(files: &Files<'_>, draft: &mut Draft) {
    let Some((_, genesis)) = &files.genesis else {
        return;
    };
    if let Some(timestamp) = genesis.initial_timestamp() {
        draft.set(&["genesis", "initial_timestamp"], json!(timestamp));
    }
    let configuration = genesis.initial_configuration();
    if !configuration.is_empty()
        && !draft.set(
            &["genesis", "initial_configuration"],
            Value::Object(configuration.clone()),
        )
    {
        for (name, value) in configuration {
            draft.set(&["genesis", "initial_configuration", &name], value);
        }
    }
    if genesis.initial_key().is_some() {
        draft.note("the genesis takes its first key from the boot node's key, which is made anew or given to the deployer");
    }
}

fn is_of_dawn(files: &Files<'_>) -> bool {
    OF_DAWN.iter().any(|option| files.option(option).is_some())
}

/// A boot node, and a node for each other account that the files name.
fn nodes(files: &Files<'_>, draft: &mut Draft) {
    let mut accounts: Vec<String> = Vec::new();
    let mut add = |account: &str| {
        if account != "eosio" && !accounts.iter().any(|known| known == account) {
            accounts.push(account.to_owned());
        }
    };
    if let Some((_, template)) = &files.template
        && let Some(default) = template
            .parameter("BP")
            .and_then(|part| part.value("value"))
    {
        add(default);
    }
    for (name, text) in files.all {
        let mut parameters = Parameters::new();
        if FileKind::of(name, text) == FileKind::Parameters && parameters.add_file(text).is_ok() {
            parameters.get("BP").into_iter().for_each(&mut add);
        }
    }
    if let Some((_, commands)) = &files.commands {
        commands
            .producers
            .iter()
            .for_each(|(_, account)| add(account));
    }
    // What the start script does not replace is an account itself.
    if let Some((_, config)) = files.config.as_ref().filter(|_| files.script.is_none()) {
        config
            .values("producer-name")
            .for_each(|producer| add(producer.trim_matches('"')));
    }
    let mut all = vec![json!({"name": "boot", "role": "boot"})];
    for account in &accounts {
        let label = account
            .parse::<Name>()
            .ok()
            .and_then(|name| DnsLabel::from_account(name).ok());
        let Some(label) = label else {
            draft.note(format!(
                "`{account}` is left out: it is not the name of an account"
            ));
            continue;
        };
        let mut producer = json!({"name": label.as_str(), "role": "producer"});
        if label.as_str() != account {
            producer["account"] = json!(account);
        }
        all.push(producer);
    }
    if all.len() == 1 {
        all.push(json!({"name": "bp1", "role": "producer"}));
        draft.note("no file names a producer beside `eosio`: bp1 is assumed, for somebody must go on when the boot node stops");
    }
    draft.set(&["nodes"], Value::Array(all));
    if files.template.is_some() {
        draft.note(format!(
            "the template is made once for each producer: the spec has the boot node{}; add a node with `role: producer` for each further one",
            match accounts.as_slice() {
                [] => String::new(),
                accounts => format!(" and {}", accounts.join(", ")),
            }
        ));
        draft.note("peers come from `topology`: BP_LIST and p2p-peer-address are left out");
    }
}

fn of_config(files: &Files<'_>, draft: &mut Draft) {
    let port_of = |option: &str| {
        let (_, value) = files.option(option)?;
        value.rsplit_once(':')?.1.parse::<u16>().ok()
    };
    let of_pods = |index: usize| {
        let (_, template) = files.template.as_ref()?;
        let ports = template.workload()?;
        ports
            .all("containerPort")
            .nth(index)?
            .value
            .parse::<u16>()
            .ok()
    };
    let is_local = files.template.is_none();
    for (field, port, default) in [
        (
            "http_port",
            port_of("http-server-address").or_else(|| of_pods(0)),
            HTTP_PORT,
        ),
        (
            "p2p_port",
            port_of("p2p-listen-endpoint").or_else(|| of_pods(1)),
            P2P_PORT,
        ),
    ] {
        match port {
            // On one machine no two nodes can have one port.
            Some(port) if is_local => {
                draft.set(&["nodes", "0", field], json!(port));
            }
            // In a pod of its own each node has this one anyway.
            Some(port) if port == default => {}
            Some(port) => draft.set_on_nodes(&[field], &json!(port)),
            None => {}
        }
    }
    let Some((name, config)) = &files.config else {
        return;
    };
    let text = files.all.iter().find(|(file, _)| file == name);
    let version = draft
        .spec()
        .map_or_else(NodeVersion::default, |spec| spec.version);
    let refused = text.map_or_else(Vec::new, |(_, text)| lint_config_ini(text, version));
    let mut chosen: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in &config.entries {
        let value = entry.value.trim_matches('"');
        let is_chosen = !value.is_empty()
            && !SAID_OTHERWISE.contains(&entry.name.as_str())
            && !OF_THE_TUTORIAL.contains(&(entry.name.as_str(), value));
        let why = refused.iter().find(|finding| {
            finding.line == Some(entry.line) && finding.severity == Severity::Error
        });
        if let (true, Some(why)) = (is_chosen, why) {
            draft.note(format!("`{}` is left out: {}", entry.name, why.message));
        } else if is_chosen && !chosen.iter().any(|(name, _)| *name == entry.name) {
            chosen.push((&entry.name, vec![value]));
        } else if is_chosen
            && let Some((_, values)) = chosen.iter_mut().find(|(name, _)| *name == entry.name)
        {
            values.push(value);
        }
    }
    for (name, values) in chosen {
        match values.as_slice() {
            [value] => draft.set_on_nodes(&["options", name], &json!(value)),
            values => draft.set_on_nodes(&["options", name], &json!(values)),
        }
    }
    let plugins: Vec<&str> = config
        .values("plugin")
        .filter(|value| !value.is_empty())
        .collect();
    if !plugins.is_empty() {
        draft.note(format!(
            "plugins come from the role of each node; the file has {}: put those that a node needs beyond them into its `plugins`",
            plugins.join(", ")
        ));
    }
    let others = files
        .all
        .iter()
        .filter(|(other, text)| other != name && FileKind::of(other, text) == FileKind::ConfigIni);
    for (other, _) in others {
        draft.note(format!(
            "{other} is left out: one config.ini is read, which is {name}; migrate each node's files alone, and put the nodes into one spec"
        ));
    }
}

/// Says where private keys were: none is carried over.
fn private_keys(files: &[(&str, &str)], draft: &mut Draft) {
    for (name, text) in files {
        for (number, line) in (1..).zip(text.lines()) {
            if !secrets::private_keys(line).is_empty() {
                draft.note(format!(
                    "{name}, line {number}, has a private key, which is not carried over: keep it in a keystore if it is yours alone, \
                     and never use it again if it was published; the deployer makes keys for all nodes"
                ));
            }
        }
    }
}
