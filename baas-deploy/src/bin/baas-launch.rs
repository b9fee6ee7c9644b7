//! The first process of a container with nodeos. Statically linked, 1.7 MB, and 2.6 MB of memory when it runs:
//!
//! ```sh
//! cargo rustc -p baas-deploy --bin baas-launch --profile launcher -- -C target-feature=+crt-static
//! ```
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::process::ExitCode;
use std::time::SystemTime;

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: everything else takes the clock as an argument"
)]
fn main() -> ExitCode {
    // Where nobody reads them, the texts are lost; the exit code is not.
    let note = |line: &str| {
        let _ = writeln!(std::io::stderr(), "baas-launch: {line}");
    };
    let arguments = std::env::args_os().skip(1);
    let outcome = baas_deploy::launch::main(arguments, &note, SystemTime::now);
    let _ = std::io::stdout().write_all(outcome.out.as_bytes());
    let _ = std::io::stderr().write_all(outcome.err.as_bytes());
    ExitCode::from(outcome.exit_code)
}
