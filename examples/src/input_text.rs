//! Text files that people wrote, and the messages for those that cannot be read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};

/// The longest file that is read; OpenShift takes no longer template either.
const LARGEST: u64 = 2 << 20;

/// Reads a file, or standard input for `-`.
///
/// # Errors
///
/// When it cannot be read, is longer than any file that is meant to be read here, or is not text in UTF-8.
pub fn read(path: &Path) -> Result<String> {
    let shown = shown(path);
    let mut bytes = Vec::new();
    if is_standard_input(path) {
        std::io::stdin().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
    }
    .with_context(|| format!("cannot read {shown}"))?;
    if bytes.len() as u64 > LARGEST {
        bail!("{shown} is longer than 2 MiB, and none of the files that this program reads is");
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        bail!("{shown} is in UTF-16: save it as UTF-8");
    }
    if bytes.contains(&0) {
        bail!("{shown} is no text: it has zero bytes");
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow!("{shown}, line {line}, is not in UTF-8: save the file as UTF-8")
    })
}

/// Returns what messages call a file.
pub fn shown(path: &Path) -> String {
    if is_standard_input(path) {
        return "standard input".to_owned();
    }
    path.display().to_string()
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}
