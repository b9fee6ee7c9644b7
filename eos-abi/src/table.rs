//! What contracts store.

use crate::name::Name;

/// A row of a table that is called `TABLE` in every contract that has it.
///
/// [`codegen`](crate::codegen) writes such types from an ABI. A row is read from the bytes that a node answers with
/// (`"json": false`) by [`from_bytes`](crate::from_bytes).
pub trait TableRow {
    /// The table.
    const TABLE: Name;
}
