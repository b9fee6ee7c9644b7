//! ABIs at work: JSON to binary and back by the types that a contract defines.

mod actions;
mod bin_to_json;
mod builtin;
mod compile;
mod error;
pub(crate) mod expression;
mod hash;
mod height;
mod json_to_bin;
mod lenient;
mod rules;
mod struct_to_bin;
mod structs;
mod types;
mod writer;

use serde::Serialize;

pub use bin_to_json::Decoded;
pub use error::{CodecError, SchemaError};

use crate::abi::{Abi, AbiError, Text};
use crate::json;
use crate::limits::Limits;
use crate::name::Name;
use actions::NameIds;
use error::Reason;
use rules::Rules;
use types::{Catalog, Type, TypeId, Types};

/// A contract's ABI, compiled: each name looked up once, each type checked.
///
/// JSON is written to binary while it is read and printed while binary is read; nothing is kept in between. What comes
/// in is taken strictly: unknown, double and missing fields are errors (missing optional ones are `null`), as are
/// numbers out of range and bytes left over; [`danger_lenient`](Self::danger_lenient) takes more. What comes out is
/// what nodeos prints, byte for byte: 17 decimals of a float and no more, bytes of a text that are not UTF-8 left out.
/// Only a `time_point` may differ. Its microseconds are not cut off, and before 1970 and after 9999 it is a date too,
/// where nodeos prints a negative duration or fails. It is also read for what it says, of which nodeos keeps 32 bits of
/// seconds, and misreads more than three digits of a fraction. And the text of a `float32` is rounded once, which
/// nodeos does by way of 64 bits: it seldom, but then by the last bit, has another.
///
/// ```
/// use eos_abi::{Abi, Name, Schema};
///
/// let abi = Abi::from_json(
///     r#"{
///         "version": "eosio::abi/1.1",
///         "structs": [{"name": "hi", "fields": [{"name": "user", "type": "name"}, {"name": "age", "type": "uint8?"}]}],
///         "actions": [{"name": "hi", "type": "hi"}]
///     }"#,
/// )?;
/// let schema = Schema::compile(&abi)?;
/// let hi = Name::from_static("hi");
/// let bytes = schema.action_to_bin(hi, r#"{"age": "30", "user": "alice"}"#)?;
/// assert_eq!(schema.action_to_json(hi, &bytes)?, r#"{"user":"alice","age":30}"#);
/// let error = schema.action_to_bin(hi, r#"{"user": "Alice"}"#).unwrap_err();
/// assert_eq!(error.to_string(), "user: \"Alice\" is not a name: only a-z, 1-5 and dots are allowed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Schema {
    catalog: Catalog,
    actions: NameIds,
    tables: NameIds,
    results: NameIds,
    rules: Rules,
}

impl Schema {
    /// Checks and compiles an ABI.
    ///
    /// # Errors
    ///
    /// When a type is unknown, defined twice or named as a built-in one, contains itself, or is nested too deeply, and when the
    /// whole is too large.
    pub fn compile(abi: &Abi) -> Result<Self, SchemaError> {
        compile::compile(abi)
    }

    /// Reads an ABI's JSON and compiles it, in less time than [`Abi::from_json`] and [`compile`](Self::compile) take.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn from_json(abi: &str) -> Result<Self, AbiError> {
        let abi = Abi::<Text<'_>>::read_json(abi).map_err(AbiError::Json)?;
        compile::compile(&abi).map_err(AbiError::Unusable)
    }

    /// Reads an ABI's binary form and compiles it, in less time than [`Abi::from_bytes`] and [`compile`](Self::compile)
    /// take.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn from_bytes(abi: &[u8]) -> Result<Self, AbiError> {
        let abi = Abi::<&str>::read_bytes(abi).map_err(AbiError::Binary)?;
        compile::compile(&abi).map_err(AbiError::Unusable)
    }

    /// Returns the schema with other limits on what it decodes and encodes.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.rules.limits = limits;
        self
    }

    /// Returns the schema with nodeos' leniency: what it takes beyond the strict forms is taken, if it can mean one thing
    /// only. No name, number or amount is ever changed by it.
    ///
    /// In JSON:
    ///
    /// - members that a struct does not have, and values beyond the fields of a list that stands for a struct, are
    ///   ignored;
    /// - integers of up to 64 bits may be `true` and `false` (1 and 0), have leading zeros, a plus sign or a minus
    ///   before zero, and as bare numbers a fraction of zeros (`"007"`, `"+7"`, `-0`, `7.0`);
    /// - integers of 128 bits may be texts of hexadecimal digits (`"0x10"`), and have a minus before zero (as `uint128`
    ///   in texts only);
    /// - floats may be `true` and `false`, and their texts may have a plus sign and nothing before the point (`"+1.5"`,
    ///   `".5"`);
    /// - a `bool` may be any number of 8 bits, which is how nodeos stores it, and an integer's text;
    /// - a `string` may be a bare integer of up to 64 bits (its digits are the text, and `0` of `-0`), `true` or
    ///   `false`;
    /// - an asset may have a plus sign, white space around it and more than one space before its code (`"+1.0  A"`);
    /// - a symbol may have white space around it, and its number of decimals a plus sign, leading zeros, or a minus
    ///   before zero (`"+4,A"`, `"004,A"`).
    ///
    /// In binary:
    ///
    /// - bytes behind the value are ignored;
    /// - a length, index or `varuint32` may be longer than it must be, within five bytes and 32 bits;
    /// - a `bool` other than 0 and 1 comes out as its number, and any flag but 0 of an optional means that it is there
    ///   (nodeos has that for the ABI's own types; of a built-in one it takes 0 and 1 only).
    ///
    /// nodeos also takes what cannot be told from a mistake: the last of two members of one name, numbers that wrap
    /// around (`256` as `uint8`, `-1` as `uint128`, `256,A` as a symbol, times beyond 32 bits), leading zeros in 128
    /// bits (octal digits follow) or no digits at all (`""`, `"0x"`), `null` as 0 or as an empty text, fractions cut
    /// off integers, floats beyond the range as infinite, `"nan(1)"`, floats as strings, a sign behind an asset's
    /// point, checksums filled up with zeros; and times in other forms (`20261122T170057`, `2026-Nov-22T17:00`,
    /// `24:00:00`, `-infinity`). All that stays refused.
    ///
    /// ```
    /// # let abi = eos_abi::Abi::from_json(r#"{"version": "eosio::abi/1.1"}"#)?;
    /// use eos_abi::Schema;
    ///
    /// let schema = Schema::compile(&abi)?;
    /// assert!(schema.type_to_bin("asset", r#""1.0000  SYS""#).is_err());
    /// assert!(schema.danger_lenient().type_to_bin("asset", r#""1.0000  SYS""#).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn danger_lenient(mut self) -> Self {
        self.rules.lenient = true;
        self
    }

    /// Returns the schema with a codec for the type `private_key`, which is refused otherwise.
    ///
    /// No contract has use for it: what is sent to a chain is public. With it, secrets stand in the JSON text and in the
    /// bytes that are passed in and out, which nothing erases; keeping them quiet is the caller's business. Errors do not
    /// repeat them. JSON comes out as `PVT_K1_…` and `PVT_R1_…`; WIF is read too.
    #[must_use]
    pub fn danger_private_keys(mut self) -> Self {
        self.rules.private_keys = true;
        self
    }

    /// Packs an action's arguments.
    ///
    /// # Errors
    ///
    /// When the ABI has no such action or the JSON is not its arguments; the error says where.
    pub fn action_to_bin(&self, action: Name, json: &str) -> Result<Vec<u8>, CodecError> {
        self.to_bin(find(&self.actions, action, "action")?, json)
    }

    /// Packs an action's arguments that are a serde value, such as `serde_json::json!({…})`.
    ///
    /// # Errors
    ///
    /// As [`Self::action_to_bin`].
    pub fn encode_action<T: Serialize + ?Sized>(
        &self,
        action: Name,
        arguments: &T,
    ) -> Result<Vec<u8>, CodecError> {
        let json = json::to_string(arguments).map_err(|error| Reason::Json(error.into()))?;
        self.action_to_bin(action, &json)
    }

    /// Unpacks an action's arguments.
    ///
    /// # Errors
    ///
    /// When the ABI has no such action or the bytes are not its arguments; the error says where.
    pub fn action_to_json(&self, action: Name, bytes: &[u8]) -> Result<String, CodecError> {
        self.to_json(find(&self.actions, action, "action")?, bytes)
    }

    /// Packs a table's row.
    ///
    /// # Errors
    ///
    /// When the ABI has no such table or the JSON is not a row of it; the error says where.
    pub fn table_to_bin(&self, table: Name, json: &str) -> Result<Vec<u8>, CodecError> {
        self.to_bin(find(&self.tables, table, "table")?, json)
    }

    /// Unpacks a table's row.
    ///
    /// # Errors
    ///
    /// When the ABI has no such table or the bytes are not a row of it; the error says where.
    pub fn table_to_json(&self, table: Name, bytes: &[u8]) -> Result<String, CodecError> {
        self.to_json(find(&self.tables, table, "table")?, bytes)
    }

    /// Unpacks what an action returned.
    ///
    /// # Errors
    ///
    /// When the ABI has no result for the action or the bytes are not one; the error says where.
    pub fn action_result_to_json(&self, action: Name, bytes: &[u8]) -> Result<String, CodecError> {
        self.to_json(find(&self.results, action, "result of action")?, bytes)
    }

    /// Packs a value of any type: one that the ABI defines, a built-in one, or one of these with `[]`, `[N]` or `?`.
    ///
    /// # Errors
    ///
    /// When the type is unknown or the JSON is not a value of it; the error says where.
    pub fn type_to_bin(&self, ty: &str, json: &str) -> Result<Vec<u8>, CodecError> {
        let (extra, ty) = self.resolve(ty)?;
        json_to_bin::encode(Types::new(&self.catalog, &extra), ty, json, self.rules)
    }

    /// Unpacks a value of any type, as [`Self::type_to_bin`] names them.
    ///
    /// # Errors
    ///
    /// When the type is unknown or the bytes are not a value of it; the error says where.
    pub fn type_to_json(&self, ty: &str, bytes: &[u8]) -> Result<String, CodecError> {
        let (extra, ty) = self.resolve(ty)?;
        bin_to_json::decode(Types::new(&self.catalog, &extra), ty, bytes, self.rules)
    }

    /// Returns an action's arguments as a value that any serializer can write. The bytes are read while it is written.
    ///
    /// # Errors
    ///
    /// When the ABI has no such action. What is wrong with the bytes is seen when the value is written.
    pub fn decode_action<'a>(
        &'a self,
        action: Name,
        bytes: &'a [u8],
    ) -> Result<Decoded<'a>, CodecError> {
        let ty = find(&self.actions, action, "action")?;
        Ok(Decoded::new(
            Types::new(&self.catalog, &[]),
            ty,
            bytes,
            self.rules,
        ))
    }

    /// Returns a table's row as a value that any serializer can write. The bytes are read while it is written.
    ///
    /// # Errors
    ///
    /// When the ABI has no such table. What is wrong with the bytes is seen when the value is written.
    pub fn decode_row<'a>(
        &'a self,
        table: Name,
        bytes: &'a [u8],
    ) -> Result<Decoded<'a>, CodecError> {
        let ty = find(&self.tables, table, "table")?;
        Ok(Decoded::new(
            Types::new(&self.catalog, &[]),
            ty,
            bytes,
            self.rules,
        ))
    }

    fn to_bin(&self, ty: TypeId, json: &str) -> Result<Vec<u8>, CodecError> {
        json_to_bin::encode(Types::new(&self.catalog, &[]), ty, json, self.rules)
    }

    fn to_json(&self, ty: TypeId, bytes: &[u8]) -> Result<String, CodecError> {
        bin_to_json::decode(Types::new(&self.catalog, &[]), ty, bytes, self.rules)
    }

    /// Finds a type; wrappers that the ABI does not use itself are returned beside it.
    fn resolve(&self, ty: &str) -> Result<(Vec<Type>, TypeId), CodecError> {
        compile::resolve(&self.catalog, ty).map_err(|source| Reason::Type(source.into()).into())
    }
}

fn find(ids: &NameIds, name: Name, what: &'static str) -> Result<TypeId, CodecError> {
    ids.get(name)
        .ok_or_else(|| Reason::Unknown { what, name }.into())
}
