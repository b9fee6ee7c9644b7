//! What a transaction asks a contract to do.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::de::from_bytes;
use crate::error::{DecodeError, EncodeError};
use crate::name::Name;
use crate::ser::to_bytes;

/// An account's permission that an action is authorised by.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
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

/// The arguments of an action that is called `NAME` in every contract that has it.
///
/// [`codegen`](crate::codegen) writes such types from an ABI; `contracts` has those of the system's contracts.
pub trait ActionData {
    /// The action.
    const NAME: Name;
}

/// The arguments of an action that returns a value.
pub trait ActionReturn: ActionData {
    /// What it returns.
    type Value: DeserializeOwned;

    /// Reads the value from the bytes that a node's trace has (`return_value_hex_data`).
    ///
    /// # Errors
    ///
    /// When the bytes are not such a value.
    fn return_value(bytes: &[u8]) -> Result<Self::Value, DecodeError> {
        from_bytes(bytes)
    }
}

/// A call of a contract's action.
///
/// ```
/// use eos_abi::{Action, ActionData, Name, PermissionLevel};
///
/// #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
/// struct Hi {
///     user: Name,
/// }
///
/// impl ActionData for Hi {
///     const NAME: Name = Name::from_static("hi");
/// }
///
/// let alice = Name::from_static("alice");
/// let hello = Name::from_static("hello");
/// let action = Action::new(hello, [PermissionLevel::active(alice)], &Hi { user: alice })?;
/// assert_eq!(action.decode::<Hi>()?, Hi { user: alice });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// Why an action's arguments cannot be read as a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The type belongs to another action.
    #[error("the action is \"{found}\", not \"{expected}\"")]
    OtherAction {
        /// The action that the type is for.
        expected: Name,
        /// The action at hand.
        found: Name,
    },
    /// The bytes are not the action's arguments.
    #[error("cannot read the arguments of {account}::{name}")]
    Data {
        /// The account whose contract is called.
        account: Name,
        /// The action.
        name: Name,
        /// What is wrong with the bytes.
        #[source]
        source: DecodeError,
    },
}

impl Action {
    /// Returns a call with typed arguments.
    ///
    /// # Errors
    ///
    /// When `data` has no binary form.
    pub fn new<T: ActionData + Serialize>(
        account: Name,
        authorization: impl Into<Vec<PermissionLevel>>,
        data: &T,
    ) -> Result<Self, EncodeError> {
        Ok(Self {
            account,
            name: T::NAME,
            authorization: authorization.into(),
            data: to_bytes(data)?.into(),
        })
    }

    /// Returns the arguments as the type of this action. Whose contract it is, is not asked.
    ///
    /// # Errors
    ///
    /// When the action has another name than the type, or other arguments.
    pub fn decode<T: ActionData + DeserializeOwned>(&self) -> Result<T, ActionError> {
        let Self { account, name, .. } = *self;
        if name != T::NAME {
            return Err(ActionError::OtherAction {
                expected: T::NAME,
                found: name,
            });
        }
        from_bytes(self.data.as_slice()).map_err(|source| ActionError::Data {
            account,
            name,
            source,
        })
    }
}
