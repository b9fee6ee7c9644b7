//! Looks for secrets in this process's own memory.
//!
//! What is looked for is kept masked, so that it is not found in the search itself. Search in a process of its own
//! (`child.rs`): other tests in this one may have the same bytes.

use std::{
    fmt::Write as _,
    fs::{self, File},
    ops::Range,
    os::unix::fs::FileExt as _,
};

use zeroize::Zeroize as _;

const MASK: u8 = 0xa5;

/// A piece of a secret that is found when this much of it is.
const PIECE: usize = 16;

/// A secret, masked.
#[derive(Clone)]
pub(crate) struct Masked(Vec<u8>);

impl Masked {
    /// Masks a secret, and leaves no copy of it.
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(secret.iter().map(|byte| byte ^ MASK).collect())
    }

    /// Returns random bytes that no place in memory holds unmasked.
    pub(crate) fn random(length: usize) -> Self {
        let mut bytes = vec![0; length];
        getrandom::fill(&mut bytes).unwrap();
        // Not above the order of any curve, unmasked.
        bytes[0] = MASK ^ 1;
        Self(bytes)
    }

    /// Unmasks the secret into `bytes`, which the caller erases.
    pub(crate) fn reveal(&self, bytes: &mut [u8]) {
        assert_eq!(bytes.len(), self.0.len());
        for (byte, masked) in bytes.iter_mut().zip(&self.0) {
            *byte = masked ^ MASK;
        }
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        assert!(self.0.len() >= PIECE);
        self.0.chunks_exact(PIECE)
    }
}

/// Returns where pieces of any of the secrets lie in memory, one line a place; an empty text if there are none.
pub(crate) fn find(secrets: &[Masked]) -> String {
    let pieces: Vec<(usize, &[u8])> = secrets
        .iter()
        .enumerate()
        .flat_map(|(index, secret)| secret.pieces().map(move |piece| (index, piece)))
        .collect();
    let mut begins = [false; 256];
    for (_, piece) in &pieces {
        begins[usize::from(piece[0] ^ MASK)] = true;
    }
    let memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0; 1 << 20];
    let own = buffer.as_ptr() as usize..buffer.as_ptr() as usize + buffer.len();
    let mut found = String::new();
    let mut searched = 0;
    for (range, name) in writable_mappings() {
        let mut at = range.start;
        while at < range.end {
            let length = buffer.len().min(range.end - at);
            let Ok(length) = memory.read_at(&mut buffer[..length], at as u64) else {
                break; // a guard page, or unmapped by now
            };
            searched += length;
            for (offset, window) in buffer[..length].windows(PIECE).enumerate() {
                if !begins[usize::from(window[0])] || own.contains(&(at + offset)) {
                    continue;
                }
                for (index, piece) in &pieces {
                    if window
                        .iter()
                        .zip(*piece)
                        .all(|(byte, masked)| byte ^ MASK == *masked)
                    {
                        writeln!(found, "secret {index} at {:#x} {name}", at + offset).unwrap();
                    }
                }
            }
            if at + length == range.end {
                break;
            }
            at += length - (PIECE - 1);
        }
    }
    buffer.zeroize();
    assert!(searched > 1 << 16, "only {searched} bytes could be read");
    found
}

fn writable_mappings() -> Vec<(Range<usize>, String)> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mappings = maps.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        if !fields.next()?.starts_with("rw") {
            return None;
        }
        let start = usize::from_str_radix(start, 16).unwrap();
        let end = usize::from_str_radix(end, 16).unwrap();
        Some((start..end, fields.nth(3).unwrap_or_default().to_owned()))
    });
    mappings.collect()
}
