//! What a spec rules out is told before anything is started, all of it at once.

use baas_bootstrap::{AccountKeys, ChainSpec, Error};
use eos_abi::{Asset, Name};
use eos_keys::PublicKey;

fn problems(spec: &ChainSpec) -> Vec<String> {
    spec.check().iter().map(ToString::to_string).collect()
}

fn sys(text: &str) -> Asset {
    text.parse().unwrap()
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[test]
fn the_tutorial_can_be_carried_out() {
    let spec = ChainSpec::tutorial();
    assert_eq!(problems(&spec), [""; 0]);
    assert_eq!(spec.elected().len(), 4);
    let holders: Vec<String> = spec.key_holders().iter().map(ToString::to_string).collect();
    assert_eq!(
        holders,
        ["eosio", "eosio.token", "alex", "bp1", "bp2", "bp3", "bp4"]
    );
}

#[test]
fn the_tutorial_issues_everything_and_is_warned() {
    let mut spec = ChainSpec::tutorial();
    let warnings = spec.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains("rewards can never be paid"),
        "{}",
        warnings[0]
    );
    spec.token.maximum_supply = sys("10000000000.0000 SYS");
    assert_eq!(spec.warnings(), [""; 0]);
}

#[test]
fn more_stake_than_supply_is_refused() {
    let mut spec = ChainSpec::tutorial();
    spec.delegations[0].net = sys("999999000.0000 SYS");
    let problems = problems(&spec);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with(
        "token.issue: the stakes, transfers and RAM paid by eosio add up to 1050013020,"
    ));
}

#[test]
fn the_largest_amounts_do_not_overflow_the_sum() {
    let mut spec = ChainSpec::tutorial();
    let most = sys("461168601842738.7903 SYS");
    spec.delegations[0].net = most;
    spec.delegations[0].cpu = most;
    assert_eq!(problems(&spec).len(), 1);
}

#[test]
fn every_problem_is_told_with_its_place() {
    let mut spec = ChainSpec::tutorial();
    spec.token.issue = sys("2000000000.0000 SYS");
    spec.producers[3].name = name("bp1");
    spec.producers[1].stake_net = sys("500.0000 EOS");
    spec.accounts[0].name = name("eosio.token");
    spec.votes[0].producers = vec![name("bp2"), name("bp2"), name("bp5")];
    spec.delegations[0].receiver = name("nobody");
    assert_eq!(
        problems(&spec),
        [
            "token.issue: 2000000000.0000 SYS is more than the maximum supply",
            "accounts[0].name: `eosio.token` is already the name of the system's accounts",
            "producers[3].name: `bp1` is already the name of producers[0].name",
            "producers[1].stake_net: `500.0000 EOS` is not of the core symbol 4,SYS",
            "delegations[0].receiver: `nobody` is neither eosio nor among the accounts and producers",
            "votes[0].voter: `bp1` has no stake of its own: a delegation to it needs `transfer: true`",
            "votes[0].producers[1]: `bp2` is named twice",
            "votes[0].producers[2]: `bp5` is not among the producers",
        ]
    );
}

#[test]
fn amounts_of_another_precision_are_refused() {
    let mut spec = ChainSpec::tutorial();
    spec.producers[0].stake_cpu = sys("500.00 SYS");
    assert_eq!(
        problems(&spec),
        ["producers[0].stake_cpu: `500.00 SYS` is not of the core symbol 4,SYS"]
    );
}

#[test]
fn producers_nobody_votes_for_are_a_warning() {
    let mut spec = ChainSpec::tutorial();
    spec.votes[0].producers.pop();
    assert_eq!(problems(&spec), [""; 0]);
    assert!(
        spec.warnings()
            .iter()
            .any(|warning| warning.contains("nobody votes for producer bp4"))
    );
}

#[test]
fn two_wishes_for_one_stake_are_refused() {
    let mut spec = ChainSpec::tutorial();
    let mut again = spec.delegations[0].clone();
    spec.delegations.push(again.clone());
    again.transfer = false;
    spec.delegations.push(again);
    assert_eq!(
        problems(&spec),
        [
            "delegations[1]: adds to delegations[0]; name one amount for both",
            "delegations[2]: adds to the stake of `bp1` itself; name one amount for both",
        ]
    );
}

#[test]
fn a_voter_needs_stake_of_its_own() {
    let mut spec = ChainSpec::tutorial();
    spec.delegations.clear();
    assert_eq!(
        problems(&spec),
        [
            "votes[0].voter: `bp1` has no stake of its own: a delegation to it needs `transfer: true`"
        ]
    );
}

#[test]
fn nobody_delegates_what_they_have_not_received() {
    let mut spec = ChainSpec::tutorial();
    let mut delegation = spec.delegations[0].clone();
    delegation.from = name("alex");
    delegation.receiver = name("alex");
    delegation.transfer = false;
    delegation.net = sys("9000.0000 SYS");
    delegation.cpu = sys("1000.0001 SYS");
    spec.delegations.push(delegation);
    assert_eq!(
        problems(&spec),
        ["delegations[1].from: `alex` receives 10000.0000 SYS, and delegates more than that"]
    );
}

#[test]
fn a_schedule_takes_21_producers() {
    let mut spec = ChainSpec::tutorial();
    let letters = "abcdefghijklmnopqr";
    for letter in letters.chars() {
        let mut producer = spec.producers[0].clone();
        producer.name = name(&format!("bp{letter}"));
        spec.votes[0].producers.push(producer.name);
        spec.producers.push(producer);
    }
    assert_eq!(
        problems(&spec),
        ["votes: 22 producers are voted for, a schedule takes 21"]
    );
}

#[test]
fn ram_must_hold_an_account_and_cost_something() {
    let mut spec = ChainSpec::tutorial();
    spec.accounts[0].ram_bytes = 2995;
    assert_eq!(
        problems(&spec),
        ["accounts[0].ram_bytes: 2995 bytes do not hold an account, 2996 do"]
    );

    let mut spec = ChainSpec::tutorial();
    spec.token.issue = sys("1000000.0000 SYS");
    spec.delegations[0].net = sys("1.0000 SYS");
    spec.delegations[0].cpu = sys("1.0000 SYS");
    let problems = problems(&spec);
    assert_eq!(problems.len(), 5, "{problems:#?}");
    assert!(
        problems[0].starts_with("accounts[0].ram_bytes: 8192 bytes cost less than two"),
        "{}",
        problems[0]
    );
}

#[test]
fn ram_is_paid_for_besides_the_stakes() {
    let mut spec = ChainSpec::tutorial();
    // All of the rest is staked, and nothing is left for RAM.
    spec.delegations[0].cpu = sys("899985980.0000 SYS");
    let problems = problems(&spec);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].contains("more than the 1000000000.0000 SYS that are issued"),
        "{}",
        problems[0]
    );
    spec.delegations[0].cpu = sys("899985979.0000 SYS");
    assert_eq!(spec.check().len(), 0);
}

#[test]
fn a_key_that_everybody_knows_is_refused_unless_danger_is_meant() {
    let known: PublicKey = "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV"
        .parse()
        .unwrap();
    let error = AccountKeys::new([(name("alex"), known.clone())]).unwrap_err();
    assert!(
        matches!(&error, Error::PublishedKey { account, key } if *account == name("alex") && *key == known),
        "{error}"
    );
    let keys = AccountKeys::danger_with_published([(name("alex"), known.clone())]);
    assert_eq!(*keys.get(name("alex")).unwrap(), known);
    assert!(matches!(keys.get(name("bp1")), Err(Error::NoKey { .. })));
}
