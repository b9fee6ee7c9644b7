//! What must hold of what baas-deploy reads.

pub mod config_inis;
pub mod specs;
pub mod templates;
