//! Blocks: what producers make and sign.

use std::fmt;

use eos_keys::{Digest, PublicKey, Signature, VerifyError};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::bytes::Bytes;
use crate::checksum::Checksum256;
use crate::error::EncodeError;
use crate::ids::{BlockId, TransactionId};
use crate::name::Name;
use crate::ser::{to_bytes, to_writer};
use crate::time::BlockTimestamp;
use crate::transaction::{HashWriter, PackedTransaction};
use crate::varint::VarUint32;

/// The version of the schedule that all blocks under Savanna's rules have (Spring's `block_header.hpp`).
const SAVANNA: u32 = 1 << 31;

/// What a block says about itself and the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockHeader {
    /// The slot it was made for.
    pub timestamp: BlockTimestamp,
    /// Who made it.
    pub producer: Name,
    /// How many blocks before it the producer confirms with it; 0 under Savanna's rules.
    pub confirmed: u16,
    /// The block before it.
    pub previous: BlockId,
    /// The root over the receipts of its transactions.
    pub transaction_mroot: Checksum256,
    /// The root over what its actions did; under Savanna's rules, the root of the finality tree.
    pub action_mroot: Checksum256,
    /// The version of the producer schedule it was made under.
    pub schedule_version: u32,
    /// The schedule that is to be next, as it was told before `WTMSIG_BLOCK_SIGNATURES`.
    #[serde(default)]
    pub new_producers: Option<ProducerSchedule>,
    /// Numbered additions of the protocol. `get_block` leaves them out, `get_raw_block` has them.
    #[serde(default)]
    pub header_extensions: Vec<(u16, Bytes)>,
}

/// Producers with one key each, as block headers had them before `WTMSIG_BLOCK_SIGNATURES`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProducerSchedule {
    /// Its version: one more than that of the one before.
    pub version: u32,
    /// The producers, in order of their turns.
    pub producers: Vec<ProducerKey>,
}

/// A producer and the key that signs its blocks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProducerKey {
    /// The producer.
    pub producer_name: Name,
    /// The key.
    pub block_signing_key: PublicKey,
}

impl BlockHeader {
    /// Returns the block's number: one more than that of the block before.
    pub const fn block_num(&self) -> u32 {
        self.previous.block_num().wrapping_add(1)
    }

    /// Returns whether the block was made under Savanna's rules (Spring 1.0, once finalizers vote).
    pub const fn is_savanna(&self) -> bool {
        self.schedule_version == SAVANNA
    }

    /// Returns the hash of the packed header.
    ///
    /// # Errors
    ///
    /// When a list has more than 2^32−1 elements.
    pub fn digest(&self) -> Result<Digest, EncodeError> {
        let mut hash = HashWriter(Sha256::new());
        to_writer(&mut hash, self)?;
        let digest: [u8; 32] = hash.0.finalize().into();
        Ok(digest.into())
    }

    /// Returns the block's id: the digest with the block's number in its first four bytes.
    ///
    /// # Errors
    ///
    /// As [`Self::digest`].
    pub fn id(&self) -> Result<BlockId, EncodeError> {
        let mut id = *self.digest()?.as_bytes();
        for (place, byte) in id.iter_mut().zip(self.block_num().to_be_bytes()) {
            *place = byte;
        }
        Ok(BlockId::new(id))
    }
}

/// A header and the signature of who made the block. In JSON both are one object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignedBlockHeader {
    /// The header.
    pub header: BlockHeader,
    /// The producer's signature. Further ones, of producers with several keys, are extension 2 of the block.
    pub producer_signature: Signature,
}

impl SignedBlockHeader {
    /// Returns the digest that producers sign.
    ///
    /// Under Savanna's rules that is the block's id, and the block alone is enough. Before, it also takes in the root over
    /// all blocks before this one, and the hash of the schedule that was proposed last: a node tells both with
    /// `get_block_header_state`, as the last of `blockroot_merkle._active_nodes` and as `pending_schedule.schedule_hash`.
    /// They are not used under Savanna's rules.
    ///
    /// # Errors
    ///
    /// When a list has more than 2^32−1 elements.
    pub fn signing_digest(
        &self,
        block_root: &Checksum256,
        schedule_hash: &Checksum256,
    ) -> Result<Digest, EncodeError> {
        if self.header.is_savanna() {
            return Ok(self.header.id()?.to_bytes().into());
        }
        let header = self.header.digest()?;
        let with_root = hash_pair(header.as_bytes(), block_root.as_bytes());
        Ok(hash_pair(&with_root, schedule_hash.as_bytes()).into())
    }

    /// Returns the key that signed the block; whether it may, the schedule tells. See [`Self::signing_digest`] for the
    /// arguments.
    ///
    /// # Errors
    ///
    /// When the signature can be nobody's.
    pub fn signing_key(
        &self,
        block_root: &Checksum256,
        schedule_hash: &Checksum256,
    ) -> Result<PublicKey, BlockError> {
        let digest = self
            .signing_digest(block_root, schedule_hash)
            .map_err(BlockError::Encode)?;
        self.producer_signature
            .recover(&digest)
            .map_err(BlockError::Signature)
    }
}

/// A block with its transactions.
///
/// In binary it is what the block log, the peer-to-peer protocol and the state history hold. JSON is read as `get_raw_block` and
/// `get_block` print it, and written as the first does, with a `null` where there are no `new_producers`; members that `get_block` adds
/// are ignored.
///
/// ```
/// use eos_abi::{BlockId, SignedBlock};
///
/// # fn check(answer: &str, id: &BlockId) -> Result<(), Box<dyn std::error::Error>> {
/// let block: SignedBlock = eos_abi::json::from_str(answer)?; // of `get_raw_block`
/// block.verify(id)?;
/// println!("{} made block {}", block.header().producer, block.header().block_num());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBlock {
    /// The header with its signature.
    pub signed_header: SignedBlockHeader,
    /// The transactions and what became of them, in order.
    pub transactions: Vec<TransactionReceipt>,
    /// Numbered additions of the protocol, which the header does not cover.
    pub block_extensions: Vec<(u16, Bytes)>,
}

impl SignedBlock {
    /// Returns the header.
    pub const fn header(&self) -> &BlockHeader {
        &self.signed_header.header
    }

    /// Returns the root over the receipts of the transactions that the block has.
    ///
    /// Under Savanna's rules it is another tree, taken from Spring's source.
    ///
    /// # Errors
    ///
    /// When a list has more than 2^32−1 elements.
    pub fn transaction_root(&self) -> Result<Checksum256, EncodeError> {
        let receipts = self.transactions.iter().map(TransactionReceipt::digest);
        let digests = receipts.collect::<Result<Vec<_>, _>>()?;
        Ok(Checksum256::new(if self.header().is_savanna() {
            savanna_root(&digests)
        } else {
            canonical_root(digests)
        }))
    }

    /// Checks that this is the block of an id: that its header has the id, and its transactions are those of the header.
    ///
    /// With an id from a source that is trusted, such as a node's last irreversible block or the `previous` of a block that was
    /// verified, this proves header and transactions. It does not cover the signature and the block's extensions, nor what
    /// `action_mroot` stands for, which no block holds. A block of `get_block` has lost its header extensions, and with them
    /// its id, when there were any.
    ///
    /// # Errors
    ///
    /// When the id or the transactions do not fit.
    pub fn verify(&self, id: &BlockId) -> Result<(), BlockError> {
        let actual = self.header().id().map_err(BlockError::Encode)?;
        if actual != *id {
            return Err(BlockError::OtherId {
                expected: *id,
                actual,
            });
        }
        let actual = self.transaction_root().map_err(BlockError::Encode)?;
        let expected = self.header().transaction_mroot;
        if actual != expected {
            return Err(BlockError::OtherTransactions { expected, actual });
        }
        Ok(())
    }
}

/// Why a block is not what it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// The header has another id.
    #[error("the block has the id {actual}, expected {expected}")]
    OtherId {
        /// The id that was asked for.
        expected: BlockId,
        /// The id of the header.
        actual: BlockId,
    },
    /// The transactions are not those of the header.
    #[error("the block's transactions have the root {actual}, its header says {expected}")]
    OtherTransactions {
        /// The root in the header.
        expected: Checksum256,
        /// The root over the receipts.
        actual: Checksum256,
    },
    /// The signature can be nobody's.
    #[error("the block's signature leads to no key")]
    Signature(#[source] VerifyError),
    /// The block has no binary form.
    #[error("the block cannot be packed")]
    Encode(#[source] EncodeError),
}

/// What became of a transaction in a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionReceipt {
    /// How it ended.
    pub status: TransactionStatus,
    /// The CPU time billed for it, in microseconds.
    pub cpu_usage_us: u32,
    /// The bandwidth billed for it, in words of eight bytes.
    pub net_usage_words: VarUint32,
    /// The transaction.
    pub trx: ReceiptTransaction,
}

impl TransactionReceipt {
    /// Returns the digest that goes into the block's root.
    fn digest(&self) -> Result<[u8; 32], EncodeError> {
        let mut hash = HashWriter(Sha256::new());
        let costs = (&self.status, self.cpu_usage_us, self.net_usage_words);
        to_writer(&mut hash, &costs)?;
        match &self.trx {
            ReceiptTransaction::Id(id) => hash.0.update(id),
            ReceiptTransaction::Packed(packed) => hash.0.update(packed_digest(packed)?),
        }
        Ok(hash.0.finalize().into())
    }
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the protocol has these five")]
pub enum TransactionStatus {
    /// It was carried out.
    Executed,
    /// It failed, and its error handler was carried out.
    SoftFail,
    /// It failed, and so did its error handler.
    HardFail,
    /// It is to be carried out later.
    Delayed,
    /// It was to be carried out later and expired.
    Expired,
}

/// A transaction in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the protocol has these two")]
pub enum ReceiptTransaction {
    /// One that an earlier block or a contract scheduled.
    Id(TransactionId),
    /// One that was sent.
    Packed(PackedTransaction),
}

/// Hashes a packed transaction so that what can be pruned of it stands apart.
fn packed_digest(packed: &PackedTransaction) -> Result<[u8; 32], EncodeError> {
    let prunable = (&packed.signatures, &packed.packed_context_free_data);
    let prunable: [u8; 32] = Sha256::digest(to_bytes(&prunable)?).into();
    let rest = to_bytes(&(packed.compression, &packed.packed_trx))?;
    Ok(Sha256::new()
        .chain_update(rest)
        .chain_update(prunable)
        .finalize()
        .into())
}

fn hash_pair(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Returns the root before Savanna: a level with an odd number has its last digest twice, and whether a digest stood left
/// or right is told by its first bit.
fn canonical_root(mut digests: Vec<[u8; 32]>) -> [u8; 32] {
    while digests.len() > 1 {
        digests = digests
            .chunks(2)
            .filter_map(|pair| {
                let mut left = *pair.first()?;
                let mut right = *pair.last()?;
                if let (Some(left), Some(right)) = (left.first_mut(), right.first_mut()) {
                    *left &= 0x7f;
                    *right |= 0x80;
                }
                Some(hash_pair(&left, &right))
            })
            .collect();
    }
    digests.first().copied().unwrap_or_default()
}

/// Returns the root under Savanna's rules: full trees over the greatest power of two that fits, and the same for the rest.
fn savanna_root(digests: &[[u8; 32]]) -> [u8; 32] {
    match digests {
        [] => [0; 32],
        [only] => *only,
        _ => {
            // The greatest power of two below the length, so that a full tree has two halves.
            let half = digests.len().div_ceil(2).next_power_of_two();
            let (left, right) = digests.split_at(half.min(digests.len()));
            hash_pair(&savanna_root(left), &savanna_root(right))
        }
    }
}

/// A signed header in JSON: one object. (No field of it is ever a number in quotes, which `flatten` would not read.)
#[derive(Serialize, Deserialize)]
struct FlatHeader<H, S> {
    #[serde(flatten)]
    header: H,
    producer_signature: S,
}

/// A block in JSON: one object.
#[derive(Serialize, Deserialize)]
struct FlatBlock<H, T: Default, E: Default> {
    #[serde(flatten)]
    signed_header: H,
    transactions: T,
    #[serde(default)]
    block_extensions: E,
}

impl Serialize for SignedBlockHeader {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            header,
            producer_signature,
        } = self;
        if serializer.is_human_readable() {
            return FlatHeader {
                header,
                producer_signature,
            }
            .serialize(serializer);
        }
        (header, producer_signature).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignedBlockHeader {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (header, producer_signature) = if deserializer.is_human_readable() {
            let flat = FlatHeader::deserialize(deserializer)?;
            (flat.header, flat.producer_signature)
        } else {
            Deserialize::deserialize(deserializer)?
        };
        Ok(Self {
            header,
            producer_signature,
        })
    }
}

impl Serialize for SignedBlock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return FlatBlock {
                signed_header: &self.signed_header,
                transactions: self.transactions.as_slice(),
                block_extensions: self.block_extensions.as_slice(),
            }
            .serialize(serializer);
        }
        (
            &self.signed_header,
            &self.transactions,
            &self.block_extensions,
        )
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignedBlock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (signed_header, transactions, block_extensions) = if deserializer.is_human_readable() {
            let flat = FlatBlock::deserialize(deserializer)?;
            (flat.signed_header, flat.transactions, flat.block_extensions)
        } else {
            Deserialize::deserialize(deserializer)?
        };
        Ok(Self {
            signed_header,
            transactions,
            block_extensions,
        })
    }
}

/// The binary form of [`ReceiptTransaction`], and the indices that stand for its variants in JSON too.
#[derive(Serialize, Deserialize)]
enum Indexed<I, P> {
    Id(I),
    Packed(P),
}

impl Serialize for ReceiptTransaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self, serializer.is_human_readable()) {
            (Self::Id(id), true) => (0, id).serialize(serializer),
            (Self::Packed(packed), true) => (1, packed).serialize(serializer),
            (Self::Id(id), false) => Indexed::<_, ()>::Id(id).serialize(serializer),
            (Self::Packed(packed), false) => Indexed::<(), _>::Packed(packed).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ReceiptTransaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_any(ReceiptTransactionVisitor);
        }
        Indexed::deserialize(deserializer).map(|indexed| match indexed {
            Indexed::Id(id) => Self::Id(id),
            Indexed::Packed(packed) => Self::Packed(packed),
        })
    }
}

struct ReceiptTransactionVisitor;

impl<'de> Visitor<'de> for ReceiptTransactionVisitor {
    type Value = ReceiptTransaction;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a transaction or its id, or a list of an index and one of these")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ReceiptTransaction, E> {
        text.parse().map(ReceiptTransaction::Id).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ReceiptTransaction, A::Error> {
        PackedTransaction::deserialize(MapAccessDeserializer::new(map))
            .map(ReceiptTransaction::Packed)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ReceiptTransaction, A::Error> {
        let pair = || A::Error::invalid_length(0, &"an index and a value");
        let transaction = match seq.next_element::<u8>()?.ok_or_else(pair)? {
            0 => seq.next_element()?.map(ReceiptTransaction::Id),
            1 => seq.next_element()?.map(ReceiptTransaction::Packed),
            index => {
                return Err(A::Error::custom(format_args!(
                    "a transaction in a block has the index 0 or 1, not {index}"
                )));
            }
        };
        match seq.next_element::<IgnoredAny>()? {
            None => transaction.ok_or_else(pair),
            Some(_) => Err(pair()),
        }
    }
}
