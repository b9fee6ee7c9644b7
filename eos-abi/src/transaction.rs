//! Transactions: before, while and after they are signed.

use std::io::{self, Read, Write};

use eos_keys::{Digest, PublicKey, Signature, VerifyError};
use flate2::Compression as Level;
use flate2::bufread::{ZlibDecoder, ZlibEncoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::action::Action;
use crate::bytes::Bytes;
use crate::de::from_bytes_lenient;
use crate::error::{DecodeError, EncodeError};
use crate::ids::{BlockId, ChainId, TransactionId};
use crate::ser::{to_bytes, to_writer};
use crate::time::TimePointSec;
use crate::varint::VarUint32;

/// Actions that are carried out together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transaction {
    /// When it can no longer be put into a block.
    pub expiration: TimePointSec,
    /// The lower half of the number of a recent block: the transaction is valid on that block's fork only.
    pub ref_block_num: u16,
    /// Four bytes of that block's id.
    pub ref_block_prefix: u32,
    /// How much network bandwidth it may be billed for, in words of eight bytes; 0 is no limit of its own.
    pub max_net_usage_words: VarUint32,
    /// How much CPU time it may be billed for; 0 is no limit of its own.
    pub max_cpu_usage_ms: u8,
    /// How long it is to be delayed.
    pub delay_sec: VarUint32,
    /// Actions that see no state and need no authorisation.
    #[serde(default)]
    pub context_free_actions: Vec<Action>,
    /// The actions.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Numbered additions of the protocol.
    #[serde(default)]
    pub transaction_extensions: Vec<(u16, Bytes)>,
}

impl Transaction {
    /// Returns a transaction of these actions, bound to the fork of a recent block.
    pub fn new(expiration: TimePointSec, reference: &BlockId, actions: Vec<Action>) -> Self {
        Self {
            expiration,
            ref_block_num: reference.ref_block_num(),
            ref_block_prefix: reference.ref_block_prefix(),
            actions,
            ..Self::default()
        }
    }

    /// Returns the id: the SHA-256 of the packed transaction. Signatures do not change it.
    ///
    /// # Errors
    ///
    /// When a list has more than 2^32−1 elements.
    pub fn id(&self) -> Result<TransactionId, EncodeError> {
        let mut hash = HashWriter(Sha256::new());
        to_writer(&mut hash, self)?;
        Ok(TransactionId::new(hash.0.finalize().into()))
    }

    /// Returns the digest that is signed: of the chain's id, the packed transaction and the context-free data.
    ///
    /// # Errors
    ///
    /// When a list has more than 2^32−1 elements.
    pub fn signing_digest(
        &self,
        chain_id: &ChainId,
        context_free_data: &[Bytes],
    ) -> Result<Digest, EncodeError> {
        let mut hash = HashWriter(Sha256::new());
        hash.0.update(chain_id);
        to_writer(&mut hash, self)?;
        if context_free_data.is_empty() {
            hash.0.update([0; 32]);
        } else {
            let mut data_hash = HashWriter(Sha256::new());
            to_writer(&mut data_hash, context_free_data)?;
            hash.0.update(data_hash.0.finalize());
        }
        let digest: [u8; 32] = hash.0.finalize().into();
        Ok(Digest::from(digest))
    }
}

/// A transaction with its signatures and its context-free data.
///
/// In JSON everything stands in one object, as cleos prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedTransaction {
    /// The transaction.
    pub transaction: Transaction,
    /// The signatures of its signing digest.
    pub signatures: Vec<Signature>,
    /// What its context-free actions read; part of the digest, not of the id.
    pub context_free_data: Vec<Bytes>,
}

impl SignedTransaction {
    /// Returns the keys that signed, in the order of the signatures.
    ///
    /// The signatures are not checked against anything: each leads to some key. Of another chain, or after a change of the
    /// transaction, they lead to other keys.
    ///
    /// # Errors
    ///
    /// When a signature can be nobody's, and when a key signed twice, which nodes refuse.
    pub fn signing_keys(&self, chain_id: &ChainId) -> Result<Vec<PublicKey>, SignaturesError> {
        let digest = self
            .transaction
            .signing_digest(chain_id, &self.context_free_data)
            .map_err(SignaturesError::Encode)?;
        let mut keys = Vec::new();
        for (index, signature) in self.signatures.iter().enumerate() {
            let key = signature
                .recover(&digest)
                .map_err(|source| SignaturesError::Malformed { index, source })?;
            if keys.contains(&key) {
                let key = Box::new(key);
                return Err(SignaturesError::Duplicate { key });
            }
            keys.push(key);
        }
        Ok(keys)
    }

    /// Adds the signatures that another signer put on the same transaction, behind the ones that are there. Those of keys
    /// that have signed already are left out: two programs make different signatures with one key, and nodes take one.
    ///
    /// # Errors
    ///
    /// When the transactions or their context-free data differ, and as [`Self::signing_keys`] for either of them. Nothing is
    /// added then.
    pub fn merge_signatures(
        &mut self,
        other: &Self,
        chain_id: &ChainId,
    ) -> Result<(), SignaturesError> {
        if self.transaction != other.transaction {
            let ours = self.transaction.id().map_err(SignaturesError::Encode)?;
            let theirs = other.transaction.id().map_err(SignaturesError::Encode)?;
            return Err(SignaturesError::OtherTransaction { ours, theirs });
        }
        if self.context_free_data != other.context_free_data {
            return Err(SignaturesError::OtherContextFreeData);
        }
        let known = self.signing_keys(chain_id)?;
        let theirs = other.signing_keys(chain_id)?;
        let new = theirs.iter().zip(&other.signatures);
        let new = new.filter(|(key, _)| !known.contains(key));
        self.signatures
            .extend(new.map(|(_, signature)| signature.clone()));
        Ok(())
    }

    /// Returns the form that nodes are sent.
    ///
    /// # Errors
    ///
    /// When a list has more than 2^32−1 elements.
    pub fn pack(&self, compression: Compression) -> Result<PackedTransaction, EncodeError> {
        let packed_context_free_data = if self.context_free_data.is_empty() {
            Vec::new()
        } else {
            to_bytes(&self.context_free_data)?
        };
        Ok(PackedTransaction {
            signatures: self.signatures.clone(),
            compression,
            packed_context_free_data: compression.pack(packed_context_free_data)?.into(),
            packed_trx: compression.pack(to_bytes(&self.transaction)?)?.into(),
        })
    }
}

/// Why the signatures of a transaction do not fit together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignaturesError {
    /// They are of different transactions.
    #[error("the signatures are of transaction {theirs}, not of {ours}")]
    OtherTransaction {
        /// The transaction that was to get them.
        ours: TransactionId,
        /// The one they are of.
        theirs: TransactionId,
    },
    /// They are of one transaction with different context-free data, which they cover.
    #[error("the signatures are for other context-free data")]
    OtherContextFreeData,
    /// A signature can be nobody's.
    #[error("signature {index} leads to no key")]
    Malformed {
        /// Its place, from 0 on.
        index: usize,
        /// What is wrong with it.
        #[source]
        source: VerifyError,
    },
    /// A key signed twice.
    #[error("key {key} signed twice")]
    Duplicate {
        /// The key.
        key: Box<PublicKey>,
    },
    /// The transaction has no binary form.
    #[error("the transaction cannot be packed")]
    Encode(#[source] EncodeError),
}

/// How a packed transaction's bytes are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the protocol has these two")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// By zlib.
    Zlib,
}

impl Compression {
    fn pack(self, bytes: Vec<u8>) -> Result<Vec<u8>, EncodeError> {
        // nodeos has no compressed form of nothing: the field stays empty.
        if self == Self::None || bytes.is_empty() {
            return Ok(bytes);
        }
        let mut packed = Vec::new();
        ZlibEncoder::new(bytes.as_slice(), Level::best())
            .read_to_end(&mut packed)
            .map_err(EncodeError::Write)?;
        Ok(packed)
    }

    fn unpack(self, bytes: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
        if self == Self::None || bytes.is_empty() {
            return Ok(bytes.to_vec());
        }
        let mut unpacked = Vec::new();
        let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        ZlibDecoder::new(bytes)
            .take(bound)
            .read_to_end(&mut unpacked)
            .map_err(UnpackError::Inflate)?;
        if unpacked.len() > limit {
            return Err(UnpackError::TooLarge { limit });
        }
        Ok(unpacked)
    }
}

/// A signed transaction as nodes are sent it: JSON as `send_transaction` wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedTransaction {
    /// The signatures.
    pub signatures: Vec<Signature>,
    /// How the two byte fields are compressed.
    pub compression: Compression,
    /// The context-free data.
    pub packed_context_free_data: Bytes,
    /// The transaction.
    pub packed_trx: Bytes,
}

/// Why a packed transaction cannot be unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnpackError {
    /// The compressed bytes are not what zlib makes.
    #[error("cannot inflate the packed transaction")]
    Inflate(#[source] io::Error),
    /// The bytes inflate to more than is allowed.
    #[error("the packed transaction inflates to more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The inflated bytes are not a transaction.
    #[error("the packed bytes are not a transaction")]
    Decode(#[source] DecodeError),
    /// The transaction cannot be packed again, which its id needs.
    #[error("the unpacked transaction cannot be packed")]
    Encode(#[source] EncodeError),
}

impl PackedTransaction {
    /// How many bytes each of the two fields may inflate to, as in nodeos.
    pub const MAX_INFLATED: usize = 1 << 20;

    /// Returns the transaction with its signatures.
    ///
    /// A chain may hold transactions in other than their usual bytes. They are read as nodes read them: what follows the transaction, or
    /// its compressed form, is no part of it, and a length may be longer than it must be: up to five bytes, of which 32 bits count.
    ///
    /// # Errors
    ///
    /// When the bytes are damaged, inflate beyond [`Self::MAX_INFLATED`], or do not begin with a transaction.
    pub fn unpack(&self) -> Result<SignedTransaction, UnpackError> {
        let context_free_data = self.inflate(&self.packed_context_free_data)?;
        Ok(SignedTransaction {
            transaction: self.unpack_transaction()?,
            signatures: self.signatures.clone(),
            context_free_data: if context_free_data.is_empty() {
                Vec::new()
            } else {
                from_bytes_lenient(&context_free_data).map_err(UnpackError::Decode)?
            },
        })
    }

    /// Returns the transaction's id: that of the transaction which [`Self::unpack`] finds, whatever bytes it is packed in.
    ///
    /// # Errors
    ///
    /// As [`Self::unpack`], but for the context-free data.
    pub fn id(&self) -> Result<TransactionId, UnpackError> {
        self.unpack_transaction()?.id().map_err(UnpackError::Encode)
    }

    fn unpack_transaction(&self) -> Result<Transaction, UnpackError> {
        from_bytes_lenient(&self.inflate(&self.packed_trx)?).map_err(UnpackError::Decode)
    }

    fn inflate(&self, bytes: &Bytes) -> Result<Vec<u8>, UnpackError> {
        self.compression
            .unpack(bytes.as_slice(), Self::MAX_INFLATED)
    }
}

/// A signed transaction in JSON: one object. (No field of it is ever a number in quotes, which `flatten` would not read.)
#[derive(Serialize, Deserialize)]
struct Flat<T, S, C> {
    #[serde(flatten)]
    transaction: T,
    signatures: S,
    #[serde(default)]
    context_free_data: C,
}

impl Serialize for SignedTransaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            transaction,
            signatures,
            context_free_data,
        } = self;
        if serializer.is_human_readable() {
            Flat {
                transaction,
                signatures,
                context_free_data,
            }
            .serialize(serializer)
        } else {
            (transaction, signatures, context_free_data).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for SignedTransaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (transaction, signatures, context_free_data) = if deserializer.is_human_readable() {
            let flat = Flat::deserialize(deserializer)?;
            (flat.transaction, flat.signatures, flat.context_free_data)
        } else {
            Deserialize::deserialize(deserializer)?
        };
        Ok(Self {
            transaction,
            signatures,
            context_free_data,
        })
    }
}

/// Hashes what is written, so that no packed copy is needed.
pub(crate) struct HashWriter(pub(crate) Sha256);

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
