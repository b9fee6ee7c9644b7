use std::sync::LazyLock;

use sha2::block_api::compress256;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

/// The stream of nonces that RFC 6979 derives from a private key and a digest (HMAC-SHA-256, section 3.2).
///
/// libsecp256k1's own nonce function begins the stream anew for every attempt; this one keeps its state, and uses the processor's
/// SHA-256 instructions where there are some. The bytes are the same.
///
/// All that is hashed here has one of three lengths, so the blocks are put together right here: a general hasher spends as much time
/// on its buffer as on the hash. The blocks lie on the stack; who signs erases it afterwards.
pub(crate) struct NonceStream {
    hmac: Hmac,
    value: [u8; 32],
    started: bool,
}

impl NonceStream {
    /// Begins the stream. `digest` must be reduced modulo the curve's order, as section 2.3.4 wants it.
    pub(crate) fn new(secret: &[u8; 32], digest: &[u8; 32]) -> Self {
        let mut stream = Self {
            hmac: ZEROS.clone(),
            value: [1; 32],
            started: false,
        };
        for round in [0, 1] {
            stream.hmac.rekey_with(&stream.value, round, secret, digest);
            stream.hmac.apply(&mut stream.value);
        }
        stream
    }

    /// Writes the next nonce.
    pub(crate) fn next(&mut self, nonce: &mut [u8; 32]) {
        if self.started {
            self.hmac.rekey(&self.value);
            self.hmac.apply(&mut self.value);
        }
        self.started = true;
        self.hmac.apply(&mut self.value);
        *nonce = self.value;
    }
}

impl Drop for NonceStream {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

impl ZeroizeOnDrop for NonceStream {}

/// The state of SHA-256 before the first block (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// What every stream begins with.
static ZEROS: LazyLock<Hmac> = LazyLock::new(|| Hmac::new(&[0; 32]));

/// HMAC-SHA-256 with a key of 32 bytes: the states of the two hashes after their first blocks.
#[derive(Clone)]
struct Hmac {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl Hmac {
    fn new(key: &[u8; 32]) -> Self {
        Self {
            inner: keyed(key, 0x36),
            outer: keyed(key, 0x5c),
        }
    }

    /// Replaces `value` by its HMAC.
    fn apply(&self, value: &mut [u8; 32]) {
        let mut block = last_block(64 + 32);
        put(block.as_mut_slice(), 0, value);
        put(block.as_mut_slice(), 32, &[0x80]);
        self.finish(std::slice::from_ref(&block), value);
    }

    /// Makes the HMAC of `value` and a zero byte the key.
    fn rekey(&mut self, value: &[u8; 32]) {
        let mut block = last_block(64 + 33);
        put(block.as_mut_slice(), 0, value);
        put(block.as_mut_slice(), 32, &[0, 0x80]);
        let mut key = [0; 32];
        self.finish(std::slice::from_ref(&block), &mut key);
        *self = Self::new(&key);
    }

    /// Makes the HMAC of all of these the key.
    fn rekey_with(&mut self, value: &[u8; 32], round: u8, secret: &[u8; 32], digest: &[u8; 32]) {
        let mut blocks = [[0; 64], last_block(64 + 97)];
        let bytes = blocks.as_flattened_mut();
        put(bytes, 0, value);
        put(bytes, 32, &[round]);
        put(bytes, 33, secret);
        put(bytes, 65, digest);
        put(bytes, 97, &[0x80]);
        let mut key = [0; 32];
        self.finish(blocks.as_slice(), &mut key);
        *self = Self::new(&key);
    }

    /// Writes the HMAC of what stands in `blocks`, padded.
    fn finish(&self, blocks: &[[u8; 64]], hmac: &mut [u8; 32]) {
        let mut state = self.inner;
        compress256(&mut state, blocks);
        let mut block = last_block(64 + 32);
        put_words(block.as_mut_slice(), &state);
        put(block.as_mut_slice(), 32, &[0x80]);
        state = self.outer;
        compress256(&mut state, std::slice::from_ref(&block));
        put_words(hmac, &state);
    }
}

impl Drop for Hmac {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

fn keyed(key: &[u8; 32], pad: u8) -> [u32; 8] {
    let mut block = [pad; 64];
    for (byte, key) in block.iter_mut().zip(key) {
        *byte ^= key;
    }
    let mut state = INITIAL;
    compress256(&mut state, std::slice::from_ref(&block));
    state
}

/// Returns an empty last block of a hash over so many bytes.
fn last_block(hashed: u64) -> [u8; 64] {
    let mut block = [0; 64];
    put(&mut block, 56, &hashed.saturating_mul(8).to_be_bytes());
    block
}

/// Writes `part` at an offset of a block.
fn put(block: &mut [u8], at: usize, part: &[u8]) {
    block
        .iter_mut()
        .skip(at)
        .zip(part)
        .for_each(|(byte, part)| *byte = *part);
}

/// Writes a state as the bytes that it stands for.
fn put_words(bytes: &mut [u8], state: &[u32; 8]) {
    for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
}
