use serde::{Deserialize, Serialize};

use super::quantity::Quantity;
use crate::reader::{Check, Problems};

/// The least disk that a node can work with: its state alone takes a gibibyte.
const LEAST_STORAGE: u64 = 1 << 30;
/// The least memory that a node can start in.
const LEAST_MEMORY: u64 = 64 << 20;

/// The disk that a node gets on a cluster. What is not given here is taken from the network's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StorageSpec {
    /// How large it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Quantity>,
    /// Its storage class; the cluster's default one when there is none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Whether it outlives the network; it does unless this says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain: Option<bool>,
}

/// The processors and the memory that a node gets on a cluster. What is not given here is taken from the network's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ResourcesSpec {
    /// The processors that are kept for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Quantity>,
    /// The memory that is kept for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Quantity>,
    /// The processors that it may use at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_limit: Option<Quantity>,
    /// The memory that it may use at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<Quantity>,
}

impl StorageSpec {
    /// Returns it with the other's settings where it has none.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            size: self.size.or_else(|| other.size.clone()),
            class: self.class.or_else(|| other.class.clone()),
            retain: self.retain.or(other.retain),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl ResourcesSpec {
    /// Returns it with the other's settings where it has none.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            cpu: self.cpu.or_else(|| other.cpu.clone()),
            memory: self.memory.or_else(|| other.memory.clone()),
            cpu_limit: self.cpu_limit.or_else(|| other.cpu_limit.clone()),
            memory_limit: self.memory_limit.or_else(|| other.memory_limit.clone()),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Check for StorageSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        if let Some(size) = self
            .size
            .as_ref()
            .filter(|size| size.to_bytes() < LEAST_STORAGE)
        {
            problems.field("size").report(format!(
                "`{size}` is less than the 1Gi that a node's state takes"
            ));
        }
        if let Some(class) = &self.class
            && !super::exposure::is_object_name(class)
        {
            problems
                .field("class")
                .report(format!("`{class}` is not the name of a storage class"));
        }
    }
}

impl Check for ResourcesSpec {
    fn check(&self, problems: &mut Problems<'_>) {
        for (field, memory) in [
            ("memory", &self.memory),
            ("memory_limit", &self.memory_limit),
        ] {
            let Some(memory) = memory
                .as_ref()
                .filter(|memory| memory.to_bytes() < LEAST_MEMORY)
            else {
                continue;
            };
            // `m` is a thousandth, which nobody means who writes it after an amount of memory.
            let hint = match memory.as_str().strip_suffix('m') {
                Some(number) => format!(": for mebibytes write `{number}Mi`"),
                None => String::new(),
            };
            problems.field(field).report(format!(
                "`{memory}` is less than the 64Mi that a node needs{hint}"
            ));
        }
        for (field, request, limit) in [
            ("cpu", &self.cpu, &self.cpu_limit),
            ("memory", &self.memory, &self.memory_limit),
        ] {
            if request
                .as_ref()
                .is_some_and(|request| request.to_millis() == 0)
            {
                problems.field(field).report("it must not be 0");
            }
            if let (Some(request), Some(limit)) = (request, limit)
                && request > limit
            {
                problems.field(field).report(format!(
                    "`{request}` is more than `{field}_limit`, `{limit}`"
                ));
            }
        }
        if self
            .cpu_limit
            .as_ref()
            .is_some_and(|limit| limit.to_millis() == 0)
        {
            problems.field("cpu_limit").report("it must not be 0");
        }
    }
}
