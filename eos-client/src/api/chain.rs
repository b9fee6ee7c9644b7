//! `chain_api_plugin`.

use eos_abi::{
    Asset, Authority, BlockId, BlockTimestamp, ChainId, Checksum256, KeyWeight, Name, SymbolCode,
    TimePoint, TransactionId,
};
use eos_keys::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

use crate::{Client, Error};

/// Answer of `get_info`: where the chain is, as this node sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Info {
    /// The chain's id.
    pub chain_id: ChainId,
    /// The number of the newest block.
    pub head_block_num: u32,
    /// The id of the newest block.
    pub head_block_id: BlockId,
    /// The time of the newest block.
    pub head_block_time: TimePoint,
    /// Who made the newest block.
    pub head_block_producer: Name,
    /// The number of the last block that can no longer be replaced.
    pub last_irreversible_block_num: u32,
    /// The id of that block.
    pub last_irreversible_block_id: BlockId,
    /// The time of that block, where the node tells it.
    #[serde(default)]
    pub last_irreversible_block_time: Option<TimePoint>,
    /// The node's version, as in `v4.1.0`.
    #[serde(default)]
    pub server_version_string: Option<String>,
}

/// Answer of `get_block`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Block {
    /// The block's number.
    pub block_num: u32,
    /// The block's id.
    pub id: BlockId,
    /// The block before it.
    pub previous: BlockId,
    /// The slot it was made for.
    pub timestamp: BlockTimestamp,
    /// Who made it.
    pub producer: Name,
    /// The version of the producer schedule it was made under.
    pub schedule_version: u32,
    /// The producer's signature.
    pub producer_signature: Signature,
    /// The transactions in it, in order.
    pub transactions: Vec<BlockTransaction>,
}

/// One transaction of a [`Block`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BlockTransaction {
    /// `executed`, or how it ended otherwise (`soft_fail`, `hard_fail`, `delayed`, `expired`).
    pub status: String,
    /// The CPU time billed for it, in microseconds.
    pub cpu_usage_us: u32,
    /// The bandwidth billed for it, in words of 8 bytes.
    pub net_usage_words: u32,
    /// The transaction's id.
    #[serde(rename = "trx", deserialize_with = "transaction_id")]
    pub id: TransactionId,
}

/// Reads the id of a transaction that stands in a block as a whole or, when it was deferred, as its id alone.
fn transaction_id<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<TransactionId, D::Error> {
    struct Visitor;

    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = TransactionId;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a transaction or its id")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map_err(E::custom)
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            #[derive(Deserialize)]
            struct Transaction {
                id: TransactionId,
            }
            Transaction::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                .map(|transaction| transaction.id)
        }
    }

    deserializer.deserialize_any(Visitor)
}

/// Answer of `get_block_info`: a block's header, without its transactions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BlockInfo {
    /// The block's number.
    pub block_num: u32,
    /// The block's id.
    pub id: BlockId,
    /// The block before it.
    pub previous: BlockId,
    /// The slot it was made for.
    pub timestamp: BlockTimestamp,
    /// Who made it.
    pub producer: Name,
    /// The version of the producer schedule it was made under.
    pub schedule_version: u32,
    /// The producer's signature.
    pub producer_signature: Signature,
}

/// Answer of `get_account`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Account {
    /// The account.
    pub account_name: Name,
    /// Whether the account may do what only the system may.
    pub privileged: bool,
    /// When the account was made.
    pub created: TimePoint,
    /// When its contract was last set; 1970 when it never was.
    pub last_code_update: TimePoint,
    /// The RAM it owns in bytes; −1 where RAM is not limited.
    pub ram_quota: i64,
    /// The RAM it uses in bytes.
    pub ram_usage: i64,
    /// Its stake for NET; −1 where NET is not limited.
    pub net_weight: i64,
    /// Its stake for CPU; −1 where CPU is not limited.
    pub cpu_weight: i64,
    /// Its permissions.
    pub permissions: Vec<Permission>,
    /// What the system contract keeps about its stake, where there is a system contract.
    #[serde(default)]
    pub total_resources: Option<TotalResources>,
    /// What the system contract keeps about its votes.
    #[serde(default)]
    pub voter_info: Option<VoterInfo>,
}

/// A permission of an [`Account`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Permission {
    /// The permission's name.
    pub perm_name: Name,
    /// The permission above it; empty for `owner`.
    pub parent: Name,
    /// Who can satisfy it.
    pub required_auth: Authority,
}

/// The stake and RAM of an [`Account`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TotalResources {
    /// Staked for NET.
    pub net_weight: Asset,
    /// Staked for CPU.
    pub cpu_weight: Asset,
    /// RAM in bytes.
    pub ram_bytes: i64,
}

/// The votes of an [`Account`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct VoterInfo {
    /// Whom it votes for.
    pub producers: Vec<Name>,
    /// What it has staked, in units of the core token.
    pub staked: i64,
}

/// Answer of `get_producer_schedule`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ProducerSchedules {
    /// The schedule that signs now.
    pub active: ProducerSchedule,
    /// The schedule that waits for its block to become irreversible.
    pub pending: Option<ProducerSchedule>,
    /// The schedule that the system contract proposed last.
    pub proposed: Option<ProducerSchedule>,
}

/// Producers in the order in which they sign.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ProducerSchedule {
    /// Counts the schedules of a chain.
    pub version: u32,
    /// Who signs.
    pub producers: Vec<ScheduledProducer>,
}

/// A producer of a [`ProducerSchedule`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ScheduledProducer {
    /// The producer's account.
    pub producer_name: Name,
    /// The keys that sign its blocks (absent in versions that have a single `block_signing_key`).
    #[serde(default)]
    pub authority: Option<BlockSigningAuthority>,
}

/// How a producer's blocks are signed. Written as `[0, {…}]`, the variant's index first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BlockSigningAuthority(u8, BlockSigningAuthorityV0);

/// The only version of a block signing authority so far.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct BlockSigningAuthorityV0 {
    threshold: u32,
    keys: Vec<KeyWeight>,
}

impl BlockSigningAuthority {
    /// Returns the keys and their weights.
    pub fn keys(&self) -> &[KeyWeight] {
        &self.1.keys
    }

    /// Returns the weight that the signatures must reach.
    pub fn threshold(&self) -> u32 {
        self.1.threshold
    }
}

/// A token, as in the answer of `get_currency_stats`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CurrencyStats {
    /// What has been issued.
    pub supply: Asset,
    /// What can be issued at most.
    pub max_supply: Asset,
    /// Who issues.
    pub issuer: Name,
}

/// Answer of `get_raw_abi`: an account's ABI with the hashes of code and ABI.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RawAbi {
    /// The account.
    pub account_name: Name,
    /// SHA-256 of its WebAssembly; zero when it has none.
    pub code_hash: Checksum256,
    /// SHA-256 of its packed ABI.
    pub abi_hash: Checksum256,
}

/// An activated protocol feature.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ActivatedFeature {
    /// The feature's digest, which names it.
    pub feature_digest: Checksum256,
    /// The block that activated it.
    pub activation_block_num: u32,
    #[serde(default)]
    specification: FeatureSpecification,
}

impl ActivatedFeature {
    /// Returns the feature's name: `PREACTIVATE_FEATURE`.
    pub fn codename(&self) -> Option<&str> {
        self.specification.codename()
    }
}

/// What nodes tell of a feature's nature, as a list of names and values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(super) struct FeatureSpecification(Vec<SpecificationEntry>);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct SpecificationEntry {
    name: String,
    value: String,
}

impl FeatureSpecification {
    pub(super) fn codename(&self) -> Option<&str> {
        self.0
            .iter()
            .find(|entry| entry.name == "builtin_feature_codename")
            .map(|entry| entry.value.as_str())
    }
}

impl Client {
    /// Returns where the chain is, as this node sees it.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_info(&self) -> Result<Info, Error> {
        self.call("/v1/chain/get_info", &Empty {}).await
    }

    /// Returns the block of a number, with its transactions.
    ///
    /// # Errors
    /// See [`Client::call`]; a block the node does not have is a [`NodeError`](crate::NodeError).
    pub async fn get_block(&self, block_num: u32) -> Result<Block, Error> {
        #[derive(Serialize)]
        struct Request {
            block_num_or_id: u32,
        }
        self.call(
            "/v1/chain/get_block",
            &Request {
                block_num_or_id: block_num,
            },
        )
        .await
    }

    /// Returns the header of the block of a number.
    ///
    /// # Errors
    /// See [`Client::call`]; a block the node does not have is a [`NodeError`](crate::NodeError).
    pub async fn get_block_info(&self, block_num: u32) -> Result<BlockInfo, Error> {
        #[derive(Serialize)]
        struct Request {
            block_num: u32,
        }
        self.call("/v1/chain/get_block_info", &Request { block_num })
            .await
    }

    /// Returns an account, or `None` when the chain has none of that name.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_account(&self, account: Name) -> Result<Option<Account>, Error> {
        let answer = self
            .call(
                "/v1/chain/get_account",
                &AccountRequest {
                    account_name: account,
                },
            )
            .await;
        match answer {
            Ok(account) => Ok(Some(account)),
            // account_query_exception: the lookup found nothing.
            Err(Error::Node { source, .. }) if source.code == 3_060_002 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns an account's ABI hashes (and the hash of its code).
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_raw_abi(&self, account: Name) -> Result<RawAbi, Error> {
        self.call(
            "/v1/chain/get_raw_abi",
            &AccountRequest {
                account_name: account,
            },
        )
        .await
    }

    /// Returns what an account holds of a token, or `None` when it never held any.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_currency_balance(
        &self,
        token: Name,
        account: Name,
        symbol: SymbolCode,
    ) -> Result<Option<Asset>, Error> {
        #[derive(Serialize)]
        struct Request {
            code: Name,
            account: Name,
            symbol: SymbolCode,
        }
        let balances: Vec<Asset> = self
            .call(
                "/v1/chain/get_currency_balance",
                &Request {
                    code: token,
                    account,
                    symbol,
                },
            )
            .await?;
        Ok(balances.into_iter().next())
    }

    /// Returns supply and issuer of a token, or `None` when it has not been created.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_currency_stats(
        &self,
        token: Name,
        symbol: SymbolCode,
    ) -> Result<Option<CurrencyStats>, Error> {
        #[derive(Serialize)]
        struct Request {
            code: Name,
            symbol: SymbolCode,
        }
        let mut stats: std::collections::BTreeMap<String, CurrencyStats> = self
            .call(
                "/v1/chain/get_currency_stats",
                &Request {
                    code: token,
                    symbol,
                },
            )
            .await?;
        Ok(stats.remove(&symbol.to_string()))
    }

    /// Returns who signs blocks now, and who will next.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_producer_schedule(&self) -> Result<ProducerSchedules, Error> {
        self.call("/v1/chain/get_producer_schedule", &Empty {})
            .await
    }

    /// Returns the protocol features that are active, in the order of their activation.
    ///
    /// # Errors
    /// See [`Client::call`].
    pub async fn get_activated_protocol_features(&self) -> Result<Vec<ActivatedFeature>, Error> {
        #[derive(Serialize)]
        struct Request {
            lower_bound: u32,
            limit: u32,
        }
        #[derive(Deserialize)]
        struct Answer {
            activated_protocol_features: Vec<ActivatedFeature>,
            #[serde(default)]
            more: Option<u32>,
        }
        let mut features = Vec::new();
        let mut lower_bound = 0;
        loop {
            let answer: Answer = self
                .call(
                    "/v1/chain/get_activated_protocol_features",
                    &Request {
                        lower_bound,
                        limit: 100,
                    },
                )
                .await?;
            features.extend(answer.activated_protocol_features);
            match answer.more {
                Some(more) if more > lower_bound => lower_bound = more,
                _ => return Ok(features),
            }
        }
    }

    /// Returns which of `available` must sign a transaction.
    ///
    /// # Errors
    /// See [`Client::call`]; keys that do not suffice are a [`NodeError`](crate::NodeError).
    pub async fn get_required_keys(
        &self,
        transaction: &eos_abi::Transaction,
        available: &[PublicKey],
    ) -> Result<Vec<PublicKey>, Error> {
        #[derive(Serialize)]
        struct Request<'a> {
            transaction: &'a eos_abi::Transaction,
            available_keys: &'a [PublicKey],
        }
        #[derive(Deserialize)]
        struct Answer {
            required_keys: Vec<PublicKey>,
        }
        let answer: Answer = self
            .call(
                "/v1/chain/get_required_keys",
                &Request {
                    transaction,
                    available_keys: available,
                },
            )
            .await?;
        Ok(answer.required_keys)
    }
}

/// A request without arguments.
#[derive(Serialize)]
pub(crate) struct Empty {}

#[derive(Serialize)]
struct AccountRequest {
    account_name: Name,
}
