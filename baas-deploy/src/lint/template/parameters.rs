//! The parameters, and where their values go.

use eos_keys::PrivateKey;

use super::at;
use crate::lint::finding::{Finding, Severity};
use crate::lint::outline::{Outline, Part, Use};
use crate::secrets;

/// Says whether a parameter is a private key that is seen where it goes: not one that becomes a Secret, nor the name of one.
fn may_be_private_key(name: &str, outline: &Outline) -> bool {
    let upper = name.to_ascii_uppercase();
    if !upper.contains("PRIVATE") {
        return false;
    }
    let is_hidden = |found: &Use<'_>| {
        found.object.kind() == "Secret" || matches!(found.entry.key.as_str(), "name" | "secretName")
    };
    let mut uses = outline.uses(name).peekable();
    if uses.peek().is_some() {
        !uses.all(|found| is_hidden(&found))
    } else {
        !upper.ends_with("SECRET") && !upper.ends_with("NAME")
    }
}

/// Says whether a template starts the boot node, which alone begins the chain and is there once.
fn is_for_the_boot_node(outline: &Outline) -> bool {
    outline.workloads().any(|workload| {
        workload
            .all("args")
            .chain(workload.all("command"))
            .any(|entry| entry.value == "--boot")
    })
}

/// Says whether a parameter is called a list of nodes: `BP_LIST`, and neither `BLACKLIST` nor `ACTOR_BLACK_LIST`, which are of accounts.
fn is_list_of_peers(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let mut words = upper.split('_');
    let is_of_accounts = |word: &str| {
        let begins = [
            "BLACK", "WHITE", "ALLOW", "DENY", "BLOCK", "ACCOUNT", "ACTOR", "CONTRACT",
        ];
        begins.iter().any(|begin| word.starts_with(begin))
    };
    words.clone().any(|word| word == "LIST") && !words.any(is_of_accounts)
}

pub(super) fn lint_parameter(parameter: &Part, outline: &Outline, findings: &mut Vec<Finding>) {
    let Some(name) = parameter.entry("name") else {
        return;
    };
    let default = parameter.entry("value");
    let is_secret = may_be_private_key(&name.value, outline)
        || default.is_some_and(|entry| !secrets::private_keys(&entry.value).is_empty());
    if is_secret {
        findings.push(
            at(
                name,
                Severity::Error,
                "key-in-parameter",
                format!("the parameter {} is a private key: it shows in the form and in each TemplateInstance", name.value),
            )
            .with_remedy("let a parameter name a Secret that holds the key"),
        );
    }
    if let Some(default) = default {
        if !secrets::private_keys(&default.value).is_empty() {
            let whose = if default
                .value
                .parse::<PrivateKey>()
                .is_ok_and(|key| key.is_published())
            {
                "the published development key: everybody can sign for a chain that was made with it"
            } else {
                "a private key, and everybody who reads this file has it"
            };
            findings.push(
                at(
                    default,
                    Severity::Error,
                    "published-key",
                    format!("the default of {} is {whose}", name.value),
                )
                .with_remedy("take it out, make a new key, and never use this one again"),
            );
        }
        if name.value == "BP" && default.value == "eosio" && !is_for_the_boot_node(outline) {
            findings.push(
                at(
                    default,
                    Severity::Error,
                    "default-eosio",
                    "each node whose BP is left as it is produces as `eosio`: two of them are a fork",
                )
                .with_remedy("give no default, and make the parameter required"),
            );
        }
        let words = default.value.split_whitespace().count();
        if words > 1 && is_list_of_peers(&name.value) {
            findings.push(
                at(
                    default,
                    Severity::Error,
                    "words-as-value",
                    format!(
                        "the default of {} is a description, and nodeos would dial it",
                        name.value
                    ),
                )
                .with_remedy("move it to `description`, and make the parameter required"),
            );
        }
    }
    // A program that is given the list takes it apart.
    let is_argument = |found: Use<'_>| matches!(found.entry.key.as_str(), "args" | "command");
    if is_list_of_peers(&name.value) && !outline.uses(&name.value).any(is_argument) {
        findings.push(
            at(
                name,
                Severity::Warning,
                "one-peer-for-a-list",
                format!(
                    "{} is called a list, but one line `p2p-peer-address` holds one host",
                    name.value
                ),
            )
            .with_remedy("write one line for each peer"),
        );
    }
    if parameter.value("required") != Some("true") && !outline.parameters.is_empty() {
        findings.push(
            at(
                name,
                Severity::Hint,
                "not-required",
                format!("{} may be left empty", name.value),
            )
            .with_remedy("write `required: true`"),
        );
    }
}
