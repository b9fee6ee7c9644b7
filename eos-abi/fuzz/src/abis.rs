//! What must hold of ABIs.

use eos_abi::{Abi, Schema, codegen::Generator};

/// Reads an ABI's JSON.
pub fn check_text(text: &str) {
    if let Ok(abi) = Abi::from_json(text) {
        check(&abi);
        // Some have no binary form: those of sections that their version has no place for.
        if let Ok(packed) = abi.to_bytes() {
            let again = Abi::from_bytes(&packed).expect("what was packed is read");
            assert_eq!(again.to_bytes().expect("it was packed before"), packed);
        }
    }
}

/// Reads an ABI's binary form.
pub fn check_packed(bytes: &[u8]) {
    if let Ok(abi) = Abi::from_bytes(bytes) {
        assert_eq!(abi.to_bytes().expect("what was read is packed"), bytes);
        check(&abi);
    }
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
