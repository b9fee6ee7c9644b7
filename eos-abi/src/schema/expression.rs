//! What types are called: a name and marks behind it, as in `name[]?`.

use super::compile::MAX_CHAIN;
use super::error::SchemaError;
use super::types::{Type, TypeId};
use crate::error::excerpt;

/// What stands behind a type's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Optional,
    Array,
    FixedArray(u32),
}

impl Mark {
    /// Takes the last mark off an expression.
    fn split(ty: &str) -> Result<Option<(Self, &str)>, &'static str> {
        if let Some(inner) = ty.strip_suffix('?') {
            return Ok(Some((Self::Optional, inner)));
        }
        if ty.ends_with('$') {
            return Err("only a field's type can be a binary extension, and its mark comes last");
        }
        let Some(body) = ty.strip_suffix(']') else {
            return Ok(None);
        };
        let (inner, size) = body.rsplit_once('[').ok_or("a bracket is not opened")?;
        if size.is_empty() {
            return Ok(Some((Self::Array, inner)));
        }
        let plain = size.bytes().all(|digit| digit.is_ascii_digit()) && !size.starts_with('0');
        if !plain && size != "0" {
            return Err("an array's size is not a number");
        }
        let size = size
            .parse()
            .map_err(|_| "an array's size does not fit 32 bits")?;
        Ok(Some((Self::FixedArray(size), inner)))
    }

    pub(super) fn wrap(self, inner: TypeId) -> Type {
        match self {
            Self::Optional => Type::Optional(inner),
            Self::Array => Type::Array(inner),
            Self::FixedArray(size) => Type::FixedArray(inner, size),
        }
    }
}

/// Splits an expression into its marks, the outermost first, and its name.
pub(crate) fn split<'a>(
    ty: &'a str,
    user: &dyn Fn() -> String,
) -> Result<(Vec<Mark>, &'a str), SchemaError> {
    let mut marks = Vec::new();
    let mut rest = ty;
    while let Some((mark, inner)) =
        Mark::split(rest).map_err(|reason| malformed(ty, user, reason))?
    {
        if mark == Mark::Optional && marks.last() == Some(&mark) {
            // Its `null` would mean two things.
            return Err(malformed(ty, user, "an optional of an optional"));
        }
        if marks.len() >= MAX_CHAIN {
            let name = excerpt(ty).into();
            return Err(SchemaError::TooDeep {
                what: "type",
                name,
                limit: MAX_CHAIN,
            });
        }
        marks.push(mark);
        rest = inner;
    }
    Ok((marks, rest))
}

pub(super) fn unknown(ty: &str, user: &dyn Fn() -> String) -> SchemaError {
    SchemaError::UnknownType {
        ty: excerpt(ty).into(),
        user: user().into(),
    }
}

pub(super) fn malformed(ty: &str, user: &dyn Fn() -> String, reason: &'static str) -> SchemaError {
    SchemaError::Malformed {
        ty: excerpt(ty).into(),
        user: user().into(),
        reason,
    }
}
