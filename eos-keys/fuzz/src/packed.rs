//! What must hold of packed keys and signatures.

use std::fmt::Debug;

use eos_keys::ParseError;
use serde::{Serialize, de::DeserializeOwned};

/// The longest text that is read back, with its prefix. Longer ones belong to `WebAuthn` values that no node takes.
const LONGEST_TEXT: usize = (24 << 10) + "PUB_WA_".len();

/// Takes a value off the front of bytes.
type Reader<T> = fn(&[u8]) -> Result<(T, &[u8]), ParseError>;

/// Reads a value off the front of `bytes` and checks that its three forms are stable and agree.
pub fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    bytes: &[u8],
    from_packed: Reader<T>,
    to_packed: fn(&T) -> Vec<u8>,
) {
    let Ok((value, rest)) = from_packed(bytes) else {
        return;
    };
    let packed = to_packed(&value);
    let (again, nothing) = from_packed(&packed).expect("what was packed is read");
    assert_eq!(again, value);
    assert!(nothing.is_empty());
    assert_eq!(to_packed(&again), packed);
    // A length prefix may be longer than it need be; nothing else has two forms.
    let taken = &bytes[..bytes.len() - rest.len()];
    assert!(taken == packed || (taken[0] == 2 && taken.len() > packed.len()));

    assert_eq!(postcard::to_allocvec(&value).expect("it is packed"), packed);
    let (by_serde, left) = postcard::take_from_bytes::<T>(bytes).expect("serde reads it too");
    assert_eq!(by_serde, value);
    assert_eq!(left, rest);

    let json = serde_json::to_string(&value).expect("it has a text");
    if json.len() - 2 <= LONGEST_TEXT {
        let by_text: T = serde_json::from_str(&json).expect("its text is read");
        assert_eq!(by_text, value);
    }
}
