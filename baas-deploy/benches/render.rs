#![allow(missing_docs, reason = "a program, not a library")]
#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(clippy::print_stdout, reason = "a program says what it did")]
//! Renders a network of a hundred nodes for Kubernetes, where each is linked with each and where each is with two. Fails when the
//! objects and their YAML take 50 ms or more.

use std::hint::black_box;
use std::time::{Duration, Instant};

use baas_deploy::manifests::{self, Inputs};
use baas_deploy::spec::NetworkSpec;
use eos_keys::{KeyType, PrivateKey};

const ROUNDS: usize = 50;
const LIMIT: Duration = Duration::from_millis(50);

/// Returns the least and the median time of an operation.
fn measure<T>(operation: impl Fn() -> T) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(operation());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[0], times[ROUNDS / 2])
}

fn main() {
    for topology in ["mesh", "ring"] {
        let spec = NetworkSpec::from_yaml(&format!(
            "
name: hundred
target: kubernetes
topology: {topology}
image: {{reference: 'registry.example.org/eos/nodeos:4.1'}}
genesis: {{initial_timestamp: 2024-03-02T12:00:00}}
exposure: {{host: chain.example.org}}
nodes: [{{name: boot, role: boot}}]
groups:
- {{name: bp, role: producer, count: 21, accounts: [{}]}}
- {{name: api, role: api, count: 58}}
- {{name: seed, role: seed, count: 20}}
",
            (b'a'..=b'u')
                .map(|letter| format!("bp{}", char::from(letter)))
                .collect::<Vec<_>>()
                .join(", ")
        ))
        .unwrap();
        assert_eq!(spec.all_nodes().len(), 100);
        let accounts = spec
            .all_nodes()
            .into_iter()
            .filter_map(|node| node.account());
        let inputs = Inputs::new(accounts.zip(1_u8..).map(|(account, number)| {
            let key = PrivateKey::from_bytes(KeyType::K1, &[number; 32]).unwrap();
            (account, key.public_key())
        }));
        let rendered = manifests::render(&spec, &inputs).unwrap();
        let (least_objects, median_objects) =
            measure(|| manifests::render(&spec, &inputs).unwrap());
        let (least, median) = measure(|| manifests::render(&spec, &inputs).unwrap().to_yaml());
        println!(
            "{topology}, 100 nodes, {} objects, {} bytes: objects {least_objects:.1?} (median {median_objects:.1?}), \
             with YAML {least:.1?} (median {median:.1?})",
            rendered.manifests().len(),
            rendered.to_yaml().len(),
        );
        assert!(
            least < LIMIT,
            "{topology}: {least:?} is not below {LIMIT:?}"
        );
    }
}
