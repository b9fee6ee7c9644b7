use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;

use crate::{
    digest::Digest, error::SignError, private_key::PrivateKey, public_key::PublicKey,
    signature::Signature,
};

/// Anything that can sign: keys in memory, a wallet, a remote service.
#[async_trait]
pub trait Signer: Send + Sync + fmt::Debug {
    /// Returns the keys that this signer can sign with at present.
    ///
    /// # Errors
    ///
    /// [`SignError`] if the signer cannot tell.
    async fn public_keys(&self) -> Result<Vec<PublicKey>, SignError>;

    /// Signs `digest` with the private key of `key`.
    ///
    /// # Errors
    ///
    /// [`SignError`] says why there is no signature, and whether to ask again.
    async fn sign_digest(&self, key: &PublicKey, digest: &Digest) -> Result<Signature, SignError>;
}

/// A [`Signer`] with keys in memory.
///
/// ```
/// use eos_keys::{LocalSigner, PrivateKey};
///
/// let signer = LocalSigner::from_iter([PrivateKey::generate()?, PrivateKey::generate()?]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LocalSigner {
    keys: BTreeMap<PublicKey, PrivateKey>,
}

impl FromIterator<PrivateKey> for LocalSigner {
    fn from_iter<I: IntoIterator<Item = PrivateKey>>(keys: I) -> Self {
        Self {
            keys: keys
                .into_iter()
                .map(|key| (key.public_key(), key))
                .collect(),
        }
    }
}

#[async_trait]
impl Signer for LocalSigner {
    async fn public_keys(&self) -> Result<Vec<PublicKey>, SignError> {
        Ok(self.keys.keys().cloned().collect())
    }

    async fn sign_digest(&self, key: &PublicKey, digest: &Digest) -> Result<Signature, SignError> {
        let private = self
            .keys
            .get(key)
            .ok_or_else(|| SignError::UnknownKey { key: key.clone() })?;
        Ok(private.sign_digest(digest))
    }
}

impl fmt::Debug for LocalSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSigner")
            .field("public_keys", &self.keys.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
