//! The wait for a node, and what is done when it finds its database damaged.

use std::path::Path;
use std::time::{Duration, Instant};

use eos_abi::ChainId;

use super::launch::{NotReady, Start, until_ready};
use super::network::{LocalNode, launch_node};
use super::nodeos::Nodeos;
use crate::error::Error;
use crate::progress::{Event, OnEvent};

/// How often a node is started again on a port that somebody else has just then.
const PORT_ATTEMPTS: u32 = 3;
/// How long each time is waited for it.
const PORT_PAUSE: Duration = Duration::from_millis(300);

/// Why a node could not be brought up.
#[derive(Debug)]
pub(super) enum Failed {
    NotReady(NotReady),
    Other(Error),
}

/// Waits until a node is ready.
///
/// After a kill nodeos finds its database dirty and ends. It then computes its state again from its
/// blocks, once the old state is removed. If its block log or the index of it is damaged, it is started once more
/// to save what is whole of it; what it lost comes from its peers. Each remedy is tried once. A port on which somebody
/// looks whether it is free, as we do ourselves, is taken for a moment only.
pub(super) async fn bring_up(
    nodeos: &Nodeos,
    node: &mut LocalNode,
    genesis_json: &Path,
    chain_id: ChainId,
    deadline: Instant,
    on_event: &OnEvent<'_>,
) -> Result<(), Failed> {
    let begin = Instant::now();
    let (mut is_state_removed, mut is_salvaged, mut patience) = (false, false, PORT_ATTEMPTS);
    loop {
        let ports = (node.plan.http.port(), node.plan.p2p.port());
        let log = (&node.plan.files, node.process.log_from());
        let not_ready = match until_ready(&mut node.process, ports, chain_id, deadline, log).await {
            Ok(info) => {
                on_event(Event::NodeReady {
                    node: node.plan.name.clone(),
                    head_block_num: info.head_block_num,
                    after: begin.elapsed(),
                });
                return Ok(());
            }
            Err(not_ready) => not_ready,
        };
        let files = &node.plan.files;
        let on_stale = node.start_produces_on_stale;
        let resume = Start::Resume { on_stale };
        // A state that was removed is computed from the blocks: if that fails, they are to blame, whatever nodeos says.
        let are_blocks_damaged =
            not_ready.is_block_log_damaged() || is_state_removed && not_ready.has_ended();
        let start = if not_ready.is_port_taken() {
            if patience == 0 || !files.has_blocks() {
                return Err(Failed::NotReady(not_ready));
            }
            patience -= 1;
            tokio::time::sleep(PORT_PAUSE).await;
            launch_node(nodeos, node, &resume, on_event).map_err(Failed::Other)?;
            continue;
        } else if not_ready.is_dirty_database() && !is_state_removed && !is_salvaged {
            is_state_removed = true;
            files.remove_state().map_err(Failed::Other)?;
            if files.has_blocks() {
                resume
            } else {
                files.remove_data().map_err(Failed::Other)?;
                Start::Genesis {
                    genesis_json: genesis_json.to_owned(),
                    produce: on_stale,
                }
            }
        } else if are_blocks_damaged && files.has_blocks() && !is_salvaged {
            is_salvaged = true;
            Start::Salvage
        } else {
            return Err(Failed::NotReady(not_ready));
        };
        let name = node.plan.name.clone();
        on_event(match start {
            Start::Salvage => Event::BlocksSalvaged { node: name },
            _ => Event::NodeRepaired { node: name },
        });
        launch_node(nodeos, node, &start, on_event).map_err(Failed::Other)?;
    }
}

impl Failed {
    pub(super) fn is_port_taken(&self) -> bool {
        matches!(self, Self::NotReady(not_ready) if not_ready.is_port_taken())
    }

    pub(super) fn into_error(self, node: &crate::NodeName, log: &Path, chain_id: ChainId) -> Error {
        match self {
            Self::NotReady(not_ready) => not_ready.into_error(node, log, chain_id),
            Self::Other(error) => error,
        }
    }
}
