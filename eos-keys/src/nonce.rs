use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// The stream of nonces that RFC 6979 derives from a private key and a digest (HMAC-SHA-256, section 3.2).
///
/// libsecp256k1's own nonce function begins the stream anew for every attempt; this one keeps its state, and uses the processor's
/// SHA-256 instructions where there are some. The bytes are the same.
pub(crate) struct NonceStream {
    hmac: Hmac,
    value: [u8; 32],
    started: bool,
}

impl NonceStream {
    /// Begins the stream. `digest` must be reduced modulo the curve's order, as section 2.3.4 wants it.
    pub(crate) fn new(secret: &[u8; 32], digest: &[u8; 32]) -> Self {
        let mut value = [1; 32];
        let mut hmac = Hmac::new(&Zeroizing::new([0; 32]));
        for round in [0, 1] {
            hmac = Hmac::new(&hmac.of(&[&value, &[round], secret, digest]));
            value = *hmac.of(&[&value]);
        }
        Self {
            hmac,
            value,
            started: false,
        }
    }

    /// Writes the next nonce.
    pub(crate) fn next(&mut self, nonce: &mut [u8; 32]) {
        if self.started {
            self.hmac = Hmac::new(&self.hmac.of(&[&self.value, &[0]]));
            self.value = *self.hmac.of(&[&self.value]);
        }
        self.started = true;
        self.value = *self.hmac.of(&[&self.value]);
        *nonce = self.value;
    }
}

impl Drop for NonceStream {
    fn drop(&mut self) {
        self.value.zeroize(); // the hashers erase themselves
    }
}

impl ZeroizeOnDrop for NonceStream {}

/// HMAC-SHA-256 with a key of 32 bytes: the two hashers after their first block.
struct Hmac {
    inner: Sha256,
    outer: Sha256,
}

impl Hmac {
    fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            inner: padded(key, 0x36),
            outer: padded(key, 0x5c),
        }
    }

    fn of(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let mut inner = self.inner.clone();
        for part in parts {
            inner.update(part);
        }
        let inner = Zeroizing::new(<[u8; 32]>::from(inner.finalize()));
        let mut outer = self.outer.clone();
        outer.update(inner.as_slice());
        Zeroizing::new(outer.finalize().into())
    }
}

fn padded(key: &Zeroizing<[u8; 32]>, pad: u8) -> Sha256 {
    let mut block = Zeroizing::new([pad; 64]);
    for (byte, key) in block.iter_mut().zip(key.iter()) {
        *byte ^= key;
    }
    Sha256::new_with_prefix(block.as_slice())
}
