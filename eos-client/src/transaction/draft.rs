use std::time::Duration;

use eos_abi::{
    Action, Compression, PackedTransaction, SignedTransaction, TimePoint, TimePointSec,
    Transaction, TransactionId,
};
use eos_keys::{PublicKey, Signer};

use crate::{Client, Error};

/// Actions that become a transaction when they are signed.
#[derive(Debug, Clone)]
#[must_use]
pub struct Draft {
    actions: Vec<Action>,
    lifetime: Duration,
    keys: Option<Vec<PublicKey>>,
}

/// A signed transaction on its way to the chain. The same bytes are sent whatever happens, so it is carried out once
/// or not at all.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Submission {
    /// The transaction's id.
    pub id: TransactionId,
    /// The time after which no block takes it.
    pub expiration: TimePointSec,
    /// The bytes that are sent.
    pub packed: PackedTransaction,
    /// How long after its signing a block may still take it.
    pub(crate) lifetime: Duration,
    /// The last irreversible block when it was signed: the transaction can only be in a later one.
    pub(crate) signed_after: u32,
}

impl Draft {
    /// Returns a draft of these actions, which are carried out in this order, all or none.
    pub fn new(actions: Vec<Action>) -> Self {
        // Long enough for a second attempt after a slow one, short enough to know soon that it never will be.
        Self {
            actions,
            lifetime: Duration::from_mins(1),
            keys: None,
        }
    }

    /// Sets how long after the head block's time the transaction may still enter a block (60 s unless set; the chain's
    /// own limit is an hour by default).
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Names the keys that sign. Unless named, the node is asked which of the signer's keys are required.
    pub fn keys(mut self, keys: Vec<PublicKey>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Returns the transaction, signed. It refers to the last irreversible block, so that no fork invalidates it.
    ///
    /// # Errors
    /// When the node does not answer, no set of the signer's keys suffices, or the signer does not sign.
    pub async fn sign(self, client: &Client, signer: &dyn Signer) -> Result<Submission, Error> {
        let info = client.get_info().await?;
        let mut expiration = expiration(info.head_block_time, self.lifetime);
        let mut transaction =
            Transaction::new(expiration, &info.last_irreversible_block_id, self.actions);
        // Two payments of the same amount in the same second would be one transaction: each gets a second of its own.
        let mut id = transaction.id().map_err(pack)?;
        while !client.is_first(id, expiration, info.head_block_time) {
            expiration = TimePointSec::from_seconds(expiration.to_seconds().saturating_add(1));
            transaction.expiration = expiration;
            id = transaction.id().map_err(pack)?;
        }
        let keys = if let Some(keys) = self.keys {
            keys
        } else {
            let available = signer
                .public_keys()
                .await
                .map_err(|source| Error::Sign { source })?;
            client.get_required_keys(&transaction, &available).await?
        };
        let digest = transaction
            .signing_digest(&info.chain_id, &[])
            .map_err(pack)?;
        let mut signatures = Vec::with_capacity(keys.len());
        for key in &keys {
            signatures.push(
                signer
                    .sign_digest(key, &digest)
                    .await
                    .map_err(|source| Error::Sign { source })?,
            );
        }
        let packed = SignedTransaction {
            transaction,
            signatures,
            context_free_data: Vec::new(),
        }
        .pack(Compression::None)
        .map_err(pack)?;
        Ok(Submission {
            id,
            expiration,
            packed,
            lifetime: self.lifetime,
            signed_after: info.last_irreversible_block_num,
        })
    }
}

fn pack(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Pack {
        source: Box::new(source),
    }
}

/// The end of a lifetime that starts at the head block's time; rounded up, since expirations are whole seconds.
fn expiration(head: TimePoint, lifetime: Duration) -> TimePointSec {
    let micros = i64::try_from(lifetime.as_micros()).unwrap_or(i64::MAX);
    let end = head.to_microseconds().saturating_add(micros);
    let seconds = end.div_euclid(1_000_000) + i64::from(end.rem_euclid(1_000_000) != 0);
    TimePointSec::from_seconds(u32::try_from(seconds.max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expirations_are_rounded_up_and_never_overflow() {
        let at = |micros, lifetime| {
            expiration(TimePoint::from_microseconds(micros), lifetime).to_seconds()
        };
        assert_eq!(at(1_000_000, Duration::from_mins(1)), 61);
        assert_eq!(at(1_500_000, Duration::from_mins(1)), 62);
        assert_eq!(at(i64::MAX, Duration::from_mins(1)), u32::MAX);
        assert_eq!(at(0, Duration::MAX), u32::MAX);
        assert_eq!(at(-5_000_000, Duration::ZERO), 0);
    }
}
