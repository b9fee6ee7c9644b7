use serde::{Deserialize, Serialize};

use crate::reader::{Check, Problems};

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
    /// The rules of `chain_config_v0::validate`, which nodeos applies to a genesis as well as to later changes of these values.
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
            self.context_free_discount_net_usage_num <= self.context_free_discount_net_usage_den,
            "context_free_discount_net_usage_num",
            "it must not be above context_free_discount_net_usage_den".to_owned(),
        );
        let is_below_block = self.max_transaction_cpu_usage < self.max_block_cpu_usage;
        rule(
            is_below_block,
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
        let room = self
            .max_block_cpu_usage
            .saturating_sub(self.max_transaction_cpu_usage);
        rule(
            !is_below_block
                || self.min_transaction_cpu_usage > self.max_transaction_cpu_usage
                || self.min_transaction_cpu_usage < room,
            "min_transaction_cpu_usage",
            format!("it must be below max_block_cpu_usage - max_transaction_cpu_usage, {room}"),
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

    #[test]
    fn each_rule_of_nodeos_is_kept_to_the_number() {
        fn with(change: fn(&mut ChainParameters)) -> ChainParameters {
            let mut parameters = ChainParameters::default();
            change(&mut parameters);
            parameters
        }
        // Each was given to nodeos 4.1, which started with the first and not with the second.
        for (good, bad, field) in [
            (
                with(|p| p.target_block_net_usage_pct = 10),
                with(|p| p.target_block_net_usage_pct = 9),
                "target_block_net_usage_pct",
            ),
            (
                with(|p| p.target_block_cpu_usage_pct = 10_000),
                with(|p| p.target_block_cpu_usage_pct = 10_001),
                "target_block_cpu_usage_pct",
            ),
            (
                with(|p| p.max_block_net_usage = 524_289),
                with(|p| p.max_block_net_usage = 524_288),
                "max_transaction_net_usage",
            ),
            (
                with(|p| p.max_transaction_net_usage = 10_252),
                with(|p| p.max_transaction_net_usage = 10_251),
                "max_transaction_net_usage",
            ),
            (
                with(|p| p.context_free_discount_net_usage_num = 100),
                with(|p| p.context_free_discount_net_usage_num = 101),
                "context_free_discount_net_usage_num",
            ),
            (
                with(|p| p.max_transaction_cpu_usage = 199_899),
                with(|p| p.max_transaction_cpu_usage = 199_900),
                "min_transaction_cpu_usage",
            ),
            (
                with(|p| p.min_transaction_cpu_usage = 49_999),
                with(|p| p.min_transaction_cpu_usage = 50_000),
                "min_transaction_cpu_usage",
            ),
            (
                with(|p| p.max_authority_depth = 1),
                with(|p| p.max_authority_depth = 0),
                "max_authority_depth",
            ),
        ] {
            crate::reader::check(&good).unwrap();
            let errors = crate::reader::check(&bad).unwrap_err();
            let paths: Vec<&str> = errors.problems().iter().map(|p| p.path.as_str()).collect();
            assert_eq!(paths, [field]);
        }
    }
}
