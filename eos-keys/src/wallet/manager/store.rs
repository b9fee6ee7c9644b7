use std::{borrow::Cow, collections::BTreeMap};

use super::WalletFormat;
use crate::{
    private_key::PrivateKey,
    public_key::PublicKey,
    wallet::{KeosdWallet, Keystore, WalletError, known_file::KnownFile},
};

/// The keys of an unlocked wallet.
pub(super) enum Store {
    Keystore {
        keystore: Keystore,
        /// Under which labels each key stands.
        labels: BTreeMap<PublicKey, Vec<String>>,
    },
    Keosd(KeosdWallet),
}

impl Store {
    pub(super) fn keystore(keystore: Keystore) -> Self {
        let mut labels = BTreeMap::<_, Vec<_>>::new();
        for (label, key) in keystore.entries() {
            labels
                .entry(key.public_key())
                .or_default()
                .push(label.to_owned());
        }
        Self::Keystore { keystore, labels }
    }

    pub(super) fn copy(&self) -> Self {
        match self {
            Self::Keystore { keystore, labels } => Self::Keystore {
                keystore: keystore.copy(),
                labels: labels.clone(),
            },
            Self::Keosd(wallet) => Self::Keosd(wallet.copy()),
        }
    }

    pub(super) const fn format(&self) -> WalletFormat {
        match self {
            Self::Keystore { .. } => WalletFormat::Keystore,
            Self::Keosd(_) => WalletFormat::Keosd,
        }
    }

    pub(super) fn public_keys(&self) -> Vec<PublicKey> {
        match self {
            Self::Keystore { labels, .. } => labels.keys().cloned().collect(),
            Self::Keosd(wallet) => wallet.keys().map(|(key, _)| key.clone()).collect(),
        }
    }

    /// Returns all keys as a keystore has them.
    pub(super) fn by_label(&self) -> BTreeMap<Cow<'_, str>, &PrivateKey> {
        match self {
            Self::Keystore { keystore, .. } => keystore
                .entries()
                .map(|(label, key)| (label.into(), key))
                .collect(),
            Self::Keosd(wallet) => wallet
                .keys()
                .map(|(public, key)| (public.to_string().into(), key))
                .collect(),
        }
    }

    /// Returns all keys as a wallet of keosd has them.
    pub(super) fn by_public_key(&self) -> BTreeMap<&PublicKey, &PrivateKey> {
        match self {
            Self::Keystore { labels, .. } => labels
                .keys()
                .filter_map(|public| Some((public, self.get(public)?)))
                .collect(),
            Self::Keosd(wallet) => wallet.keys().collect(),
        }
    }

    pub(super) fn get(&self, key: &PublicKey) -> Option<&PrivateKey> {
        match self {
            Self::Keystore { keystore, labels } => keystore.get(labels.get(key)?.first()?),
            Self::Keosd(wallet) => wallet.get(key),
        }
    }

    pub(super) fn insert(
        &mut self,
        public: &PublicKey,
        key: &PrivateKey,
    ) -> Result<(), WalletError> {
        match self {
            Self::Keystore { keystore, labels } => {
                let label = public.to_string();
                keystore.insert(label.clone(), key.clone())?;
                labels.insert(public.clone(), vec![label]);
            }
            Self::Keosd(wallet) => {
                wallet.insert(key.clone());
            }
        }
        Ok(())
    }

    /// Removes a key and tells whether it was there.
    pub(super) fn remove(&mut self, key: &PublicKey) -> bool {
        match self {
            Self::Keystore { keystore, labels } => {
                let labels = labels.remove(key);
                for label in labels.iter().flatten() {
                    keystore.remove(label);
                }
                labels.is_some()
            }
            Self::Keosd(wallet) => wallet.remove(key).is_some(),
        }
    }

    pub(super) const fn file_mut(&mut self) -> &mut KnownFile {
        match self {
            Self::Keystore { keystore, .. } => keystore.file_mut(),
            Self::Keosd(wallet) => wallet.file_mut(),
        }
    }

    pub(super) fn seal(&self) -> Result<Vec<u8>, WalletError> {
        match self {
            Self::Keystore { keystore, .. } => keystore.seal(),
            Self::Keosd(wallet) => wallet.seal(),
        }
    }
}
