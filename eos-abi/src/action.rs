//! What a transaction asks a contract to do.

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::error::EncodeError;
use crate::name::Name;
use crate::ser::to_bytes;

/// An account's permission that an action is authorised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermissionLevel {
    /// The account.
    pub actor: Name,
    /// Its permission.
    pub permission: Name,
}

impl PermissionLevel {
    /// Returns a permission of an account.
    pub const fn new(actor: Name, permission: Name) -> Self {
        Self { actor, permission }
    }

    /// Returns the account's `active` permission.
    pub const fn active(actor: Name) -> Self {
        Self {
            actor,
            permission: Name::from_static("active"),
        }
    }

    /// Returns the account's `owner` permission.
    pub const fn owner(actor: Name) -> Self {
        Self {
            actor,
            permission: Name::from_static("owner"),
        }
    }
}

/// A call of a contract's action.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Action {
    /// The account whose contract is called.
    pub account: Name,
    /// The action.
    pub name: Name,
    /// Who authorises it.
    pub authorization: Vec<PermissionLevel>,
    /// The arguments, packed.
    pub data: Bytes,
}

impl Action {
    /// Returns a call with typed arguments, whose fields are the action's in the ABI's order.
    ///
    /// # Errors
    ///
    /// When `data` has no binary form.
    pub fn new<T: Serialize + ?Sized>(
        account: Name,
        name: Name,
        authorization: Vec<PermissionLevel>,
        data: &T,
    ) -> Result<Self, EncodeError> {
        Ok(Self {
            account,
            name,
            authorization,
            data: to_bytes(data)?.into(),
        })
    }
}
