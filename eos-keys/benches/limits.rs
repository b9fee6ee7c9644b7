#![allow(missing_docs, reason = "a program, not a library")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(clippy::print_stdout, reason = "a program says what it did")]
//! What operations cost, compared with libsecp256k1 in the same run, and whether that is within the limits.
//!
//! All operations take turns, many times, on a few inputs each, and the best time of those few counts: what else a machine does can only
//! add to it. So the ratios are steady to a hundredth where one measurement after the other is not.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use eos_keys::{Digest, KeyType, PrivateKey, PublicKey, Signature};

mod raw;

/// Enough that the mean number of attempts to a canonical signature, 2.016, is met within one in a hundred.
const INPUTS: usize = 10_240;

/// How many inputs are measured at once: enough that reading the clock does not count.
const BATCH: usize = 8;

const ROUNDS: usize = 8;

struct Operation<'a> {
    name: &'static str,
    run: Box<dyn Fn(usize) + 'a>,
    /// The best time of each batch.
    best: Vec<Duration>,
}

impl<'a> Operation<'a> {
    fn new<T>(name: &'static str, run: impl Fn(usize) -> T + 'a) -> Self {
        Self {
            name,
            run: Box::new(move |input| drop(black_box(run(input)))),
            best: vec![Duration::MAX; INPUTS / BATCH],
        }
    }

    fn measure(&mut self, batch: usize) {
        let inputs = batch * BATCH..(batch + 1) * BATCH;
        (self.run)(inputs.start); // warms up: what ran before used the caches for something else
        let start = Instant::now();
        inputs.for_each(|input| (self.run)(input));
        self.best[batch] = self.best[batch].min(start.elapsed());
    }

    #[expect(clippy::cast_precision_loss, reason = "a mean of measurements")]
    fn nanoseconds(&self) -> f64 {
        let total: Duration = self.best.iter().sum();
        total.as_nanos() as f64 / INPUTS as f64
    }
}

/// What holds an operation: a multiple of another one, or a time.
enum Limit {
    Times(&'static str, f64),
    Nanoseconds(f64),
    None,
}

const LIMITS: &[(&str, Limit)] = &[
    ("raw sign, one attempt", Limit::None),
    (
        "sign, canonical",
        Limit::Times("raw sign, one attempt", 2.3),
    ),
    ("raw recover", Limit::None),
    ("recover", Limit::Times("raw recover", 1.05)),
    ("raw verify, key parsed before", Limit::None),
    (
        "verify, one key",
        Limit::Times("raw verify, key parsed before", 1.05),
    ),
    ("raw parse and verify", Limit::None),
    (
        "verify, a new key each time",
        Limit::Times("raw parse and verify", 1.05),
    ),
    ("raw private → public", Limit::None),
    (
        "private → public, and a clone",
        Limit::Times("raw private → public", 1.05),
    ),
    ("public key parse", Limit::Nanoseconds(400.0)),
    ("public key print", Limit::Nanoseconds(600.0)),
    ("signature parse", Limit::None),
    ("signature print", Limit::Nanoseconds(1200.0)),
    ("WIF parse", Limit::Nanoseconds(300.0)),
    ("WIF print", Limit::None),
];

fn main() {
    let raw = raw::Raw::new();
    let secret = [0x5a; 32];
    let key = PrivateKey::from_bytes(KeyType::K1, &secret).unwrap();
    let public = key.public_key();
    let parsed = raw::parse(&public);
    let numbers = 0..u32::try_from(INPUTS).unwrap();
    let digests: Vec<Digest> = numbers
        .map(|number| Digest::of(number.to_le_bytes()))
        .collect();
    let keys: Vec<PrivateKey> = digests
        .iter()
        .map(|digest| PrivateKey::from_bytes(KeyType::K1, digest.as_bytes()).unwrap())
        .collect();
    let publics: Vec<PublicKey> = keys.iter().map(|key| key.clone().public_key()).collect();
    let of_one: Vec<Signature> = digests
        .iter()
        .map(|digest| key.sign_digest(digest))
        .collect();
    let of_many: Vec<Signature> = keys
        .iter()
        .zip(&digests)
        .map(|(key, digest)| key.sign_digest(digest))
        .collect();
    let public_texts: Vec<String> = publics.iter().map(ToString::to_string).collect();
    let signature_texts: Vec<String> = of_one.iter().map(ToString::to_string).collect();
    let wifs: Vec<_> = keys.iter().map(PrivateKey::expose_text).collect();

    let mut operations = [
        Operation::new("raw sign, one attempt", |at| {
            raw.sign(&secret, &digests[at])
        }),
        Operation::new("sign, canonical", |at| key.sign_digest(&digests[at])),
        Operation::new("raw recover", |at| raw::recover(&of_one[at], &digests[at])),
        Operation::new("recover", |at| of_one[at].recover(&digests[at]).unwrap()),
        Operation::new("raw verify, key parsed before", |at| {
            raw::verify(&of_one[at], &digests[at], &parsed);
        }),
        Operation::new("verify, one key", |at| {
            of_one[at].verify(&digests[at], &public).unwrap();
        }),
        Operation::new("raw parse and verify", |at| {
            raw::verify(&of_many[at], &digests[at], &raw::parse(&publics[at]));
        }),
        Operation::new("verify, a new key each time", |at| {
            of_many[at].verify(&digests[at], &publics[at]).unwrap();
        }),
        Operation::new("raw private → public", |at| {
            raw.public_key(keys[at].expose_bytes())
        }),
        // A clone, since a key remembers its public key.
        Operation::new("private → public, and a clone", |at| {
            keys[at].clone().public_key()
        }),
        Operation::new("public key parse", |at| {
            public_texts[at].parse::<PublicKey>().unwrap()
        }),
        Operation::new("public key print", |at| publics[at].to_string()),
        Operation::new("signature parse", |at| {
            signature_texts[at].parse::<Signature>().unwrap()
        }),
        Operation::new("signature print", |at| of_one[at].to_string()),
        Operation::new("WIF parse", |at| {
            wifs[at].expose().parse::<PrivateKey>().unwrap()
        }),
        Operation::new("WIF print", |at| keys[at].expose_text()),
    ];
    for _ in 0..ROUNDS {
        for batch in 0..INPUTS / BATCH {
            for operation in &mut operations {
                operation.measure(batch);
            }
        }
        // So that neither of two that are compared always finds the caches as the other left them.
        operations.reverse();
    }
    report(&operations);
}

/// Prints the table, and panics if a limit does not hold.
fn report(operations: &[Operation<'_>]) {
    let of = |name: &str| {
        let operation = operations.iter().find(|operation| operation.name == name);
        operation.unwrap().nanoseconds()
    };

    println!("| operation | ns | limit | measured |");
    println!("| --- | --- | --- | --- |");
    let mut exceeded = Vec::new();
    for (name, limit) in LIMITS {
        let nanoseconds = of(name);
        let is_within = match limit {
            Limit::Times(base, limit) => {
                let ratio = nanoseconds / of(base);
                println!("| {name} | {nanoseconds:.0} | {limit} × {base} | {ratio:.3} × |");
                ratio <= *limit
            }
            Limit::Nanoseconds(limit) => {
                println!("| {name} | {nanoseconds:.0} | {limit} ns | |");
                nanoseconds <= *limit
            }
            Limit::None => {
                println!("| {name} | {nanoseconds:.0} | | |");
                true
            }
        };
        if !is_within {
            exceeded.push(*name);
        }
    }
    assert!(exceeded.is_empty(), "over their limits: {exceeded:?}");
}
