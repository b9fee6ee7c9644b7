use std::hint::black_box;

use eos_keys::{Digest, KeyType, PrivateKey};
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    child,
    memory_scan::{Masked, find, find_after},
};

/// Does `work` with the secret of a key, in a process of its own, and asserts that nothing of the secret or its texts is left.
fn assert_leaves_nothing(name: &str, work: fn(&Secret)) {
    let name = format!("private_key_memory::{name}");
    if child::task().is_none() {
        return child::run(&name, "search");
    }
    let secret = Secret::new();
    assert_eq!(find(&secret.all()), "", "before anything has been done");
    let all = secret.all();
    let found = find_after(|| {
        work(&secret);
        all
    });
    assert_eq!(found, "");
}

/// A secret number that lies nowhere in memory yet, and its texts.
struct Secret {
    number: Masked,
    wif: Masked,
    pvt_k1: Masked,
    pvt_r1: Masked,
}

impl Secret {
    fn new() -> Self {
        let number = Masked::random(32);
        let text = |key_type, is_modern: bool| {
            let key = key(&number, key_type);
            let text = if is_modern {
                key.expose_modern_text()
            } else {
                key.expose_text()
            };
            Masked::of(text.expose().as_bytes())
        };
        Self {
            wif: text(KeyType::K1, false),
            pvt_k1: text(KeyType::K1, true),
            pvt_r1: text(KeyType::R1, true),
            number,
        }
    }

    fn all(&self) -> Vec<Masked> {
        [&self.number, &self.wif, &self.pvt_k1, &self.pvt_r1]
            .map(Masked::clone)
            .into()
    }

    fn k1(&self) -> PrivateKey {
        key(&self.number, KeyType::K1)
    }

    fn r1(&self) -> PrivateKey {
        key(&self.number, KeyType::R1)
    }
}

fn key(number: &Masked, key_type: KeyType) -> PrivateKey {
    let mut bytes = Box::new(Zeroizing::new([0; 32]));
    number.reveal(bytes.as_mut_slice());
    PrivateKey::from_bytes(key_type, &bytes).unwrap()
}

fn parse(text: &Masked) -> PrivateKey {
    let mut bytes = vec![0; text.len()];
    text.reveal(&mut bytes);
    let key = str::from_utf8(&bytes).unwrap().parse().unwrap();
    bytes.zeroize();
    key
}

fn sign(key: &PrivateKey) {
    for number in 0..8u8 {
        black_box(key.sign_digest(&Digest::of([number])));
    }
}

#[test]
fn the_search_finds_what_is_on_the_heap() {
    let name = "private_key_memory::the_search_finds_what_is_on_the_heap";
    if child::task().is_none() {
        return child::run(name, "search");
    }
    let secret = Secret::new();
    assert_eq!(find(&secret.all()), "");
    let key = secret.k1();
    assert!(find(&secret.all()).starts_with("secret 0 at"));
    let text = key.expose_text();
    drop(key);
    assert!(find(&secret.all()).starts_with("secret 1 at"));
    drop(text);
    assert_eq!(find(&secret.all()), "");
}

#[test]
fn the_search_finds_what_is_left_on_the_stack() {
    /// Leaves the number behind in a frame that is gone, as it is, reversed, and in words turned round.
    #[inline(never)]
    fn leave(number: &Masked, form: u8) {
        let mut stack = [[0u8; 32]; 64];
        number.reveal(&mut stack[0]);
        match form {
            0 => {}
            1 => stack[0].reverse(),
            _ => stack[0].chunks_mut(4).for_each(<[u8]>::reverse),
        }
        black_box(&stack);
    }

    let name = "private_key_memory::the_search_finds_what_is_left_on_the_stack";
    if child::task().is_none() {
        return child::run(name, "search");
    }
    for form in 0..3 {
        let secret = Secret::new();
        let all = secret.all();
        let found = find_after(|| {
            leave(&secret.number, form);
            all
        });
        assert!(found.starts_with("secret 0 at"), "{form}: {found}");
    }
}

#[test]
fn a_key_of_bytes_leaves_nothing() {
    assert_leaves_nothing("a_key_of_bytes_leaves_nothing", |secret| {
        drop(secret.k1());
        drop(secret.r1());
    });
}

#[test]
fn a_wif_leaves_nothing() {
    assert_leaves_nothing("a_wif_leaves_nothing", |secret| drop(parse(&secret.wif)));
}

#[test]
fn a_text_of_k1_leaves_nothing() {
    assert_leaves_nothing("a_text_of_k1_leaves_nothing", |secret| {
        drop(parse(&secret.pvt_k1));
    });
}

#[test]
fn a_text_of_r1_leaves_nothing() {
    assert_leaves_nothing("a_text_of_r1_leaves_nothing", |secret| {
        drop(parse(&secret.pvt_r1));
    });
}

#[test]
fn a_text_that_is_no_key_leaves_nothing() {
    assert_leaves_nothing("a_text_that_is_no_key_leaves_nothing", |secret| {
        for text in [&secret.wif, &secret.pvt_k1, &secret.pvt_r1] {
            let mut bytes = vec![0; text.len()];
            text.reveal(&mut bytes);
            let last = bytes.last_mut().unwrap();
            *last = if *last == b'1' { b'2' } else { b'1' };
            let error = str::from_utf8(&bytes).unwrap().parse::<PrivateKey>();
            bytes.zeroize();
            error.unwrap_err();
        }
    });
}

#[test]
fn a_clone_leaves_nothing() {
    assert_leaves_nothing("a_clone_leaves_nothing", |secret| {
        let key = secret.k1();
        let clone = key.clone();
        drop(key);
        black_box(clone);
    });
}

#[test]
fn deriving_the_public_key_of_k1_leaves_nothing() {
    assert_leaves_nothing("deriving_the_public_key_of_k1_leaves_nothing", |secret| {
        black_box(secret.k1().public_key());
    });
}

#[test]
fn deriving_the_public_key_of_r1_leaves_nothing() {
    assert_leaves_nothing("deriving_the_public_key_of_r1_leaves_nothing", |secret| {
        black_box(secret.r1().public_key());
    });
}

#[test]
fn signing_with_k1_leaves_nothing() {
    assert_leaves_nothing("signing_with_k1_leaves_nothing", |secret| {
        sign(&secret.k1());
    });
}

#[test]
fn signing_with_r1_leaves_nothing() {
    assert_leaves_nothing("signing_with_r1_leaves_nothing", |secret| {
        sign(&secret.r1());
    });
}

#[test]
fn printing_a_wif_leaves_nothing() {
    assert_leaves_nothing("printing_a_wif_leaves_nothing", |secret| {
        black_box(secret.k1().expose_text());
    });
}

#[test]
fn printing_a_text_of_k1_leaves_nothing() {
    assert_leaves_nothing("printing_a_text_of_k1_leaves_nothing", |secret| {
        black_box(secret.k1().expose_modern_text());
    });
}

#[test]
fn printing_a_text_of_r1_leaves_nothing() {
    assert_leaves_nothing("printing_a_text_of_r1_leaves_nothing", |secret| {
        black_box(secret.r1().expose_modern_text());
    });
}

#[test]
fn a_generated_key_leaves_nothing() {
    let name = "private_key_memory::a_generated_key_leaves_nothing";
    if child::task().is_none() {
        return child::run(name, "search");
    }
    for generate in [PrivateKey::generate, PrivateKey::generate_r1] {
        let found = find_after(|| {
            let key = generate().unwrap();
            let text = key.expose_text();
            vec![
                Masked::of(key.expose_bytes()),
                Masked::of(text.expose().as_bytes()),
            ]
        });
        assert_eq!(found, "");
    }
}
