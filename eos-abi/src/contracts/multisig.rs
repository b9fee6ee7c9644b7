//! What `eosio.msig` does with a proposed transaction.

use super::msig::{Proposal, Propose};
use crate::checksum::Checksum256;
use crate::de::from_bytes;
use crate::error::{DecodeError, EncodeError};
use crate::transaction::Transaction;

impl Propose {
    /// Returns the hash of the transaction, as [`Approve::proposal_hash`](super::msig::Approve::proposal_hash) has it:
    /// the SHA-256 of the packed transaction, which is also its id.
    ///
    /// Who approves with a hash approves this transaction, and no other that the proposer put in its place.
    ///
    /// ```
    /// use eos_abi::contracts::msig::{Approve, Propose};
    /// use eos_abi::{Action, Name, PermissionLevel, Transaction};
    ///
    /// let [alice, bob] = [Name::from_static("alice"), Name::from_static("bob")];
    /// let propose = Propose {
    ///     proposer: alice,
    ///     proposal_name: Name::from_static("payday"),
    ///     requested: vec![PermissionLevel::active(alice), PermissionLevel::active(bob)],
    ///     trx: Transaction::default(), // what is to be done, with an expiration to come
    /// };
    /// let approve = Approve {
    ///     proposer: alice,
    ///     proposal_name: propose.proposal_name,
    ///     level: PermissionLevel::active(bob),
    ///     proposal_hash: Some(propose.hash()?).into(),
    /// };
    /// let msig = Name::from_static("eosio.msig");
    /// let by_alice = Action::new(msig, [PermissionLevel::active(alice)], &propose)?;
    /// let by_bob = Action::new(msig, [PermissionLevel::active(bob)], &approve)?;
    /// # assert_eq!((by_alice.decode()?, by_bob.decode()?), (propose, approve));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the transaction has no binary form.
    pub fn hash(&self) -> Result<Checksum256, EncodeError> {
        Ok(Checksum256::new(self.trx.id()?.to_bytes()))
    }
}

impl Proposal {
    /// Returns the hash of the stored transaction, to compare with [`Propose::hash`] and to approve with.
    pub fn hash(&self) -> Checksum256 {
        Checksum256::hash(self.packed_transaction.as_slice())
    }

    /// Returns the stored transaction.
    ///
    /// # Errors
    ///
    /// When the stored bytes are not a transaction.
    pub fn transaction(&self) -> Result<Transaction, DecodeError> {
        from_bytes(self.packed_transaction.as_slice())
    }
}
