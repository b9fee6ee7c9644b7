use eos_abi::{ChainId, Checksum256, EncodeError, TimePoint};
use eos_keys::PublicKey;
use serde::{Deserialize, Serialize};

use super::versions::NodeVersion;
use crate::reader::{Check, Problems};

/// The first state of a chain, as in `genesis.json`. Its packed form makes the chain's id.
///
/// nodeos silently ignores fields that it does not know, so there are none but these; see
/// [`genesis_state`](https://github.com/AntelopeIO/leap/blob/v4.0.0/libraries/chain/include/eosio/chain/genesis_state.hpp).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Genesis {
    /// When the chain begins; block 1 has this time.
    pub initial_timestamp: TimePoint,
    /// The key of `eosio`, which produces and owns everything at first.
    pub initial_key: PublicKey,
    /// The limits of the chain.
    pub initial_configuration: ChainParameters,
}

/// The limits of a chain. In YAML each may be left out; the default is what Leap uses for a new
/// chain, which leaves room for the system contracts of today.
///
/// Fields are in the order in which the chain packs them
/// ([`chain_config_v0`](https://github.com/AntelopeIO/leap/blob/v4.0.0/libraries/chain/include/eosio/chain/chain_config.hpp)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChainParameters {
    /// Bytes that a block may have.
    pub max_block_net_usage: u64,
    /// From which share of that (in 1/100 %) the chain counts as congested.
    pub target_block_net_usage_pct: u32,
    /// Bytes that a transaction may have.
    pub max_transaction_net_usage: u32,
    /// Bytes that each transaction is billed for its overhead.
    pub base_per_transaction_net_usage: u32,
    /// Bytes by which an account may exceed its share while it is computed.
    pub net_usage_leeway: u32,
    /// Numerator of the discount for context-free data.
    pub context_free_discount_net_usage_num: u32,
    /// Denominator of the discount for context-free data.
    pub context_free_discount_net_usage_den: u32,
    /// Microseconds of CPU that a block may use.
    pub max_block_cpu_usage: u32,
    /// From which share of that (in 1/100 %) the chain counts as congested.
    pub target_block_cpu_usage_pct: u32,
    /// Microseconds of CPU that a transaction may use.
    pub max_transaction_cpu_usage: u32,
    /// Microseconds of CPU that each transaction is billed at least.
    pub min_transaction_cpu_usage: u32,
    /// Seconds after which a transaction expires at the latest.
    pub max_transaction_lifetime: u32,
    /// Seconds that a deferred transaction has from its time to its expiration.
    pub deferred_trx_expiration_window: u32,
    /// Seconds by which a transaction may be deferred.
    pub max_transaction_delay: u32,
    /// Bytes that an inline action may have.
    pub max_inline_action_size: u32,
    /// How deep actions may call each other.
    pub max_inline_action_depth: u16,
    /// How deep authorities may refer to each other.
    pub max_authority_depth: u16,
}

impl Genesis {
    /// Returns a genesis.
    pub fn new(
        initial_timestamp: TimePoint,
        initial_key: PublicKey,
        initial_configuration: ChainParameters,
    ) -> Self {
        Self {
            initial_timestamp,
            initial_key,
            initial_configuration,
        }
    }

    /// Returns the id of the chain that begins so: the SHA-256 of the packed genesis.
    ///
    /// ```
    /// use baas_deploy::node::{ChainParameters, Genesis};
    ///
    /// let key = "EOS892Zb2NisQx3sgWToaotCKvaDngYmoC7THvhn3g4A96zeKqw1v".parse()?;
    /// let genesis = Genesis::new("2024-03-02T12:00:00".parse()?, key, ChainParameters::default());
    /// // As a real node reports it in `get_info`.
    /// let id = "90a17a10e5149e1101142c3b0bfae6a723f821582c51eb52aa0c602a1dd2656f";
    /// assert_eq!(genesis.chain_id().to_string(), id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: integers and a key have a packed form"
    )]
    pub fn chain_id(&self) -> ChainId {
        let packed: Result<Vec<u8>, EncodeError> = eos_abi::to_bytes(self);
        let packed = packed.expect("integers and a key have a packed form");
        ChainId::from(*Checksum256::hash(&packed).as_bytes())
    }

    /// Returns the id of the chain that begins so on a version.
    ///
    /// Only that of Dawn 4.1 differs: its packed genesis has the two fields more that its JSON has
    /// ([`genesis_state`](https://github.com/EOSIO/eos/blob/dawn-v4.1.0/libraries/chain/include/eosio/chain/genesis_state.hpp)).
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: integers and a key have a packed form"
    )]
    pub fn chain_id_on(&self, version: NodeVersion) -> ChainId {
        if version != NodeVersion::Dawn4_1 {
            return self.chain_id();
        }
        let packed: Result<Vec<u8>, EncodeError> = eos_abi::to_bytes(self);
        let mut packed = packed.expect("integers and a key have a packed form");
        packed.extend(DAWN_GENERATED_TRANSACTIONS.to_le_bytes());
        packed.extend([0; 32]);
        ChainId::from(*Checksum256::hash(&packed).as_bytes())
    }

    /// Returns the text of `genesis.json` for a version. That of Dawn 4.1 has two fields more, with the values that the tutorial gives
    /// them: `max_generated_transaction_count` and `initial_chain_id`. Later versions have neither.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: integers and text have a JSON form"
    )]
    pub fn to_json_for(&self, version: NodeVersion) -> String {
        if version != NodeVersion::Dawn4_1 {
            return self.to_json();
        }
        let dawn = DawnGenesis {
            initial_timestamp: self.initial_timestamp,
            initial_key: &self.initial_key,
            initial_configuration: DawnParameters {
                parameters: &self.initial_configuration,
                max_generated_transaction_count: DAWN_GENERATED_TRANSACTIONS,
            },
            initial_chain_id: "0".repeat(64),
        };
        let mut json =
            serde_json::to_string_pretty(&dawn).expect("integers and text have a JSON form");
        json.push('\n');
        json
    }

    /// Returns the text of `genesis.json`.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: integers and text have a JSON form"
    )]
    pub fn to_json(&self) -> String {
        let mut json =
            serde_json::to_string_pretty(self).expect("integers and text have a JSON form");
        json.push('\n');
        json
    }
}

/// How many transactions one may generate on Dawn 4.1, by the tutorial.
const DAWN_GENERATED_TRANSACTIONS: u32 = 16;

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the chain's names")]
struct DawnGenesis<'a> {
    initial_timestamp: TimePoint,
    initial_key: &'a PublicKey,
    initial_configuration: DawnParameters<'a>,
    initial_chain_id: String,
}

#[derive(Serialize)]
struct DawnParameters<'a> {
    #[serde(flatten)]
    parameters: &'a ChainParameters,
    max_generated_transaction_count: u32,
}

impl Default for ChainParameters {
    fn default() -> Self {
        Self {
            max_block_net_usage: 1_048_576,
            target_block_net_usage_pct: 1_000,
            max_transaction_net_usage: 524_288,
            base_per_transaction_net_usage: 12,
            net_usage_leeway: 500,
            context_free_discount_net_usage_num: 20,
            context_free_discount_net_usage_den: 100,
            max_block_cpu_usage: 200_000,
            target_block_cpu_usage_pct: 1_000,
            // Setting `eosio.system` takes 16 ms on an idle machine, and a multiple on a busy one.
            max_transaction_cpu_usage: 150_000,
            min_transaction_cpu_usage: 100,
            max_transaction_lifetime: 3_600,
            deferred_trx_expiration_window: 600,
            max_transaction_delay: 3_888_000,
            max_inline_action_size: 524_288,
            max_inline_action_depth: 6,
            max_authority_depth: 6,
        }
    }
}

impl Check for ChainParameters {
    /// The rules of `chain_config_v0::validate`, which nodeos applies to later changes of these
    /// values, but not to a genesis.
    fn check(&self, problems: &mut Problems<'_>) {
        let mut rule = |holds: bool, field: &str, message: String| {
            if !holds {
                problems.field(field).report(message);
            }
        };
        for (field, value) in [
            (
                "target_block_net_usage_pct",
                self.target_block_net_usage_pct,
            ),
            (
                "target_block_cpu_usage_pct",
                self.target_block_cpu_usage_pct,
            ),
        ] {
            rule(
                (10..=10_000).contains(&value),
                field,
                format!("{value} is not in 10 to 10000"),
            );
        }
        rule(
            u64::from(self.max_transaction_net_usage) < self.max_block_net_usage,
            "max_transaction_net_usage",
            format!(
                "it must be below max_block_net_usage, {}",
                self.max_block_net_usage
            ),
        );
        rule(
            self.max_transaction_net_usage
                .saturating_sub(self.base_per_transaction_net_usage)
                >= 10_240,
            "max_transaction_net_usage",
            "it must be at least base_per_transaction_net_usage + 10240".to_owned(),
        );
        rule(
            self.context_free_discount_net_usage_den > 0,
            "context_free_discount_net_usage_den",
            "it must not be 0".to_owned(),
        );
        rule(
            self.max_transaction_cpu_usage < self.max_block_cpu_usage,
            "max_transaction_cpu_usage",
            format!(
                "it must be below max_block_cpu_usage, {}",
                self.max_block_cpu_usage
            ),
        );
        rule(
            self.min_transaction_cpu_usage <= self.max_transaction_cpu_usage,
            "min_transaction_cpu_usage",
            "it must not be above max_transaction_cpu_usage".to_owned(),
        );
        rule(
            self.max_authority_depth > 0,
            "max_authority_depth",
            "it must not be 0".to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_reads_back() {
        let key = "EOS892Zb2NisQx3sgWToaotCKvaDngYmoC7THvhn3g4A96zeKqw1v"
            .parse()
            .unwrap();
        let time = "2024-03-02T12:00:00.500".parse().unwrap();
        let genesis = Genesis::new(time, key, ChainParameters::default());
        let json = genesis.to_json();
        assert!(
            json.contains(r#""initial_timestamp": "2024-03-02T12:00:00.500""#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Genesis>(&json).unwrap(), genesis);
    }

    #[test]
    fn dawn_has_the_tutorials_fields_in_its_order_and_an_id_of_its_own() {
        let tutorial = include_str!("../../tests/vectors/tutorial/genesis.json");
        let key = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV"
            .parse()
            .unwrap();
        let genesis = Genesis::new(
            "2018-03-02T12:00:00".parse().unwrap(),
            key,
            ChainParameters::default(),
        );
        let fields = |json: &str| -> Vec<String> {
            json.lines()
                .filter_map(|line| {
                    Some(line.trim().strip_prefix('"')?.split_once('"')?.0.to_owned())
                })
                .collect()
        };
        let dawn = genesis.to_json_for(NodeVersion::Dawn4_1);
        assert_eq!(fields(&dawn), fields(tutorial));
        for version in &NodeVersion::ALL[1..] {
            assert_eq!(genesis.to_json_for(*version), genesis.to_json());
            assert_eq!(genesis.chain_id_on(*version), genesis.chain_id());
        }
        assert_ne!(
            genesis.chain_id_on(NodeVersion::Dawn4_1),
            genesis.chain_id()
        );
        insta::assert_snapshot!(dawn);
    }

    #[test]
    fn the_defaults_are_within_the_chains_rules_and_the_tutorials_cpu_is() {
        crate::reader::check(&ChainParameters::default()).unwrap();
        let bad = ChainParameters {
            max_transaction_cpu_usage: 200_000,
            target_block_net_usage_pct: 0,
            ..ChainParameters::default()
        };
        assert_eq!(
            crate::reader::check(&bad).unwrap_err().to_string(),
            "target_block_net_usage_pct: 0 is not in 10 to 10000\n\
             max_transaction_cpu_usage: it must be below max_block_cpu_usage, 200000"
        );
    }
}
