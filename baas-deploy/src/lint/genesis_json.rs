use eos_keys::PublicKey;
use serde_json::{Map, Value};

use super::finding::{Finding, Severity};
use super::lines::{is_transcript, lint_copy, with_plain_spaces};
use crate::node::{ChainParameters, NodeVersion, timestamp_problem};
use crate::reader;

/// Below this, setting the system contract of today does not fit into a transaction.
const LEAST_TRANSACTION_CPU: u64 = 90_000;

/// A genesis as far as it can be read.
#[derive(Debug, Default)]
pub(crate) struct GenesisDraft {
    pub(crate) fields: Map<String, Value>,
    pub(crate) is_closed: bool,
}

impl GenesisDraft {
    /// Reads a genesis, also one whose braces are not all there.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = with_plain_spaces(text);
        let json: Vec<&str> = text.lines().filter(|line| !is_transcript(line)).collect();
        let json = json.join("\n");
        let parse = |text: &str| match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Some(fields),
            _ => None,
        };
        if let Some(fields) = parse(&json) {
            return Some(Self {
                fields,
                is_closed: true,
            });
        }
        let fields = parse(&format!("{json}\n}}")).or_else(|| parse(&format!("{json}\n}}}}")))?;
        Some(Self {
            fields,
            is_closed: false,
        })
    }

    /// Returns the key of `eosio`, as it is written.
    pub(crate) fn initial_key(&self) -> Option<&str> {
        self.fields.get("initial_key").and_then(Value::as_str)
    }

    pub(crate) fn initial_timestamp(&self) -> Option<&str> {
        self.fields.get("initial_timestamp").and_then(Value::as_str)
    }

    /// Returns the limits that a chain has.
    pub(crate) fn initial_configuration(&self) -> Map<String, Value> {
        let known = known_parameters();
        match self.fields.get("initial_configuration") {
            Some(Value::Object(fields)) => fields
                .iter()
                .filter(|(name, _)| known.contains(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            _ => Map::new(),
        }
    }
}

impl GenesisDraft {
    /// Returns the fields that are none of a genesis, or not what they are in one.
    pub(crate) fn odd_fields(&self) -> Vec<String> {
        let known = known_parameters();
        let mut odd = Vec::new();
        for (name, value) in &self.fields {
            match (name.as_str(), value) {
                ("initial_timestamp" | "initial_key", Value::String(_)) => {}
                ("initial_configuration", Value::Object(fields)) => {
                    let unknown = fields.keys().filter(|field| !known.contains(field));
                    odd.extend(unknown.map(|field| format!("{name}.{field}")));
                }
                _ => odd.push(name.clone()),
            }
        }
        odd
    }
}

fn known_parameters() -> Vec<String> {
    match serde_json::to_value(ChainParameters::default()) {
        Ok(Value::Object(fields)) => fields.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// Returns what is wrong with a `genesis.json`.
pub fn lint_genesis_json(text: &str) -> Vec<Finding> {
    lint_genesis_json_for(text, NodeVersion::default())
}

/// Returns what is wrong with a `genesis.json` for a version of nodeos: that of Dawn 4.1 has two fields more.
pub fn lint_genesis_json_for(text: &str, version: NodeVersion) -> Vec<Finding> {
    let is_dawn = version == NodeVersion::Dawn4_1;
    let mut findings = lint_copy(text);
    let Some(draft) = GenesisDraft::read(text) else {
        let mut line = None;
        let message = match serde_json::from_str::<Value>(&with_plain_spaces(text)) {
            Ok(_) => "a genesis is a JSON object".to_owned(),
            Err(error) => {
                line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
                format!("not JSON: {error}")
            }
        };
        let found = Finding::new(Severity::Error, "not-json", message)
            .with_remedy("write it as `nodeos --extract-genesis-json` does");
        findings.push(match line {
            Some(line) => found.at_line(line),
            None => found,
        });
        return findings;
    };
    let finding = |severity, code, field: &str, message: String, remedy: &str| {
        let found = Finding::new(severity, code, message).with_remedy(remedy);
        match line_of(text, field) {
            Some(line) => found.at_line(line),
            None => found,
        }
    };
    if !draft.is_closed {
        findings.push(
            Finding::new(Severity::Error, "unclosed", "the last `}` is missing")
                .at_line(text.lines().count() as u64)
                .with_remedy("close the object"),
        );
    }
    if draft.fields.contains_key("initial_chain_id") && !is_dawn {
        findings.push(finding(
            Severity::Warning,
            "not-in-genesis",
            "initial_chain_id",
            "`initial_chain_id` is not a field of a genesis: the chain's id is the hash of the genesis".to_owned(),
            "leave it out",
        ));
    }
    match draft.initial_key() {
        None => findings.push(finding(
            Severity::Error,
            "missing-field",
            "initial_key",
            "there is no `initial_key`".to_owned(),
            "write the public key of `eosio`",
        )),
        Some(key) if key.parse::<PublicKey>().is_err() => {
            let message = if key
                .trim_start_matches("EOS")
                .bytes()
                .all(|byte| byte == b'x')
            {
                "`initial_key` is a placeholder"
            } else {
                "`initial_key` is not a public key"
            };
            findings.push(finding(
                Severity::Error,
                "placeholder-key",
                "initial_key",
                message.to_owned(),
                "write the public key of the boot node, whose producer is `eosio`",
            ));
        }
        Some(_) => {}
    }
    match draft.initial_timestamp().map(|text| (text, text.parse())) {
        Some((text, Ok(time))) => {
            if let Some(why) = timestamp_problem(time).or_else(|| fraction_problem(text)) {
                findings.push(finding(
                    Severity::Error,
                    "genesis-time",
                    "initial_timestamp",
                    why.to_owned(),
                    "write when the chain begins, as in 2018-03-02T12:00:00.000",
                ));
            }
        }
        _ => findings.push(finding(
            Severity::Error,
            "missing-field",
            "initial_timestamp",
            "there is no `initial_timestamp` that is a time".to_owned(),
            "write when the chain begins, as in 2018-03-02T12:00:00.000",
        )),
    }
    lint_configuration(&draft, is_dawn, &mut findings, &finding);
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn lint_configuration(
    draft: &GenesisDraft,
    is_dawn: bool,
    findings: &mut Vec<Finding>,
    finding: &dyn Fn(Severity, &'static str, &str, String, &str) -> Finding,
) {
    let Some(Value::Object(fields)) = draft.fields.get("initial_configuration") else {
        findings.push(finding(
            Severity::Error,
            "missing-field",
            "initial_configuration",
            "there is no `initial_configuration`".to_owned(),
            "write the limits of the chain",
        ));
        return;
    };
    let known = known_parameters();
    let is_known = |name: &String| {
        known.contains(name) || is_dawn && name == "max_generated_transaction_count"
    };
    for name in fields.keys().filter(|name| !is_known(name)) {
        findings.push(finding(
            Severity::Warning,
            "not-in-genesis",
            name,
            format!(
                "`{name}` is not a limit that a chain has: it is ignored or refused, by version"
            ),
            "leave it out",
        ));
    }
    for name in known.iter().filter(|name| !fields.contains_key(*name)) {
        findings.push(finding(
            Severity::Error,
            "missing-field",
            "initial_configuration",
            format!("`{name}` is missing"),
            "write it",
        ));
    }
    for (name, value) in fields.iter().filter(|(name, _)| known.contains(name)) {
        if !is_limit(name, value) {
            findings.push(finding(
                Severity::Error,
                "genesis-limit",
                name,
                format!("`{name}` is not a whole number within its bounds"),
                "write a whole number",
            ));
        }
    }
    let parameters = serde_json::from_value::<ChainParameters>(Value::Object(fields.clone()));
    let is_complete = known.iter().all(|name| fields.contains_key(name));
    if let (true, Ok(parameters)) = (is_complete, parameters)
        && let Err(errors) = reader::check(&parameters)
    {
        findings.extend(errors.problems().iter().map(|problem| {
            finding(
                Severity::Error,
                "genesis-limit",
                &problem.path,
                format!(
                    "nodeos refuses this `{}`: {}",
                    problem.path, problem.message
                ),
                "write another limit",
            )
        }));
    }
    let cpu = fields
        .get("max_transaction_cpu_usage")
        .and_then(Value::as_u64);
    if let Some(cpu) = cpu.filter(|cpu| *cpu < LEAST_TRANSACTION_CPU) {
        findings.push(finding(
            Severity::Warning,
            "cpu-too-low",
            "max_transaction_cpu_usage",
            format!(
                "{cpu} µs are too few to set the system contract of today: it ends with a deadline exceeded"
            ),
            "write 150000, and 200000 for `max_block_cpu_usage`",
        ));
    }
}

/// Says whether a limit can have a value. nodeos takes numbers in quotes as well.
fn is_limit(name: &str, value: &Value) -> bool {
    let value = match value {
        Value::String(text) => text.parse().map_or(Value::Null, Value::Number),
        value => value.clone(),
    };
    serde_json::to_value(ChainParameters::default()).is_ok_and(|mut limits| {
        limits[name] = value;
        serde_json::from_value::<ChainParameters>(limits).is_ok()
    })
}

/// nodeos takes all digits after the point for milliseconds, also zeros.
fn fraction_problem(text: &str) -> Option<&'static str> {
    let (_, fraction) = text.split_once('.')?;
    (fraction.len() > 3).then_some(
        "nodeos reads no more than milliseconds: write at most three digits after the point",
    )
}

/// Returns the line that has the field.
fn line_of(text: &str, field: &str) -> Option<u64> {
    let name = format!("\"{field}\"");
    (1..)
        .zip(text.lines())
        .find(|(_, line)| line.contains(&name))
        .map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::Genesis;

    fn codes(time: &str, change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
        let key = "EOS892Zb2NisQx3sgWToaotCKvaDngYmoC7THvhn3g4A96zeKqw1v";
        let genesis = Genesis::new(
            "2020-01-01T00:00:00".parse().unwrap(),
            key.parse().unwrap(),
            ChainParameters::default(),
        );
        let mut json: Value = serde_json::from_str(&genesis.to_json()).unwrap();
        json["initial_timestamp"] = json!(time);
        change(&mut json["initial_configuration"]);
        let text = serde_json::to_string_pretty(&json).unwrap();
        let found = lint_genesis_json(&text);
        assert!(
            found.iter().all(|finding| finding.line.is_some()),
            "{found:?}"
        );
        found.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_time_that_nodeos_reads_otherwise_and_limits_that_it_refuses_are_found() {
        for (time, codes_of_it) in [
            ("2020-01-01T00:00:00.123", vec![]),
            ("2020-01-01T00:00:00.1230", vec!["genesis-time"]),
            ("2020-01-01T00:00:00.123456", vec!["genesis-time"]),
            ("1969-12-31T23:59:59", vec!["genesis-time"]),
            ("2200-01-01T00:00:00", vec!["genesis-time"]),
            ("2020-01-01T00:00:00Z", vec!["missing-field"]),
        ] {
            assert_eq!(codes(time, |_| ()), codes_of_it, "{time}");
        }
        let with = |field: &str, value: u64| {
            codes("2020-01-01T00:00:00", |limits| {
                limits[field] = json!(value);
            })
        };
        for (value, codes_of_it) in [
            (json!(1_048_576), &[][..]),
            (json!("1048576"), &[]),
            (json!(-1), &["genesis-limit"]),
            (json!(1.5), &["genesis-limit"]),
            (json!("-1"), &["genesis-limit"]),
            (json!("many"), &["genesis-limit"]),
            (Value::Null, &["genesis-limit"]),
            (json!({}), &["genesis-limit"]),
        ] {
            let found = codes("2020-01-01T00:00:00", |limits| {
                limits["max_block_net_usage"] = value.clone();
            });
            assert_eq!(found, codes_of_it, "{value}");
        }
        assert_eq!(with("max_block_cpu_usage", 1 << 32), ["genesis-limit"]);
        assert_eq!(with("min_transaction_cpu_usage", 49_999), [""; 0]);
        assert_eq!(with("min_transaction_cpu_usage", 50_000), ["genesis-limit"]);
        assert_eq!(
            with("target_block_net_usage_pct", 10_001),
            ["genesis-limit"]
        );
    }
}
