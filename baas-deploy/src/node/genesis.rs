use eos_abi::{BlockTimestamp, ChainId, Checksum256, EncodeError, TimePoint};
use eos_keys::PublicKey;
use serde::{Deserialize, Serialize};

use super::chain_parameters::ChainParameters;
use super::versions::NodeVersion;

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

/// Says what is wrong with a time for a chain to begin.
///
/// nodeos reads three digits of a second's fraction and no more (of `.123456` it makes 123 seconds), and counts the half seconds of its
/// blocks from 2000 on in 32 bits.
pub(crate) fn timestamp_problem(time: TimePoint) -> Option<&'static str> {
    let first = TimePoint::from(BlockTimestamp::from_slot(0));
    let last = TimePoint::from(BlockTimestamp::from_slot(u32::MAX));
    // The last one has no time after it, which nodeos computes as it starts again.
    if !(first..last).contains(&time) {
        Some(
            "a chain cannot begin before 2000-01-01 or from 2068-01-19T03:14:07.500 on, for its blocks have no such time",
        )
    } else if time.to_microseconds() % 1000 != 0 {
        Some("nodeos reads no more than milliseconds: write at most three digits after the point")
    } else {
        None
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
    fn a_chain_begins_at_a_time_that_nodeos_reads_as_it_is_written_and_its_blocks_can_have() {
        // What nodeos 4.1 made of each: the chain id of another time, a first block in another century, or its end.
        for (time, is_good) in [
            ("2000-01-01T00:00:00", true),
            ("2020-01-01T00:00:00.5", true),
            ("2020-01-01T00:00:00.123", true),
            ("2038-01-19T03:14:08", true),
            ("2068-01-19T03:14:07.499", true),
            ("2068-01-19T03:14:07.500", false),
            ("2020-01-01T00:00:00.123456", false),
            ("1969-12-31T23:59:59", false),
            ("1970-01-01T00:00:00", false),
            ("1999-12-31T23:59:59.500", false),
            ("2068-01-19T03:14:08", false),
            ("2106-02-07T06:28:16", false),
            ("2200-01-01T00:00:00", false),
        ] {
            let found = timestamp_problem(time.parse().unwrap());
            assert_eq!(found.is_none(), is_good, "{time}: {found:?}");
        }
    }
}
