use std::fmt;

use serde::{Deserialize, Serialize};

/// A line of releases of nodeos. Within one, all take the same files.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[non_exhaustive]
pub enum NodeVersion {
    /// Dawn 4.1, of May 2018: the one of the tutorial.
    #[serde(rename = "dawn-4.1")]
    Dawn4_1,
    /// EOSIO 1.8, of 2019.
    #[serde(rename = "eosio-1.8")]
    Eosio1_8,
    /// EOSIO 2.0, of 2020.
    #[serde(rename = "eosio-2.0")]
    Eosio2_0,
    /// Leap 3, of 2022.
    #[serde(rename = "leap-3")]
    Leap3,
    /// Leap 4, of 2023.
    #[default]
    #[serde(rename = "leap-4")]
    Leap4,
    /// Leap 5, of 2023.
    #[serde(rename = "leap-5")]
    Leap5,
    /// Spring 1, of 2024.
    #[serde(rename = "spring-1")]
    Spring1,
}

impl NodeVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 7] = [
        Self::Dawn4_1,
        Self::Eosio1_8,
        Self::Eosio2_0,
        Self::Leap3,
        Self::Leap4,
        Self::Leap5,
        Self::Spring1,
    ];

    /// Returns the word for it in a spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dawn4_1 => "dawn-4.1",
            Self::Eosio1_8 => "eosio-1.8",
            Self::Eosio2_0 => "eosio-2.0",
            Self::Leap3 => "leap-3",
            Self::Leap4 => "leap-4",
            Self::Leap5 => "leap-5",
            Self::Spring1 => "spring-1",
        }
    }
}

impl fmt::Display for NodeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
