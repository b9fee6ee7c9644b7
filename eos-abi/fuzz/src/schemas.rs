//! What must hold of values under an ABI.

use std::str;

use eos_abi::Schema;

use crate::input::Input;

/// Reads the value as JSON, strictly and leniently. What is packed must be printed, and be the same when it is packed again; what is taken
/// strictly must mean the same to the lenient.
pub fn check_text(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else {
        return;
    };
    let (Some(schema), Ok(json)) = (input.schema(), str::from_utf8(input.value)) else {
        return;
    };
    let strict = schema.type_to_bin(input.ty, json).ok();
    let lenient_schema = schema.clone().danger_lenient();
    let lenient = lenient_schema.type_to_bin(input.ty, json).ok();
    if let Some(packed) = &strict {
        check_packed_from_text(&input, &schema, packed);
        assert_eq!(strict, lenient);
    }
    if let Some(packed) = &lenient {
        check_packed_from_text(&input, &lenient_schema, packed);
    }
}

/// Reads the value as packed bytes, strictly and leniently. What is printed must be packed, and be the same when it is printed again; what
/// is taken strictly must mean the same to the lenient.
pub fn check_packed(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else {
        return;
    };
    let Some(schema) = input.schema() else {
        return;
    };
    let strict = schema.type_to_json(input.ty, input.value).ok();
    let lenient_schema = schema.clone().danger_lenient();
    let lenient = lenient_schema.type_to_json(input.ty, input.value).ok();
    if let Some(json) = &strict {
        let packed = check_json(&input, &schema, json);
        // Bad bytes of a text are left out.
        let is_whole = packed.len() == input.value.len() || input.value.is_ascii();
        if input.is_lossless() && is_whole {
            assert_eq!(packed, input.value);
        }
        assert_eq!(strict, lenient);
    }
    if let Some(json) = &lenient {
        if input.definitions.contains('$') {
            // Bytes that are ignored behind the value have an extension without bytes be there, which is absent without them.
            let packed = lenient_schema.type_to_bin(input.ty, json);
            let packed = packed.expect("what was printed is packed");
            check_packed_from_text(&input, &lenient_schema, &packed);
        } else {
            check_json(&input, &lenient_schema, json);
        }
    }
}

fn check_packed_from_text(input: &Input<'_>, schema: &Schema, packed: &[u8]) {
    let json = schema
        .type_to_json(input.ty, packed)
        .expect("what was packed is printed");
    let again = check_json(input, schema, &json);
    if input.is_lossless() {
        assert_eq!(again, packed);
    }
}

/// Checks that what was printed is packed, and what was packed is printed so. Returns it packed.
fn check_json(input: &Input<'_>, schema: &Schema, json: &str) -> Vec<u8> {
    let packed = schema
        .type_to_bin(input.ty, json)
        .expect("what was printed is packed");
    let again = schema.type_to_json(input.ty, &packed);
    assert_eq!(again.expect("what was packed is printed"), json);
    packed
}
