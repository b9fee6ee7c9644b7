//! A chain whose nodes have all been stopped stands still when they run again: each waits for a
//! fresh block of another. Starting it is a decision, and is made here, for one node at a time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use eos_abi::Name;
use eos_client::api::{Info, ProducerSchedule, ProducerSchedules};

use super::launch::{Start, probe};
use super::network::{LocalNetwork, LocalNode};
use crate::error::Error;
use crate::progress::{Event, OnEvent};
use crate::spec::BOOT_ACCOUNT;

/// How long the head of a chain may stand still although one produces: half a second is usual.
const QUIET: Duration = Duration::from_millis(1500);
/// How long it may do so while producers are away: each has twelve half seconds in turn.
const QUIET_A_PRODUCER: Duration = Duration::from_secs(6);
/// How many producers there are at most.
const MOST_PRODUCERS: u32 = 21;
/// How long one that was started may need beyond a round, on a busy machine, for its first block.
const MARGIN: Duration = Duration::from_secs(4);
/// How long a node that runs but does not answer is waited for: it may have the best head.
const SILENT_WITHIN: Duration = Duration::from_secs(10);
/// How many blocks a producer makes in turn.
const IN_TURN: u32 = 12;

/// What a look at the heads of all nodes gave.
enum Pulse {
    Moves {
        head_block_num: u32,
    },
    Still {
        head_block_num: u32,
        /// Who made that block; two forks may be of the same height.
        made_by: BTreeSet<Name>,
        /// The nodes that have it.
        held_by: Vec<usize>,
    },
}

impl LocalNetwork {
    /// Sees to it that the head of a chain that was there before moves, and returns when it does.
    ///
    /// While it stands still, exactly one producer with the best head of all is started again with leave to produce
    /// on a stale chain. When that does not set the others going, it loses that leave, and the next one is
    /// tried: which schedule signs the next block is not told by a node, see [`in_question`]. One that
    /// lacks blocks gets them from its peers first: a node that began anew, on an empty disk, cannot put its own
    /// beginning in the place of the chain.
    ///
    /// `ran_before`: the nodes that have run all the while, and so may produce.
    pub(super) async fn keep_going(
        &mut self,
        ran_before: &[usize],
        on_event: &OnEvent<'_>,
    ) -> Result<(), Error> {
        let deadline = Instant::now() + self.ready_within;
        let mut quiet = self.longest_pause(ran_before).await?;
        let mut tried = BTreeSet::new();
        loop {
            let (best, made_by, held_by) = match self.pulse(quiet, deadline).await? {
                Pulse::Moves { head_block_num } => {
                    on_event(Event::HeadMoves { head_block_num });
                    return Ok(());
                }
                Pulse::Still {
                    head_block_num,
                    made_by,
                    held_by,
                } => (head_block_num, made_by, held_by),
            };
            let schedules = self.schedules(&held_by).await?;
            let accounts = in_question(&schedules, &made_by);
            let with_account = |account: &Name| {
                held_by
                    .iter()
                    .find(|at| self.nodes[**at].account() == Some(*account))
            };
            let candidates: Vec<usize> =
                accounts.iter().filter_map(with_account).copied().collect();
            let frozen = |reason| Error::Frozen {
                head_block_num: best,
                reason,
            };
            if candidates.is_empty() {
                return Err(frozen(
                    "no node that has it produces for an account of its schedules",
                ));
            }
            let is_tried = |at: &usize| tried.contains(&(best, *at));
            if !tried.is_empty() && Instant::now() >= deadline {
                return Err(frozen(
                    "producers were started on it, but the others do not follow",
                ));
            }
            if candidates.iter().all(is_tried) {
                // The machine may have been too busy: a block that comes late sets nobody going.
                tried.clear();
            }
            let index = candidates
                .iter()
                .copied()
                .find(|at| !tried.contains(&(best, *at)));
            let Some(index) = index else { continue };
            on_event(Event::ColdStart {
                node: self.nodes[index].name().clone(),
                head_block_num: best,
            });
            self.restart_at(index, &Start::Resume { on_stale: true }, on_event)
                .await?;
            let patience = round(longest(&schedules)) + MARGIN;
            let account = self.nodes[index].account();
            let is_active = active_in(&schedules).any(|name| Some(name) == account);
            // Before the first election the boot node is alone: its turn is at once, or over for good.
            let first_within = if account == Some(BOOT_ACCOUNT) && !is_active {
                MARGIN
            } else {
                patience
            };
            match self.goes_on(index, best, first_within, patience).await? {
                Pulse::Moves { head_block_num } => {
                    on_event(Event::HeadMoves { head_block_num });
                    return Ok(());
                }
                Pulse::Still { head_block_num, .. } => tried.insert((head_block_num, index)),
            };
            // Never may two of them produce on a stale chain, each on its own.
            self.restart_at(index, &Start::Resume { on_stale: false }, on_event)
                .await?;
            quiet = QUIET;
        }
    }

    /// Looks at the heads until the best one moves, or all nodes have it and it has not moved for so long.
    async fn pulse(&mut self, quiet: Duration, deadline: Instant) -> Result<Pulse, Error> {
        let begin = Instant::now();
        let (mut first, mut newest, mut moved) = (None, 0, begin);
        loop {
            let (heads, no_answer) = self.heads().await;
            let now = Instant::now();
            let best = heads.iter().map(|(_, info)| info.head_block_num).max();
            let Some(best) = best else {
                if no_answer.is_some() && now < deadline {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
                let reason = "all nodes have ended";
                return Err(no_answer.unwrap_or(Error::Frozen {
                    head_block_num: newest,
                    reason,
                }));
            };
            if best > newest {
                (newest, moved) = (best, now);
            }
            // One block alone may be the last one that somebody made before he ended.
            if best >= *first.get_or_insert(best) + 2 {
                return Ok(Pulse::Moves {
                    head_block_num: best,
                });
            }
            let all_answer = no_answer.is_none() || begin.elapsed() >= SILENT_WITHIN;
            let with_best = |info: &Info| info.head_block_num == best;
            let are_equal = all_answer && heads.iter().all(|(_, info)| with_best(info));
            if (are_equal && moved.elapsed() >= quiet) || now >= deadline {
                let (held_by, infos): (Vec<_>, Vec<_>) = heads
                    .into_iter()
                    .filter(|(_, info)| with_best(info))
                    .unzip();
                return Ok(Pulse::Still {
                    head_block_num: best,
                    made_by: infos.iter().map(|info| info.head_block_producer).collect(),
                    held_by,
                });
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until the chain goes on after a node was started on a head, or stands still for too long.
    ///
    /// Blocks of that node prove nothing yet, as its turn ends: another producer must have followed, unless there is none, or a
    /// turn of that node be over and its next one have come.
    async fn goes_on(
        &mut self,
        index: usize,
        started_on: u32,
        first_within: Duration,
        patience: Duration,
    ) -> Result<Pulse, Error> {
        let account = self.nodes[index].account();
        let (mut newest, mut moved) = (started_on, Instant::now());
        let mut by_others = BTreeSet::new();
        loop {
            let (heads, _) = self.heads().await;
            for (_, info) in &heads {
                if info.head_block_num > newest {
                    (newest, moved) = (info.head_block_num, Instant::now());
                }
                if info.head_block_num > started_on && Some(info.head_block_producer) != account {
                    by_others.insert(info.head_block_num);
                }
            }
            let made = newest - started_on;
            let goes_on = by_others.len() >= 2
                || made > IN_TURN
                || (made > 2 && is_sole(&self.schedules(&[index]).await?, account));
            if goes_on {
                return Ok(Pulse::Moves {
                    head_block_num: newest,
                });
            }
            let patience = if made == 0 { first_within } else { patience };
            if moved.elapsed() >= patience {
                return Ok(Pulse::Still {
                    head_block_num: newest,
                    made_by: BTreeSet::new(),
                    held_by: Vec::new(),
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Returns how long the head may stand still although somebody produces: as long as all other producers of the
    /// schedule are away in turn. None of ours that was only just started produces before it sees a fresh block.
    async fn longest_pause(&mut self, ran_before: &[usize]) -> Result<Duration, Error> {
        let mut running = Vec::new();
        for index in ran_before {
            if self.nodes[*index].process.exit().is_none() {
                running.push(*index);
            }
        }
        let schedules = self.schedules(&running).await?;
        let accounts: BTreeSet<Name> = active_in(&schedules).collect();
        let may_produce = |index: &usize| {
            let account = self.nodes[*index].account();
            account.is_some_and(|account| accounts.contains(&account))
        };
        if !running.iter().any(may_produce) {
            return Ok(QUIET);
        }
        Ok(QUIET + round(accounts.len() - 1))
    }

    /// Returns the schedules as these nodes know them; one that does not answer is left out if another one does.
    async fn schedules(&self, asked: &[usize]) -> Result<Vec<ProducerSchedules>, Error> {
        let (mut schedules, mut no_answer) = (Vec::new(), None);
        for index in asked {
            let node = &self.nodes[*index];
            let answer = match probe(node.http_address().port()) {
                Ok(client) => client.get_producer_schedule().await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => schedules.push(answer),
                Err(source) => no_answer = Some(not_answered(node, source)),
            }
        }
        match no_answer {
            Some(error) if schedules.is_empty() => Err(error),
            _ => Ok(schedules),
        }
    }

    /// Asks every node that runs, once. Returns the answers, and an error for one that gave none.
    async fn heads(&mut self) -> (Vec<(usize, Info)>, Option<Error>) {
        let (mut heads, mut no_answer) = (Vec::new(), None);
        for (index, node) in self.nodes.iter_mut().enumerate() {
            if node.process.exit().is_some() {
                continue;
            }
            let answer = match probe(node.http_address().port()) {
                Ok(client) => client.get_info().await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(info) => heads.push((index, info)),
                // What has ended under our hands was not silent.
                Err(_) if node.process.exit().is_some() => {}
                Err(source) => no_answer = Some(not_answered(node, source)),
            }
        }
        (heads, no_answer)
    }
}

fn not_answered(node: &LocalNode, source: eos_client::Error) -> Error {
    Error::NoAnswer {
        url: node.url(),
        source: Box::new(source),
    }
}

/// Returns the accounts that may have to sign the next block, the likeliest first.
///
/// What a node calls the active schedule is the one that the block which it prepares leads to. When that very block is the
/// one that puts it in force, the block itself is still signed under the schedule before. Nodes that were killed while an
/// elected schedule took over come back on just that block or the one before it: the last irreversible one stays there for more
/// than a round. The two look the same, so who made the head comes first, if he is not in the active schedule, be it that of one node: of
/// nodes with the same head one may prepare a block already, and another not.
fn in_question(schedules: &[ProducerSchedules], made_by: &BTreeSet<Name>) -> Vec<Name> {
    let each = |of: fn(&ProducerSchedules) -> Option<&ProducerSchedule>| {
        schedules
            .iter()
            .flat_map(move |schedules| names(of(schedules)))
    };
    let lacks = |schedules: &ProducerSchedules, account| {
        names(Some(&schedules.active)).all(|name| name != account)
    };
    let before = made_by
        .iter()
        .copied()
        .filter(|account| schedules.iter().any(|of_node| lacks(of_node, *account)));
    let all = before
        .chain(active_in(schedules))
        .chain(each(|schedules| schedules.pending.as_ref()))
        .chain(each(|schedules| schedules.proposed.as_ref()));
    let mut seen = BTreeSet::new();
    all.filter(|name| seen.insert(*name)).collect()
}

/// Says whether nobody else signs, now or as soon as a schedule that waits comes into force.
fn is_sole(schedules: &[ProducerSchedules], account: Option<Name>) -> bool {
    all_of(schedules).all(|schedule| names(Some(schedule)).all(|name| Some(name) == account))
}

fn longest(schedules: &[ProducerSchedules]) -> usize {
    all_of(schedules)
        .map(|schedule| schedule.producers.len())
        .max()
        .unwrap_or_default()
}

/// Returns how long so many producers take for a turn each.
fn round(producers: usize) -> Duration {
    let producers = u32::try_from(producers).unwrap_or(u32::MAX);
    QUIET_A_PRODUCER * producers.min(MOST_PRODUCERS)
}

fn all_of(schedules: &[ProducerSchedules]) -> impl Iterator<Item = &ProducerSchedule> {
    schedules.iter().flat_map(|schedules| {
        let waiting = [&schedules.pending, &schedules.proposed];
        std::iter::once(&schedules.active).chain(waiting.into_iter().flatten())
    })
}

fn active_in(schedules: &[ProducerSchedules]) -> impl Iterator<Item = Name> {
    schedules
        .iter()
        .flat_map(|schedules| names(Some(&schedules.active)))
}

fn names(schedule: Option<&ProducerSchedule>) -> impl Iterator<Item = Name> {
    let producers = schedule.map(|schedule| &schedule.producers);
    producers
        .into_iter()
        .flatten()
        .map(|producer| producer.producer_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedules(active: &[&str], pending: &[&str], proposed: &[&str]) -> ProducerSchedules {
        let schedule = |names: &[&str]| {
            let producers = names
                .iter()
                .map(|name| serde_json::json!({"producer_name": name}));
            serde_json::json!({"version": 1, "producers": producers.collect::<Vec<_>>()})
        };
        let waiting = |names: &[&str]| (!names.is_empty()).then(|| schedule(names));
        serde_json::from_value(serde_json::json!({
            "active": schedule(active),
            "pending": waiting(pending),
            "proposed": waiting(proposed),
        }))
        .unwrap()
    }

    fn name(name: &str) -> Name {
        name.parse().unwrap()
    }

    fn order(schedules: &[ProducerSchedules], made_by: &str) -> Vec<String> {
        let names = in_question(schedules, &[name(made_by)].into());
        names.iter().map(Name::to_string).collect()
    }

    #[test]
    fn who_made_the_head_under_the_schedule_before_comes_first() {
        let took_over = [schedules(&["bp1", "bp2"], &[], &[])];
        assert_eq!(order(&took_over, "eosio"), ["eosio", "bp1", "bp2"]);
        assert_eq!(order(&took_over, "bp2"), ["bp1", "bp2"]);
    }

    #[test]
    fn what_all_nodes_say_counts_and_what_waits_comes_last() {
        let differ = [
            schedules(&["eosio"], &["bp1", "bp2"], &["bp3"]),
            schedules(&["bp1", "bp2"], &[], &[]),
        ];
        assert_eq!(order(&differ, "eosio"), ["eosio", "bp1", "bp2", "bp3"]);
        let [behind, ahead] = differ;
        let differ = [ahead, behind];
        assert_eq!(order(&differ, "eosio"), ["eosio", "bp1", "bp2", "bp3"]);
        let waits = [schedules(&["eosio"], &["bp2"], &["bp3", "bp1"])];
        assert_eq!(order(&waits, "eosio"), ["eosio", "bp2", "bp3", "bp1"]);
    }

    #[test]
    fn one_is_sole_only_if_nobody_waits() {
        let eosio = Some(name("eosio"));
        assert!(is_sole(&[schedules(&["eosio"], &[], &["eosio"])], eosio));
        assert!(!is_sole(&[schedules(&["eosio"], &["bp1"], &[])], eosio));
        assert!(!is_sole(&[schedules(&["eosio"], &[], &["bp1"])], eosio));
        assert!(!is_sole(&[schedules(&["bp1"], &[], &[])], eosio));
        let two = [schedules(&["eosio"], &[], &["bp1", "bp2"])];
        assert_eq!(round(longest(&two)), Duration::from_secs(12));
    }
}
