//! Each operation as a criterion group. See README.md for the table of ratios.

use criterion::{Criterion, criterion_group, criterion_main};

fn peers(criterion: &mut Criterion) {
    for mut operation in eos_abi_peers::operations() {
        let mut group = criterion.benchmark_group(&operation.name);
        for contestant in &mut operation.contestants {
            group.bench_function(contestant.library.to_string(), |bencher| {
                bencher.iter_custom(|times| contestant.run(times));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, peers);
criterion_main!(benches);
