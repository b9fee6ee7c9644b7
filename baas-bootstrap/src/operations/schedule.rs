use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use eos_abi::Name;

use super::{Operation, State, asking};
use crate::{Error, LiveChain};

/// Waits until the elected producers are the ones that sign.
#[derive(Debug)]
pub(crate) struct ElectedSchedule {
    pub(crate) elected: BTreeSet<Name>,
}

#[async_trait]
impl Operation for ElectedSchedule {
    fn describe(&self) -> String {
        format!(
            "wait until the schedule of {} elected producers is active",
            self.elected.len()
        )
    }

    async fn check(&self, live: &LiveChain) -> Result<State, Error> {
        let schedules = live
            .client()
            .get_producer_schedule()
            .await
            .map_err(asking(self))?;
        let active: BTreeSet<Name> = schedules
            .active
            .producers
            .iter()
            .map(|producer| producer.producer_name)
            .collect();
        if active == self.elected {
            return Ok(State::InPlace {
                note: Some(format!("schedule version {}", schedules.active.version)),
            });
        }
        let names: Vec<String> = active.iter().map(ToString::to_string).collect();
        let next = match (&schedules.proposed, &schedules.pending) {
            (Some(_), _) => "; the next one is proposed",
            (None, Some(_)) => "; the next one is pending",
            (None, None) => "",
        };
        Ok(State::missing(format!(
            "the active producers are {}{next}",
            names.join(", ")
        )))
    }

    async fn apply(&self, _live: &LiveChain) -> Result<(), Error> {
        Ok(())
    }

    fn acts(&self) -> bool {
        false
    }

    /// The system contract looks at the votes once a minute, and a schedule takes its time to become irreversible.
    fn patience(&self) -> Duration {
        Duration::from_mins(3)
    }
}
