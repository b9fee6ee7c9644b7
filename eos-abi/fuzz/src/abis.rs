//! What must hold of ABIs.

use std::error::Error;

use eos_abi::{Abi, Schema, codegen::Generator};

/// Reads an ABI's JSON; the short ways from it must end as the long ones do.
pub fn check_text(text: &str) {
    let abi = told(Abi::from_json(text));
    let packed = then(&abi, Abi::to_bytes);
    assert_eq!(told(Abi::json_to_bin(text)), packed);
    let compiled = then(&abi, Schema::compile);
    assert_eq!(told(Schema::from_json(text)).err(), compiled.err());
    if let Ok(abi) = &abi {
        check(abi);
    }
    // Some have no binary form: those of sections that their version has no place for.
    if let Ok(packed) = packed {
        let again = Abi::from_bytes(&packed).expect("what was packed is read");
        assert_eq!(again.to_bytes().expect("it was packed before"), packed);
    }
}

/// Reads an ABI's binary form, as [`check_text`] its JSON.
pub fn check_packed(bytes: &[u8]) {
    let abi = told(Abi::from_bytes(bytes));
    assert_eq!(told(Abi::bin_to_json(bytes)), then(&abi, Abi::to_json));
    let compiled = then(&abi, Schema::compile);
    assert_eq!(told(Schema::from_bytes(bytes)).err(), compiled.err());
    if let Ok(abi) = &abi {
        assert_eq!(abi.to_bytes().expect("what was read is packed"), bytes);
        check(abi);
    }
}

/// Does the next step, or tells why there was none.
fn then<T, E: Error + 'static>(
    abi: &Result<Abi, String>,
    step: impl Fn(&Abi) -> Result<T, E>,
) -> Result<T, String> {
    abi.as_ref()
        .map_err(String::clone)
        .and_then(|abi| told(step(abi)))
}

/// Tells an error by what is at the bottom of it.
fn told<T, E: Error + 'static>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| {
        let mut bottom: &dyn Error = &error;
        while let Some(source) = bottom.source() {
            bottom = source;
        }
        bottom.to_string()
    })
}

/// Prints an ABI and reads it again, compiles it, and writes Rust from it.
fn check(abi: &Abi) {
    let json = abi.to_json().expect("what was read is printed");
    let again = Abi::from_json(&json).expect("what was printed is read");
    let printed = again.to_json().expect("it was printed before");
    // Of key-value tables, JSON has neither a section that is there and empty, nor an order.
    if abi.kv_tables.0.is_none() {
        assert_eq!(printed, json);
    }
    let third = Abi::from_json(&printed).expect("what was printed is read");
    assert_eq!(third, again);
    let schema = Schema::compile(abi);
    assert_eq!(schema.is_ok(), Schema::compile(&again).is_ok());
    if let Ok(source) = Generator::new().generate(abi) {
        assert!(schema.is_ok());
        syn::parse_file(&source).expect("what was written is Rust");
    }
}
