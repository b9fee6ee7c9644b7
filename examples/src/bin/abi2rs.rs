//! Writes the Rust types of a contract's ABI: JSON as `.abi` files have it, or the binary form that chains store.
//!
//! ```sh
//! cargo run --release -p examples --bin abi2rs -- eosio.token.abi --out src/token.rs
//! ```

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use eos_abi::codegen::Generator;
use eos_abi::{Abi, Name};
use examples::input_text::shown;

#[derive(Parser)]
#[command(
    about = "Writes the Rust types of a contract's ABI",
    after_help = "The types need the crates eos-abi, serde (with derive) and, where the ABI has keys, eos-keys."
)]
struct Arguments {
    /// The ABI, in JSON or in binary; `-` reads it from standard input
    abi: PathBuf,
    /// The file to write, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The documentation of the module; the source then is a file of its own, not for `include!`
    #[arg(long, value_name = "TEXT")]
    module_doc: Option<String>,
    /// The path of the crate eos-abi
    #[arg(long, value_name = "PATH", default_value = "eos_abi")]
    crate_path: String,
    /// Write only this action, what else is named, and what they are made of
    #[arg(long = "action", value_name = "NAME")]
    actions: Vec<Name>,
    /// Write only this table, what else is named, and what they are made of
    #[arg(long = "table", value_name = "NAME")]
    tables: Vec<Name>,
    /// Take a type that exists for one of the ABI
    #[arg(long = "extern", value_name = "TYPE=PATH", value_parser = pair)]
    externs: Vec<(String, String)>,
    /// Call a type of the ABI by another identifier
    #[arg(long = "rename", value_name = "TYPE=IDENTIFIER", value_parser = pair)]
    renames: Vec<(String, String)>,
    /// Call a field, or a variant's alternative, by another identifier
    #[arg(long = "rename-field", value_name = "TYPE.FIELD=IDENTIFIER", value_parser = field)]
    field_renames: Vec<(String, String, String)>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            // Whoever reads standard error may be gone.
            let _ = writeln!(std::io::stderr(), "error: {}", causes.join("\n  because: "));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let abi = read(&arguments.abi)?;
    let source = arguments
        .generator()
        .generate(&abi)
        .with_context(|| format!("cannot write types of {}", shown(&arguments.abi)))?;
    match &arguments.out {
        Some(out) => {
            std::fs::write(out, source).with_context(|| format!("cannot write {}", out.display()))
        }
        None => std::io::stdout()
            .write_all(source.as_bytes())
            .context("cannot write to standard output"),
    }
}

impl Arguments {
    fn generator(&self) -> Generator {
        let mut generator = Generator::new().crate_path(&self.crate_path);
        if let Some(text) = &self.module_doc {
            generator = generator.module_doc(text);
        }
        if !self.actions.is_empty() {
            generator = generator.actions(self.actions.iter().copied());
        }
        if !self.tables.is_empty() {
            generator = generator.tables(self.tables.iter().copied());
        }
        for (name, path) in &self.externs {
            generator = generator.extern_type(name, path);
        }
        for (name, identifier) in &self.renames {
            generator = generator.rename_type(name, identifier);
        }
        for (owner, field, identifier) in &self.field_renames {
            generator = generator.rename_field(owner, field, identifier);
        }
        generator
    }
}

/// Reads an ABI. JSON begins with a brace, which no binary form does: that begins with its version's length.
fn read(path: &Path) -> Result<Abi> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    }
    .with_context(|| format!("cannot read {}", shown(path)))?;
    if bytes.is_empty() {
        bail!("{} is empty, not an ABI", shown(path));
    }
    let abi = if bytes.trim_ascii_start().starts_with(b"{") {
        let text =
            std::str::from_utf8(&bytes).with_context(|| format!("{} is not UTF-8", shown(path)))?;
        Abi::from_json(text).map_err(anyhow::Error::from)
    } else {
        Abi::from_bytes(&bytes).map_err(anyhow::Error::from)
    };
    abi.with_context(|| format!("{} is not an ABI, in JSON or in binary", shown(path)))
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("expected NAME=VALUE".to_owned()),
    }
}

fn field(text: &str) -> std::result::Result<(String, String, String), String> {
    let (place, identifier) = pair(text)?;
    match place.rsplit_once('.') {
        Some((owner, field)) => Ok((owner.to_owned(), field.to_owned(), identifier)),
        None => Err("expected TYPE.FIELD=IDENTIFIER".to_owned()),
    }
}
