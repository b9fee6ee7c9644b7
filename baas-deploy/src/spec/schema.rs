use serde_json::{Map, Value, json};

use super::NetworkSpec;
use super::node::MAX_NODES;
use crate::node::{ChainParameters, NodeVersion};

impl NetworkSpec {
    /// Returns the [JSON Schema](https://json-schema.org/draft/2020-12) of the document, with which an editor can complete and check it.
    ///
    /// What fits the schema is not yet right: rules between fields are checked by [`from_yaml`](Self::from_yaml) alone.
    ///
    /// ```
    /// use baas_deploy::spec::NetworkSpec;
    ///
    /// let schema = NetworkSpec::json_schema();
    /// assert_eq!(schema["required"], serde_json::json!(["name"]));
    /// ```
    pub fn json_schema() -> Value {
        let mut schema = object(
            "A network of nodeos nodes",
            &["name"],
            json!({
                "name": name("The network's name"),
                "version": words("The nodeos that its files are for", &NodeVersion::ALL.map(NodeVersion::as_str)),
                "target": words("Where it shall run", &["local", "kubernetes", "openshift"]),
                "core_symbol": {"description": "The symbol of the chain's own token", "type": "string", "pattern": "^[0-9]{1,2},[A-Z]{1,7}$"},
                "genesis": object("What the chain begins with", &[], json!({
                    "initial_timestamp": text("When it begins; the time of the first start unless given"),
                    "initial_configuration": chain_parameters(),
                })),
                "nodeos": text("The nodeos to run on this machine"),
                "image": object("The image to run on a cluster", &["reference"], json!({
                    "reference": text("Which one: registry:5000/eos/nodeos:4.1"),
                    "pull_policy": words("When it is pulled", &["IfNotPresent", "Always", "Never"]),
                    "pull_secret": object_name("The secret with the registry's password"),
                })),
                "topology": topology(),
                "storage": {"$ref": "#/$defs/storage"},
                "resources": {"$ref": "#/$defs/resources"},
                "exposure": object("How its RPC is reached from outside of a cluster", &[], json!({
                    "kind": words("By what", &["none", "ingress", "route", "load-balancer", "node-port"]),
                    "host": object_name("The name under which it is reached"),
                    "ingress_class": object_name("The class of an ingress"),
                    "tls_secret": object_name("The secret with the certificate of an ingress"),
                })),
                "nodes": {"description": "The nodes", "type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": MAX_NODES},
                "groups": {"description": "Further nodes, of which several are alike", "type": "array", "items": {"$ref": "#/$defs/group"}, "maxItems": MAX_NODES},
            }),
        );
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema["title"] = json!("NetworkSpec");
        schema["$defs"] = json!({
            "node": object("One node", &["name", "role"], fields_of_node(json!({
                "account": text("The account it produces for"),
                "http_port": port("The port on which it answers RPC"),
                "p2p_port": port("The port on which it meets its peers"),
            }))),
            "group": object("Some nodes alike", &["name", "role", "count"], fields_of_node(json!({
                "count": {"description": "How many they are", "type": "integer", "minimum": 1, "maximum": MAX_NODES},
                "accounts": {"description": "The accounts that they produce for", "type": "array", "items": {"type": "string"}},
            }))),
            "storage": object("The disk of a node, on a cluster", &[], json!({
                "size": quantity("How large it is"),
                "class": object_name("Its storage class"),
                "retain": {"description": "Whether it outlives the network", "type": "boolean"},
            })),
            "resources": object("The processors and the memory of a node, on a cluster", &[], json!({
                "cpu": quantity("The processors that are kept for it"),
                "memory": quantity("The memory that is kept for it"),
                "cpu_limit": quantity("The processors that it may use at most"),
                "memory_limit": quantity("The memory that it may use at most"),
            })),
        });
        schema
    }
}

fn object(description: &str, required: &[&str], properties: Value) -> Value {
    let mut object = json!({
        "description": description,
        "type": "object",
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object["properties"] = properties;
    object
}

fn text(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

fn name(description: &str) -> Value {
    json!({"description": description, "type": "string", "pattern": "^[a-z]([a-z0-9-]{0,46}[a-z0-9])?$"})
}

fn object_name(description: &str) -> Value {
    json!({"description": description, "type": "string", "maxLength": 253, "pattern": "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"})
}

fn words(description: &str, words: &[&str]) -> Value {
    json!({"description": description, "enum": words})
}

fn port(description: &str) -> Value {
    json!({"description": description, "type": "integer", "minimum": 1, "maximum": 65535})
}

fn quantity(description: &str) -> Value {
    json!({
        "description": format!("{description}: 10Gi, 500m, 2"),
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"},
        ],
    })
}

fn topology() -> Value {
    let node = json!({"type": "string"});
    let link = json!({"type": "array", "items": node, "minItems": 2, "maxItems": 2});
    json!({
        "description": "Which nodes are linked",
        "anyOf": [
            {"enum": ["mesh", "ring", "line"]},
            object("Each with the one in the middle", &["star"], json!({"star": node})),
            object("As listed", &["custom"], json!({"custom": {"type": "array", "items": link}})),
        ],
    })
}

/// The fields that nodes and groups share, and others.
fn fields_of_node(others: Value) -> Value {
    let scalar = json!({"type": ["string", "number", "boolean"]});
    let mut fields = json!({
        "name": name("Its name"),
        "role": words("What it is for", &["boot", "producer", "api", "seed"]),
        "plugins": {"description": "Plugins beyond those that its role brings", "type": "array", "items": {"type": "string"}},
        "options": {
            "description": "Options for its config.ini, beyond or instead of ours",
            "type": "object",
            "additionalProperties": {"anyOf": [scalar, {"type": "array", "items": scalar}]},
        },
        "storage": {"$ref": "#/$defs/storage"},
        "resources": {"$ref": "#/$defs/resources"},
    });
    if let (Some(fields), Value::Object(others)) = (fields.as_object_mut(), others) {
        fields.extend(others);
    }
    fields
}

/// The limits of a chain, by the names that they have in a genesis.
fn chain_parameters() -> Value {
    let defaults = serde_json::to_value(ChainParameters::default()).unwrap_or_default();
    let fields: Map<String, Value> = defaults
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, default)| {
            // A large number is written as text by the chain, and may be here.
            let field = json!({"type": ["integer", "string"], "minimum": 0, "default": default});
            (name.clone(), field)
        })
        .collect();
    object("Its limits", &[], Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{GroupSpec, NodeCount, NodeSpec, Role, Topology};

    /// Checks a value against the part of JSON Schema that ours uses, but for patterns, and says where it does not fit.
    fn fits(value: &Value, schema: &Value, root: &Value, at: &str) -> Result<(), String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = root
                .pointer(&reference[1..])
                .expect("a reference leads somewhere");
            return fits(value, target, root, at);
        }
        if let Some(options) = schema["anyOf"].as_array() {
            let one = options
                .iter()
                .any(|option| fits(value, option, root, at).is_ok());
            return one.then_some(()).ok_or(format!("{at}: fits none"));
        }
        if let Some(words) = schema["enum"].as_array() {
            return words
                .contains(value)
                .then_some(())
                .ok_or(format!("{at}: not a word"));
        }
        let is = |kind: &Value| match kind.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            other => panic!("{other}"),
        };
        let is_kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().any(is),
            kind => is(kind),
        };
        if !is_kind {
            return Err(format!("{at}: not {}", schema["type"]));
        }
        let beyond = |limit: &str, is_low: bool| {
            let (number, limit) = (value.as_f64(), schema[limit].as_f64());
            number.zip(limit).is_some_and(|(number, limit)| {
                if is_low {
                    number < limit
                } else {
                    number > limit
                }
            })
        };
        if beyond("minimum", true) || beyond("maximum", false) {
            return Err(format!("{at}: out of range"));
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            fits(item, &schema["items"], root, &format!("{at}[{index}]"))?;
        }
        if let Some(fields) = value.as_object() {
            for field in schema["required"].as_array().into_iter().flatten() {
                if !fields.contains_key(field.as_str().unwrap()) {
                    return Err(format!("{at}: {field} is missing"));
                }
            }
            for (name, field) in fields {
                let at = format!("{at}.{name}");
                match (&schema["properties"][name], &schema["additionalProperties"]) {
                    (Value::Null, Value::Object(other)) => {
                        fits(field, &Value::Object(other.clone()), root, &at)?;
                    }
                    (Value::Null, _) => return Err(format!("{at}: unknown")),
                    (known, _) => fits(field, known, root, &at)?,
                }
            }
        }
        Ok(())
    }

    fn judge(value: &Value) -> Result<(), String> {
        let schema = NetworkSpec::json_schema();
        fits(value, &schema, &schema, "")
    }

    fn full() -> NetworkSpec {
        NetworkSpec::from_yaml(include_str!("../../tests/vectors/spec/full.yaml")).unwrap()
    }

    #[test]
    fn the_schema() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&NetworkSpec::json_schema()).unwrap());
    }

    #[test]
    fn documents_that_are_right_fit_it() {
        let name = |name: &str| name.parse().unwrap();
        let made = NetworkSpec::new("made".parse().unwrap())
            .with_topology(Topology::Star(name("boot")))
            .with_node(NodeSpec::new(name("boot"), Role::Boot))
            .with_node(NodeSpec::new(name("bp1"), Role::Producer))
            .with_group(GroupSpec::new(
                name("api"),
                Role::Api,
                NodeCount::try_from(3).unwrap(),
            ))
            .checked()
            .unwrap();
        for spec in [full(), made] {
            judge(&serde_json::to_value(&spec).unwrap()).unwrap();
        }
        // As a person writes them.
        let rollout = include_str!("../../../examples/rollout.yaml");
        let values: Value = serde_saphyr::from_str(rollout).unwrap();
        judge(&values["network"]).unwrap();
        let written: Value =
            serde_saphyr::from_str(include_str!("../../tests/vectors/spec/full.yaml")).unwrap();
        judge(&written).unwrap();
    }

    #[test]
    fn it_has_the_fields_of_the_types_and_no_others() {
        // Everything that a spec can have is in this one, or left out there for a reason.
        let spec = serde_json::to_value(full()).unwrap();
        let schema = NetworkSpec::json_schema();
        let missing = |value: &Value, schema: &Value| -> Vec<String> {
            let known = schema["properties"].as_object().unwrap();
            let used = value.as_object().unwrap();
            known
                .keys()
                .filter(|name| !used.contains_key(*name))
                .cloned()
                .collect()
        };
        assert_eq!(missing(&spec, &schema), ["nodeos"]);
        assert_eq!(
            missing(&spec["exposure"], &schema["properties"]["exposure"]),
            ["ingress_class", "tls_secret"]
        );
        assert_eq!(
            missing(&spec["image"], &schema["properties"]["image"]),
            [""; 0]
        );
        assert_eq!(
            missing(&spec["genesis"], &schema["properties"]["genesis"]),
            [""; 0]
        );
        assert_eq!(
            missing(&spec["storage"], &schema["$defs"]["storage"]),
            [""; 0]
        );
        assert_eq!(
            missing(&spec["resources"], &schema["$defs"]["resources"]),
            [""; 0]
        );
    }

    #[test]
    fn what_has_other_fields_or_types_does_not_fit() {
        for (document, why) in [
            (json!({}), ": \"name\" is missing"),
            (json!({"name": "a", "nodse": []}), ".nodse: unknown"),
            (
                json!({"name": "a", "version": "leap-9"}),
                ".version: not a word",
            ),
            (
                json!({"name": "a", "nodes": [{"name": "b", "role": "boss"}]}),
                ".nodes[0].role: not a word",
            ),
            (
                json!({"name": "a", "groups": [{"name": "b", "role": "api", "count": 0}]}),
                ".groups[0].count: out of range",
            ),
            (
                json!({"name": "a", "topology": {"tree": 1}}),
                ".topology: fits none",
            ),
            (
                json!({"name": "a", "storage": {"size": true}}),
                ".storage.size: fits none",
            ),
        ] {
            assert_eq!(judge(&document).unwrap_err(), why);
        }
    }
}
