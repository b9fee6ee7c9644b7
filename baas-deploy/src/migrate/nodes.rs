//! The nodes that the files name.

use eos_abi::Name;
use serde_json::{Value, json};

use super::draft::Draft;
use crate::dns_label::DnsLabel;
use crate::lint::{FileKind, Files};
use crate::template::Parameters;

/// A boot node, and a node for each other account that the files name.
pub(super) fn of_nodes(files: &Files<'_>, draft: &mut Draft) {
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
