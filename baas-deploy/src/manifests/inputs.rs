use std::collections::BTreeMap;

use eos_abi::{Name, TimePoint};
use eos_keys::{PrivateKey, PublicKey};

/// What belongs to a rendering beside the spec.
///
/// ```
/// use baas_deploy::manifests::Inputs;
/// use eos_keys::PrivateKey;
///
/// let key = PrivateKey::generate()?;
/// let inputs = Inputs::new([("eosio".parse()?, key.public_key())])
///     .initial_timestamp("2024-03-02T12:00:00".parse()?)
///     .namespace("chains");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    pub(super) keys: BTreeMap<Name, PublicKey>,
    pub(super) initial_timestamp: Option<TimePoint>,
    pub(super) namespace: Option<String>,
}

impl Inputs {
    /// Returns inputs with the public keys of all accounts that nodes produce for, `eosio` among them: its key is the chain's first one.
    pub fn new(keys: impl IntoIterator<Item = (Name, PublicKey)>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Returns inputs with the public halves of private keys.
    pub fn of_private_keys(keys: &BTreeMap<Name, PrivateKey>) -> Self {
        Self::new(
            keys.iter()
                .map(|(account, key)| (*account, key.public_key())),
        )
    }

    /// Sets when the chain begins, for a spec that does not say it. It must be the same time in each rendering of a network:
    /// with another one begins another chain.
    #[must_use]
    pub fn initial_timestamp(mut self, time: TimePoint) -> Self {
        self.initial_timestamp = Some(time);
        self
    }

    /// Sets the namespace that the objects name. Without one they go wherever they are applied.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }
}
