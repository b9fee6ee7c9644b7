//! Nodes that an earlier run left running.

use std::path::Path;

use super::files::{NodeFiles, nodes_dir};
use super::launch;
use super::nodeos::Nodeos;
use super::process::{NodeProcess, command_line, running_with_data_dir};
use crate::names::NodeName;

/// A process that runs on the data of one of our nodes.
#[derive(Debug)]
pub(super) struct Stray {
    pub(super) name: NodeName,
    pub(super) process: NodeProcess,
}

/// Finds the nodes that run in a directory: by what was written down about them, and by what the
/// kernel says about all processes, for a run can be killed between a node's start and its record.
pub(super) fn find(root: &Path) -> Vec<Stray> {
    let mut strays: Vec<Stray> = node_names(root)
        .into_iter()
        .filter_map(|name| {
            let files = NodeFiles::new(root, name.as_str());
            let record = files
                .read_record()
                .filter(|record| record.data_dir == files.data())?;
            Some(Stray {
                process: record.reopen()?,
                name,
            })
        })
        .collect();
    for (pid, data_dir) in running_with_data_dir() {
        if strays.iter().any(|stray| stray.process.pid() == pid) {
            continue;
        }
        let name = data_dir
            .strip_prefix(nodes_dir(root))
            .ok()
            .filter(|rest| rest.ends_with("data"))
            .and_then(|rest| rest.parent()?.to_str()?.parse().ok());
        if let Some((name, process)) = name.zip(NodeProcess::adopt(pid, &data_dir)) {
            strays.push(Stray { name, process });
        }
    }
    strays
}

/// Returns the nodes that have a directory, in the order of their names.
pub(super) fn node_names(root: &Path) -> Vec<NodeName> {
    let entries = std::fs::read_dir(nodes_dir(root))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<NodeName> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    names.sort();
    names
}

impl Stray {
    /// Says whether this very nodeos was started for these files, as we would start it.
    pub(super) fn runs_as_wanted(&self, nodeos: &Nodeos, files: &NodeFiles) -> bool {
        let (program, first) = nodeos.program_of("nodeos");
        let wanted = [Some(program.into_os_string()), first.map(Into::into)]
            .into_iter()
            .flatten()
            .chain(launch::arguments(files));
        let Some(found) = command_line(self.process.pid()) else {
            return false;
        };
        let wanted: Vec<_> = wanted.collect();
        found.len() >= wanted.len()
            && found
                .iter()
                .zip(&wanted)
                .all(|(found, wanted)| wanted == found.as_str())
    }
}
