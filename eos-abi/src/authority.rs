//! What satisfies an account's permission.

use eos_keys::PublicKey;
use serde::{Deserialize, Serialize};

use crate::action::PermissionLevel;

/// Keys, accounts and waits whose weights must add up to the threshold.
///
/// Nodes refuse an authority whose keys, accounts or waits are not in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Authority {
    /// The sum that must be reached.
    pub threshold: u32,
    /// The keys.
    pub keys: Vec<KeyWeight>,
    /// Permissions of other accounts.
    pub accounts: Vec<PermissionLevelWeight>,
    /// Delays.
    pub waits: Vec<WaitWeight>,
}

impl Authority {
    /// Returns the authority that one key satisfies alone.
    pub fn key(key: PublicKey) -> Self {
        Self {
            threshold: 1,
            keys: vec![KeyWeight { key, weight: 1 }],
            ..Self::default()
        }
    }

    /// Returns the authority that another account's permission satisfies alone.
    pub fn account(permission: PermissionLevel) -> Self {
        let weight = 1;
        Self {
            threshold: 1,
            accounts: vec![PermissionLevelWeight { permission, weight }],
            ..Self::default()
        }
    }
}

/// A key of an [`Authority`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyWeight {
    /// The key.
    pub key: PublicKey,
    /// What it counts.
    pub weight: u16,
}

/// Another account's permission in an [`Authority`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PermissionLevelWeight {
    /// The permission.
    pub permission: PermissionLevel,
    /// What it counts.
    pub weight: u16,
}

/// A delay in an [`Authority`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WaitWeight {
    /// The delay in seconds.
    pub wait_sec: u32,
    /// What it counts.
    pub weight: u16,
}
