//! What is wrong with files only together.

use eos_keys::PublicKey;

use super::commands::Commands;
use super::containerfile::copies;
use super::files::FileKind;
use super::finding::{Finding, Severity};
use super::genesis_json::GenesisDraft;
use super::lines::{lines, shown_file};
use super::outline::Outline;
use super::report::Report;
use super::shell::{commands, is_stale, nodeos_arguments};
use crate::node::{ConfigFile, parse_config_ini};

/// The files of a deployment, each of a kind once.
#[derive(Debug)]
pub(crate) struct Files<'a> {
    pub(crate) all: &'a [(&'a str, &'a str)],
    pub(crate) config: Option<(&'a str, ConfigFile)>,
    pub(crate) genesis: Option<(&'a str, GenesisDraft)>,
    pub(crate) script: Option<(&'a str, &'a str)>,
    pub(crate) containerfile: Option<(&'a str, &'a str)>,
    pub(crate) template: Option<(&'a str, Outline)>,
    pub(crate) commands: Option<(&'a str, Commands)>,
}

impl<'a> Files<'a> {
    pub(crate) fn read(all: &'a [(&'a str, &'a str)]) -> Self {
        let of = |kind: FileKind| {
            all.iter()
                .find(|(name, text)| FileKind::of(name, text) == kind)
                .copied()
        };
        let spaced = |text: &str| text.replace('\u{a0}', " ");
        Self {
            all,
            config: of(FileKind::ConfigIni)
                .map(|(name, text)| (name, parse_config_ini(&spaced(text)))),
            genesis: of(FileKind::Genesis)
                .and_then(|(name, text)| Some((name, GenesisDraft::read(text)?))),
            script: of(FileKind::StartScript),
            containerfile: of(FileKind::Containerfile),
            template: of(FileKind::Template).map(|(name, text)| (name, Outline::read(text))),
            commands: of(FileKind::Commands).map(|(name, text)| (name, Commands::read(text))),
        }
    }

    /// Returns the last value of an option of config.ini, and its line.
    pub(crate) fn option(&self, name: &str) -> Option<(u64, &str)> {
        let (_, config) = self.config.as_ref()?;
        let entry = config.entries.iter().rfind(|entry| entry.name == name)?;
        Some((entry.line, entry.value.trim_matches('"')))
    }

    /// Returns the options that the start script gives to nodeos, as names in backticks.
    pub(crate) fn start_options(&self) -> Vec<String> {
        let Some((_, script)) = self.script else {
            return Vec::new();
        };
        let mut options: Vec<String> = Vec::new();
        for line in commands(script) {
            let (arguments, _) = nodeos_arguments(&line.text).unwrap_or_default();
            for word in arguments.into_iter().filter(|word| word.starts_with('-')) {
                let name = format!("`{}`", word.split('=').next().unwrap_or_default());
                if !options.contains(&name) {
                    options.push(name);
                }
            }
        }
        options
    }

    /// Returns the public keys with which the node of config.ini signs, if it produces as `eosio`.
    fn boot_keys(&self) -> Vec<String> {
        let Some((_, config)) = &self.config else {
            return Vec::new();
        };
        if !config.values("producer-name").any(|name| name == "eosio") {
            return Vec::new();
        }
        let providers = config
            .entries
            .iter()
            .filter(|entry| matches!(entry.name.as_str(), "signature-provider" | "private-key"));
        providers
            .filter_map(|entry| {
                let key = entry.value.trim_start_matches(['[', '"', ' ']);
                let key = key.split(['=', '"', ',']).next().unwrap_or_default();
                key.parse::<PublicKey>().ok().map(|_| key.to_owned())
            })
            .collect()
    }

    fn has_plugin(&self, plugin: &str) -> Option<u64> {
        let (_, config) = self.config.as_ref()?;
        let is_it = |value: &str| value == plugin || value.strip_prefix("eosio::") == Some(plugin);
        let (entry, _) = config.plugins().find(|(_, listed)| is_it(listed))?;
        Some(entry.line)
    }
}

pub(super) fn lint_together(all: &[(&str, &str)], report: &mut Report) {
    let files = Files::read(all);
    names(&files, report);
    images(&files, report);
    keys(&files, report);
    script_and_config(&files, report);
    script_and_image(&files, report);
    config_and_template(&files, report);
}

fn names(files: &Files<'_>, report: &mut Report) {
    let is_given = |wanted: &str| {
        files
            .all
            .iter()
            .any(|(name, _)| name.rsplit('/').next() == wanted.rsplit('/').next())
    };
    if let Some((file, commands)) = &files.commands {
        for (line, wanted) in &commands.files {
            if !is_given(wanted) && files.template.is_some() {
                report.add(
                    file,
                    Finding::new(
                        Severity::Error,
                        "file-name-differs",
                        format!("there is no file {wanted}"),
                    )
                    .at_line(*line)
                    .with_remedy(match &files.template {
                        Some((name, _)) => format!("the template is called {name}"),
                        None => "give the file that there is".to_owned(),
                    }),
                );
            }
        }
    }
    for (file, text) in files.all {
        for line in lines(text) {
            if let Some(shown) = shown_file(&line.text)
                && Some(shown) != file.rsplit('/').next()
            {
                report.add(
                    file,
                    Finding::new(
                        Severity::Warning,
                        "file-name-differs",
                        format!("the text was shown as {shown}, and the file is called {file}"),
                    )
                    .at_line(line.number)
                    .with_remedy("use one name"),
                );
            }
        }
    }
}

fn images(files: &Files<'_>, report: &mut Report) {
    let (Some((_, commands)), Some((file, template))) = (&files.commands, &files.template) else {
        return;
    };
    let image = template
        .workload()
        .and_then(|workload| workload.entry("image"));
    let (Some(image), Some((_, pushed))) = (image, commands.images.last()) else {
        return;
    };
    let pulled = template.resolved(&image.value);
    if pulled != pushed {
        report.add(
            file,
            Finding::new(
                Severity::Error,
                "image-differs",
                format!("`{pulled}` is pulled, and `{pushed}` was pushed"),
            )
            .at_line(image.line)
            .with_remedy("name the image that was pushed, with its tag"),
        );
    }
}

fn keys(files: &Files<'_>, report: &mut Report) {
    let Some((file, genesis)) = &files.genesis else {
        return;
    };
    let of_template = files.template.as_ref().and_then(|(_, template)| {
        let boots = template
            .parameter("BP")
            .and_then(|part| part.value("value"))
            == Some("eosio");
        let key = template
            .parameter("PUBLIC_KEY")
            .and_then(|part| part.value("value"))?;
        boots.then(|| key.to_owned())
    });
    let producing: Vec<String> = match files.boot_keys() {
        keys if keys.is_empty() => of_template.into_iter().collect(),
        keys => keys,
    };
    let (Some(initial), Some(first)) = (genesis.initial_key(), producing.first()) else {
        return;
    };
    // One key has several texts.
    let key = initial.parse::<PublicKey>().ok();
    let is_it = |text: &String| key.is_some() && text.parse().ok() == key;
    if !producing.iter().any(is_it) {
        let line = files
            .all
            .iter()
            .find(|(name, _)| name == file)
            .and_then(|(_, text)| {
                (1..)
                    .zip(text.lines())
                    .find(|(_, line)| line.contains("initial_key"))
                    .map(|(line, _)| line)
            });
        let found = Finding::new(
            Severity::Error,
            "genesis-key-differs",
            format!("the first key is not that of the node that produces as `eosio`, {first}: no block will ever be made"),
        )
        .with_remedy("write the boot node's public key into the genesis");
        report.add(
            file,
            match line {
                Some(line) => found.at_line(line),
                None => found,
            },
        );
    }
}

fn script_and_config(files: &Files<'_>, report: &mut Report) {
    let (Some((script, text)), Some((config, _))) = (files.script, &files.config) else {
        return;
    };
    let lines = lines(text);
    let starts = commands(text);
    let stale = starts
        .iter()
        .find(|line| nodeos_arguments(&line.text).is_some_and(|(words, _)| is_stale(&words)));
    if let (Some(stale), Some((line, "false"))) = (stale, files.option("enable-stale-production")) {
        report.add(
            config,
            Finding::new(
                Severity::Warning,
                "stale-contradiction",
                format!(
                    "`-e` in {script}, line {}, says the opposite, and wins",
                    stale.number
                ),
            )
            .at_line(line)
            .with_remedy("take `-e` out of the script"),
        );
    }
    let sets_host = lines
        .iter()
        .any(|line| line.text.contains("P2P_SERVER_ADDRESS") && line.text.contains("HOSTNAME"));
    if let Some((line, value)) = files.option("p2p-server-address")
        && sets_host
        && !value.contains(':')
    {
        report.add(
            config,
            Finding::new(
                Severity::Error,
                "no-port",
                "the start script puts a host without a port here: peers cannot dial that, and Spring does not start",
            )
            .at_line(line)
            .with_remedy("write `host:9876`, with a name that other pods can resolve"),
        );
    }
}

fn script_and_image(files: &Files<'_>, report: &mut Report) {
    let (Some((script, text)), Some((_, image))) = (files.script, files.containerfile) else {
        return;
    };
    for line in lines(text)
        .iter()
        .filter(|line| line.text.starts_with("cp "))
    {
        let source = line
            .text
            .split_whitespace()
            .skip(1)
            .find(|word| !word.starts_with('-'));
        let name = source
            .and_then(|source| source.rsplit('/').next())
            .unwrap_or_default();
        if !name.is_empty() && !name.contains('$') && !copies(image, name) {
            report.add(
                script,
                Finding::new(
                    Severity::Error,
                    "copied-but-not-added",
                    format!("nothing puts `{name}` into the image"),
                )
                .at_line(line.number)
                .with_remedy("add it to the image, or leave the line out"),
            );
        }
    }
}

fn config_and_template(files: &Files<'_>, report: &mut Report) {
    let (Some((config, _)), Some((_, template))) = (&files.config, &files.template) else {
        return;
    };
    if let Some((line, value)) = files.option("p2p-peer-address")
        && let Some(host) = value.strip_suffix(":9876")
        // A word that the start script replaces: what is written out is no list.
        && host.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
        && let Some(list) = template.parameter("BP_LIST")
        && list
            .entries
            .iter()
            .any(|entry| entry.value.contains("port"))
    {
        report.add(
            config,
            Finding::new(
                Severity::Error,
                "port-twice",
                "BP_LIST is to have a port, and one is added here: `host:port:9876` is no address",
            )
            .at_line(line)
            .with_remedy("add no port, or ask for none"),
        );
    }
    let is_open = files
        .option("http-server-address")
        .is_some_and(|(_, value)| value.starts_with("0.0.0.0"));
    let has_route = template.object("Route").is_some();
    if has_route && is_open {
        // What the version knows of the option, and which values say no, is told of the file alone.
        let refuses = report
            .findings()
            .iter()
            .find(|found| found.file == *config && found.finding.code == "validate-host");
        if let Some(line) = refuses.map(|found| found.finding.line.unwrap_or(1)) {
            report.add(
                config,
                Finding::new(
                    Severity::Error,
                    "validate-host",
                    "nodeos answers 400 to whatever comes through the Route: its host is none that nodeos knows",
                )
                .at_line(line)
                .with_remedy("write `http-validate-host = false`, or `http-alias` with the Route's host"),
            );
        }
        if let Some(line) = files.has_plugin("wallet_api_plugin") {
            report.add(
                config,
                Finding::new(
                    Severity::Error,
                    "wallet-exposed",
                    "the wallet is reachable by everybody who reaches the Route, who can open it and sign",
                )
                .at_line(line)
                .with_remedy("leave it out: a wallet belongs into keosd, on its owner's machine"),
            );
        }
    }
}
