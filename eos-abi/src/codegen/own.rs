//! The chain's own types: which structs of an ABI are types of this crate.

use std::collections::HashMap;

use super::definitions::Fields;

struct Own {
    name: &'static str,
    /// What it is called here, if there is a type of its own.
    identifier: Option<&'static str>,
    fields: &'static [(&'static str, &'static str)],
}

const OWN: [Own; 10] = [
    Own {
        name: "permission_level",
        identifier: Some("PermissionLevel"),
        fields: &[("actor", "name"), ("permission", "name")],
    },
    Own {
        name: "permission_level_weight",
        identifier: Some("PermissionLevelWeight"),
        fields: &[("permission", "permission_level"), ("weight", "uint16")],
    },
    Own {
        name: "key_weight",
        identifier: Some("KeyWeight"),
        fields: &[("key", "public_key"), ("weight", "uint16")],
    },
    Own {
        name: "wait_weight",
        identifier: Some("WaitWeight"),
        fields: &[("wait_sec", "uint32"), ("weight", "uint16")],
    },
    Own {
        name: "authority",
        identifier: Some("Authority"),
        fields: &[
            ("threshold", "uint32"),
            ("keys", "key_weight[]"),
            ("accounts", "permission_level_weight[]"),
            ("waits", "wait_weight[]"),
        ],
    },
    Own {
        name: "producer_key",
        identifier: Some("ProducerKey"),
        fields: &[
            ("producer_name", "name"),
            ("block_signing_key", "public_key"),
        ],
    },
    Own {
        name: "producer_schedule",
        identifier: Some("ProducerSchedule"),
        fields: &[("version", "uint32"), ("producers", "producer_key[]")],
    },
    Own {
        name: "action",
        identifier: Some("Action"),
        fields: &[
            ("account", "name"),
            ("name", "name"),
            ("authorization", "permission_level[]"),
            ("data", "bytes"),
        ],
    },
    Own {
        name: "extension",
        identifier: None,
        fields: &[("type", "uint16"), ("data", "bytes")],
    },
    Own {
        name: "transaction",
        identifier: Some("Transaction"),
        fields: &[
            ("expiration", "time_point_sec"),
            ("ref_block_num", "uint16"),
            ("ref_block_prefix", "uint32"),
            ("max_net_usage_words", "varuint32"),
            ("max_cpu_usage_ms", "uint8"),
            ("delay_sec", "varuint32"),
            ("context_free_actions", "action[]"),
            ("actions", "action[]"),
            ("transaction_extensions", "extension[]"),
        ],
    },
];

/// Returns what the ABI's struct `name` is called in this crate, if it is the same, and so is all that it is made of.
pub(super) fn own_type(name: &str, structs: &HashMap<&str, Fields<'_>>) -> Option<&'static str> {
    let own = OWN.iter().find(|own| own.name == name)?;
    is_same(own, structs).then_some(own.identifier).flatten()
}

/// Compares a struct; `OWN` refers to nothing but itself and built-in types, and not in rings.
fn is_same(own: &Own, structs: &HashMap<&str, Fields<'_>>) -> bool {
    let Some(fields) = structs.get(own.name) else {
        return false;
    };
    let given = fields.iter().map(|(name, ty)| (*name, *ty));
    given.eq(own.fields.iter().copied())
        && own.fields.iter().all(|(_, ty)| {
            let name = ty.trim_end_matches("[]");
            OWN.iter()
                .find(|own| own.name == name)
                .is_none_or(|inner| is_same(inner, structs))
        })
}
