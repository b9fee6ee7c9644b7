//! From files that were written by hand to the spec that does what they were meant to do.

mod config;
mod draft;
mod nodes;
mod template;

use serde_json::{Map, Value, json};

use self::config::{is_of_dawn, of_options, of_ports};
use self::draft::Draft;
use self::nodes::of_nodes;
use self::template::of_template;
use crate::lint::{FileKind, Files, Report, lint_files};
use crate::secrets;
use crate::spec::NetworkSpec;
use crate::yaml::to_yaml;

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
    let configs = of_nodes(&read, &mut draft);
    if let Some((_, template)) = &read.template {
        of_template(template, &mut draft);
    }
    of_genesis(&read, &mut draft);
    if is_of_dawn(&configs) {
        draft.set(&["version"], json!("dawn-4.1"));
        draft.note(
            "the files are for nodeos of Dawn 4.1, and so is the spec: for another, change `version`, and see whether \
             `genesis.initial_configuration` leaves room for the contracts of today",
        );
    }
    of_ports(&read, &configs, &mut draft);
    for of in &configs {
        of_options(of, &mut draft);
    }
    of_start(&read, &mut draft);
    not_read(&read, &mut draft);
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

fn of_genesis(files: &Files<'_>, draft: &mut Draft) {
    let Some((name, genesis)) = &files.genesis else {
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
    let odd = genesis.odd_fields();
    if !odd.is_empty() {
        draft.note(format!(
            "left out of {name}: `{}`: no genesis of today has them, or not as they are here",
            odd.join("`, `")
        ));
    }
    if genesis.initial_key().is_some() {
        draft.note("the genesis takes its first key from the boot node's key, which is made anew or given to the deployer");
    }
}

/// Says what the start script gives to nodeos.
fn of_start(files: &Files<'_>, draft: &mut Draft) {
    let Some((name, _)) = files.script else {
        return;
    };
    let options = files.start_options();
    if !options.is_empty() {
        draft.note(format!(
            "{name} starts nodeos with {}: how a node starts is the deployer's business; what a node shall have of it goes into its `options`",
            options.join(", ")
        ));
    }
}

/// Says which files nothing was taken from.
fn not_read(files: &Files<'_>, draft: &mut Draft) {
    let read = [
        files.genesis.as_ref().map(|(name, _)| *name),
        files.script.map(|(name, _)| name),
        files.template.as_ref().map(|(name, _)| *name),
        files.commands.as_ref().map(|(name, _)| *name),
    ];
    let is_read = |name: &str| read.contains(&Some(name));
    for (name, text) in files.all {
        let kind = FileKind::of(name, text);
        let why = match kind {
            FileKind::ConfigIni | FileKind::Parameters => continue,
            FileKind::Containerfile => "the image is named by `image`, and made apart",
            FileKind::Unknown => "nobody knows what it is for",
            FileKind::Object => "it is no template: its objects are made anew from the spec",
            _ if is_read(name) => continue,
            FileKind::Genesis if files.genesis.is_none() => "it cannot be read",
            FileKind::Genesis | FileKind::StartScript | FileKind::Template | FileKind::Commands => {
                "there is another of its kind, which was read"
            }
        };
        draft.note(format!("{name} is left out: {why}"));
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
