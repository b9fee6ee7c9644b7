//! Looks for secrets in this process's own memory.
//!
//! A secret is looked for as it is, with the last byte first, as big numbers stand in memory, and in words of four bytes turned round, as
//! hashes work on them. What is looked for is kept masked, so that it is not found in the search itself. Search in a process of its own
//! (`child.rs`): other tests in this one may have the same bytes.

use std::{
    fmt::Write as _,
    fs::{self, File},
    hint::black_box,
    ops::Range,
    os::unix::fs::FileExt as _,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use zeroize::Zeroize as _;

const MASK: u8 = 0xa5;

/// A piece of a secret that is found when this much of it is.
const PIECE: usize = 16;

/// A secret, masked.
#[derive(Clone, Debug)]
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

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns what is looked for, masked.
    fn pieces(&self) -> Vec<Vec<u8>> {
        assert!(self.0.len() >= PIECE);
        let mut forms = vec![self.0.clone(), self.0.iter().rev().copied().collect()];
        forms.extend((0..4).map(|shift| {
            let (words, _) = self.0[shift..].as_chunks::<4>();
            words
                .iter()
                .flat_map(|word| word.iter().rev())
                .copied()
                .collect()
        }));
        let pieces = forms.iter().flat_map(|form| form.chunks_exact(PIECE));
        pieces.map(<[u8]>::to_vec).collect()
    }
}

/// Returns where pieces of any of the secrets lie in memory, one line a place; an empty text if there are none.
pub(crate) fn find(secrets: &[Masked]) -> String {
    let pieces: Vec<(usize, Vec<u8>)> = secrets
        .iter()
        .enumerate()
        .flat_map(|(index, secret)| {
            let pieces = secret.pieces().into_iter();
            pieces.map(move |piece| (index, piece))
        })
        .collect();
    // Two bytes: most of memory is zeros, which one byte of a secret may well be.
    let begin = |first: u8, second: u8| usize::from(u16::from_be_bytes([first, second]));
    let mut begins = vec![false; 1 << 16];
    for (_, piece) in &pieces {
        begins[begin(piece[0] ^ MASK, piece[1] ^ MASK)] = true;
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
                if !begins[begin(window[0], window[1])] || own.contains(&(at + offset)) {
                    continue;
                }
                for (index, piece) in &pieces {
                    if window
                        .iter()
                        .zip(piece)
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

/// Does `work` on a thread of its own, and returns where pieces of any of the secrets that it returns lie then.
///
/// The thread waits meanwhile, higher up on its stack: where `work` was, the search itself would overwrite what it left. For the same
/// reason `work` should do nothing after what is tested.
pub(crate) fn find_after(work: impl FnOnce() -> Vec<Masked> + Send) -> String {
    let secrets = OnceLock::new();
    let is_searched = AtomicBool::new(false);
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            secrets.get_or_init(|| deep_down(work));
            while !is_searched.load(Ordering::Acquire) {
                thread::sleep(Duration::from_millis(1));
            }
        });
        let found = loop {
            if let Some(secrets) = secrets.get() {
                break find(secrets);
            }
            assert!(!worker.is_finished(), "the work panicked");
            thread::sleep(Duration::from_millis(1));
        };
        is_searched.store(true, Ordering::Release);
        found
    })
}

/// Does `work` below a part of the stack that is left unused, for waiting.
#[inline(never)]
fn deep_down<T>(work: impl FnOnce() -> T) -> T {
    let unused = [0u8; 4096];
    black_box(&unused);
    let result = work();
    black_box(&unused);
    result
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
