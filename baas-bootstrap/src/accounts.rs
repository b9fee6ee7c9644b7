use std::collections::BTreeMap;

use eos_abi::Name;
use eos_keys::PublicKey;

use crate::Error;

/// The public key of each account, for its `owner` and `active` permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountKeys {
    keys: BTreeMap<Name, PublicKey>,
}

impl AccountKeys {
    /// Returns the keys of these accounts.
    ///
    /// # Errors
    /// When a key is published somewhere, so that anybody could sign with it.
    pub fn new(keys: impl IntoIterator<Item = (Name, PublicKey)>) -> Result<Self, Error> {
        let keys = Self::danger_with_published(keys);
        match keys.keys.iter().find(|(_, key)| key.is_published()) {
            Some((account, key)) => Err(Error::PublishedKey {
                account: *account,
                key: key.clone(),
            }),
            None => Ok(keys),
        }
    }

    /// Returns the keys of these accounts, also those that everybody knows. For chains that nobody relies on.
    pub fn danger_with_published(keys: impl IntoIterator<Item = (Name, PublicKey)>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }

    /// Returns the key of an account.
    ///
    /// # Errors
    /// When the account has none here.
    pub fn get(&self, account: Name) -> Result<&PublicKey, Error> {
        self.keys.get(&account).ok_or(Error::NoKey { account })
    }
}
