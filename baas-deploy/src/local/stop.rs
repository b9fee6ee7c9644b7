//! The end of nodes: asked to stop, and killed when they do not.

use std::time::{Duration, Instant};

use super::files::NodeFiles;
use super::network::LocalNode;
use super::process::{NodeExit, NodeProcess};
use crate::names::NodeName;
use crate::progress::{Event, OnEvent};

/// How the nodes of a network were stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StopReport {
    /// The nodes that ran.
    pub nodes: Vec<StoppedNode>,
}

/// How a node was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoppedNode {
    /// The node.
    pub name: NodeName,
    /// How its process ended.
    pub exit: NodeExit,
    /// Whether it did not stop in time and was killed: then its database is dirty, and is repaired at its next start.
    pub was_killed: bool,
}

/// Stops nodes, all at once.
pub(super) async fn stop_nodes(
    nodes: &mut [LocalNode],
    within: Duration,
    on_event: &OnEvent<'_>,
) -> StopReport {
    let processes = nodes
        .iter_mut()
        .map(|node| (&node.plan.name, &node.plan.files, &mut node.process));
    stop_processes(processes.collect(), within, on_event).await
}

pub(super) async fn stop_processes(
    mut nodes: Vec<(&NodeName, &NodeFiles, &mut NodeProcess)>,
    within: Duration,
    on_event: &OnEvent<'_>,
) -> StopReport {
    let begin = Instant::now();
    for (name, _, process) in &mut nodes {
        if process.exit().is_none() {
            on_event(Event::NodeStopping { node: name.clone() });
            process.terminate();
        }
    }
    let mut report = StopReport { nodes: Vec::new() };
    for (name, files, process) in nodes {
        let (exit, was_killed) = stop(process, begin + within).await;
        if was_killed {
            on_event(Event::NodeKilled { node: name.clone() });
        }
        on_event(Event::NodeStopped {
            node: name.clone(),
            exit,
            after: begin.elapsed(),
        });
        // A record that stays is harmless: it fits no other process.
        let _ = files.remove_record();
        report.nodes.push(StoppedNode {
            name: name.clone(),
            exit,
            was_killed,
        });
    }
    report
}

/// Stops a process: asks it to, and kills it at the deadline. Returns how it ended, and whether it was killed.
pub(super) async fn stop(process: &mut NodeProcess, deadline: Instant) -> (NodeExit, bool) {
    process.terminate();
    if let Some(exit) = process.ended_before(deadline).await {
        return (exit, false);
    }
    process.kill();
    // The kernel ends it; only a process stuck in the kernel itself takes longer.
    let exit = process
        .ended_before(Instant::now() + Duration::from_secs(10))
        .await;
    (exit.unwrap_or(NodeExit::Unknown), true)
}
