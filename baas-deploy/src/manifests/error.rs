use std::fmt;

use eos_abi::Name;

use crate::names::NodeName;
use crate::reader::SpecErrors;

/// One reason why a spec cannot be rendered for a cluster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The spec itself is wrong.
    #[error("{errors}")]
    #[non_exhaustive]
    Spec {
        /// All that is wrong with it.
        errors: SpecErrors,
    },
    /// The target is none that has manifests.
    #[error("nodes on this machine have no manifests; set `target` to `kubernetes` or `openshift`")]
    NotACluster,
    /// There is no image to run.
    #[error("no image: name one under `image.reference`")]
    NoImage,
    /// An object of a node would have a longer name than a cluster takes.
    #[error(
        "node `{node}`: the name `{name}` of its stateful set has {} characters, of which a cluster takes {limit}; \
         shorten the name of the network or of the node", name.len()
    )]
    #[non_exhaustive]
    NameTooLong {
        /// The node.
        node: NodeName,
        /// The name of the object.
        name: String,
        /// How long it may be.
        limit: usize,
    },
    /// OpenShift takes no notice of an ingress without a host.
    #[error(
        "on OpenShift an ingress needs a host: set `exposure.host`, or take a route, which gets one by itself"
    )]
    NoIngressHost,
    /// A node would listen twice on one port.
    #[error(
        "node `{node}`: port {port} is needed twice; on a cluster RPC has 8888 and peers have 9876 unless the spec gives \
         others, probes have 8890, what is answered inside of the pod only has 8889, and the state history has 8080"
    )]
    #[non_exhaustive]
    PortTaken {
        /// The node.
        node: NodeName,
        /// The port.
        port: u16,
    },
    /// A route would get a host that is no DNS name.
    #[error(
        "the first part of the route's host, `{label}`, would have {} characters, of which DNS takes 63; \
         shorten the name of the network or of the namespace, or set `exposure.host`", label.len()
    )]
    #[non_exhaustive]
    HostTooLong {
        /// The first part of the host.
        label: String,
    },
    /// The namespace has no possible name.
    #[error(
        "`{namespace}` is not a namespace: 1 to 63 of the characters a-z, 0-9 and -, the first and the last not -"
    )]
    #[non_exhaustive]
    BadNamespace {
        /// The text.
        namespace: String,
    },
    /// A node produces for an account of which no public key was given.
    #[error("node `{node}`: no key of `{account}`, for which it produces")]
    #[non_exhaustive]
    NoKey {
        /// The node.
        node: NodeName,
        /// The account.
        account: Name,
    },
    /// A private key is not that of the public key that was rendered.
    #[error(
        "node `{node}`: the private key of `{account}` is not that of the public key in its manifests"
    )]
    #[non_exhaustive]
    OtherKey {
        /// The node.
        node: NodeName,
        /// The account.
        account: Name,
    },
    /// A private key is published somewhere, so that everybody could sign with it.
    #[error(
        "node `{node}`: the key of `{account}` is published, so that anybody can sign with it; use a fresh one"
    )]
    #[non_exhaustive]
    PublishedKey {
        /// The node.
        node: NodeName,
        /// The account.
        account: Name,
    },
    /// Neither the spec nor the caller says when the chain begins.
    #[error("when the chain begins is not known: set `genesis.initial_timestamp`")]
    NoInitialTimestamp,
    /// The caller says a time at which no chain can begin.
    #[error("when the chain begins: {why}")]
    #[non_exhaustive]
    BadInitialTimestamp {
        /// What is wrong with it.
        why: &'static str,
    },
}

/// All reasons why a spec cannot be rendered. `Display` prints one a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RenderErrors {
    errors: Vec<RenderError>,
}

impl RenderErrors {
    /// Returns the reasons.
    pub fn errors(&self) -> &[RenderError] {
        &self.errors
    }
}

impl From<RenderError> for RenderErrors {
    fn from(error: RenderError) -> Self {
        Self {
            errors: vec![error],
        }
    }
}

impl From<Vec<RenderError>> for RenderErrors {
    fn from(errors: Vec<RenderError>) -> Self {
        Self { errors }
    }
}

impl fmt::Display for RenderErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}
