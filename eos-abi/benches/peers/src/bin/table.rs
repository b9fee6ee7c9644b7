//! Prints how long each operation takes us, and how much longer its peers take, as Markdown.
//!
//! Names on the command line choose operations by a part of their names.

use std::time::Duration;

use eos_abi_peers::{Contestant, Library, Operation};

/// How often the libraries take turns. The fastest turn of each counts: what the machine does beside can only make it slower.
const ROUNDS: usize = 500;

/// How long a turn takes: short, so that many are not interrupted.
const TURN: Duration = Duration::from_micros(200);

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    println!("| operation | eos-abi | `rs_abieos` 0.7 | `antelope-client` 0.2 |");
    println!("| --- | ---: | ---: | ---: |");
    for mut operation in eos_abi_peers::operations() {
        let name = &operation.name;
        if chosen.is_empty() || chosen.iter().any(|part| name.contains(part)) {
            print_row(&mut operation);
        }
    }
}

fn print_row(operation: &mut Operation) {
    let times = measure(&mut operation.contestants);
    let of = |library: Library| {
        let found = times.iter().find(|(other, _)| *other == library);
        found.map(|(_, time)| *time)
    };
    let Some(ours) = of(Library::EosAbi) else {
        return;
    };
    let ratio = |library| of(library).map_or("–".into(), |time| format!("{:.1} ×", time / ours));
    println!(
        "| {} | {} | {} | {} |",
        operation.name,
        nanoseconds(ours),
        ratio(Library::RsAbieos),
        ratio(Library::AntelopeClient)
    );
}

/// Returns the shortest time of each library in nanoseconds.
fn measure(contestants: &mut [Contestant]) -> Vec<(Library, f64)> {
    let counts: Vec<u64> = contestants.iter_mut().map(calibrate).collect();
    let mut best = vec![f64::INFINITY; contestants.len()];
    for _ in 0..ROUNDS {
        for ((contestant, count), best) in contestants.iter_mut().zip(&counts).zip(&mut best) {
            #[expect(clippy::cast_precision_loss, reason = "a count of turns is small")]
            let time = contestant.run(*count).as_secs_f64() * 1e9 / *count as f64;
            *best = best.min(time);
        }
    }
    let libraries = contestants.iter().map(|contestant| contestant.library);
    libraries.zip(best).collect()
}

/// Returns how often the work can be done in a turn.
fn calibrate(contestant: &mut Contestant) -> u64 {
    let mut times = 1;
    while contestant.run(times) < TURN {
        times *= 2;
    }
    times
}

fn nanoseconds(time: f64) -> String {
    if time < 1000.0 {
        format!("{time:.0} ns")
    } else {
        format!("{:.1} µs", time / 1000.0)
    }
}
