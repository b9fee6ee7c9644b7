//! Refusing structs that could not have an end.

use super::builtin;
use super::error::SchemaError;
use super::structs::place;
use super::types::{Catalog, Type, TypeId, number};
use crate::abi::Abi;
use crate::limits::MAX_DEPTH;

/// How deep a type is, while that is being found out.
#[derive(Clone, Copy)]
enum Height {
    Unknown,
    Open,
    Known(u32),
}

/// Refuses structs that hold themselves by value, and such that hold others more deeply than any limit on data.
pub(super) fn refuse_infinite<T: AsRef<str>>(
    abi: &Abi<T>,
    catalog: &Catalog,
) -> Result<(), SchemaError> {
    let mut heights = vec![Height::Unknown; catalog.types.len()];
    let (builtins, _) = heights
        .split_at_mut_checked(builtin::COUNT)
        .unwrap_or_default();
    builtins.fill(Height::Known(1));
    for (at, definition) in abi.structs.iter().enumerate() {
        let id = TypeId(number(place(at)));
        height(catalog, id, &mut heights, 0, definition.name.as_ref())?;
    }
    Ok(())
}

/// Returns how many structs stand inside each other by value.
fn height(
    catalog: &Catalog,
    id: TypeId,
    heights: &mut [Height],
    depth: u32,
    name: &str,
) -> Result<u32, SchemaError> {
    let at = id.place();
    let (Some(known), Some(ty)) = (heights.get(at).copied(), catalog.types.get(at)) else {
        return Ok(0);
    };
    match known {
        Height::Known(height) => return Ok(height),
        Height::Open => {
            return Err(SchemaError::Cycle {
                what: "struct",
                name: name.into(),
            });
        }
        Height::Unknown => {}
    }
    let too_deep = || SchemaError::TooDeep {
        what: "struct",
        name: name.into(),
        limit: usize::try_from(MAX_DEPTH).unwrap_or(usize::MAX),
    };
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    set(heights, at, Height::Open);
    let deeper = depth.saturating_add(1);
    let inner = match ty {
        Type::Struct(ty) => {
            let mut highest = 0;
            let fields = catalog.members(ty.fields).iter();
            for field in fields.filter(|field| !field.is_extension) {
                let inner = match heights.get(field.ty.place()) {
                    Some(Height::Known(known)) => *known,
                    _ => height(catalog, field.ty, heights, deeper, name)?,
                };
                highest = inner.max(highest);
            }
            highest
        }
        Type::FixedArray(inner, 1..) => height(catalog, *inner, heights, deeper, name)?,
        // Anything else may be empty, or hold something else instead.
        _ => 0,
    };
    let height = inner.saturating_add(1);
    if height > MAX_DEPTH {
        return Err(too_deep());
    }
    set(heights, at, Height::Known(height));
    Ok(height)
}

fn set(heights: &mut [Height], at: usize, height: Height) {
    if let Some(place) = heights.get_mut(at) {
        *place = height;
    }
}
