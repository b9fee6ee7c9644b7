//! gzip with fixed bytes: the same input gives the same output, on every machine and whatever else a program links.
//!
//! `flate2` may be switched to another implementation by any crate of a program, which would change the digests of layers.
//! So `miniz_oxide` is called by its name, and the header has neither time nor file name.

use std::io::{self, Write};

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

/// No time, no name, unknown operating system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
const LEVEL: i32 = 6;
/// Raw deflate, as gzip wants it.
const NO_ZLIB_HEADER: i32 = 0;
const DEFAULT_STRATEGY: i32 = 0;

/// Compresses what is written to it.
pub(super) struct GzipWriter<W: Write> {
    inner: W,
    compressor: Box<CompressorOxide>,
    crc: crc32fast::Hasher,
    size: u32,
    buffer: Vec<u8>,
}

impl<W: Write> GzipWriter<W> {
    /// Writes the header.
    pub(super) fn new(mut inner: W) -> io::Result<Self> {
        inner.write_all(&HEADER)?;
        let flags = create_comp_flags_from_zip_params(LEVEL, NO_ZLIB_HEADER, DEFAULT_STRATEGY);
        Ok(Self {
            inner,
            compressor: Box::new(CompressorOxide::new(flags)),
            crc: crc32fast::Hasher::new(),
            size: 0,
            buffer: vec![0; 1 << 16],
        })
    }

    /// Writes what is left, and the checksum.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.deflate(&[], TDEFLFlush::Finish)?;
        self.inner
            .write_all(&self.crc.clone().finalize().to_le_bytes())?;
        self.inner.write_all(&self.size.to_le_bytes())?;
        Ok(self.inner)
    }

    fn deflate(&mut self, mut input: &[u8], flush: TDEFLFlush) -> io::Result<()> {
        loop {
            let (status, read, written) =
                compress(&mut self.compressor, input, &mut self.buffer, flush);
            self.inner.write_all(&self.buffer[..written])?;
            input = &input[read..];
            match status {
                TDEFLStatus::Done => return Ok(()),
                TDEFLStatus::Okay if flush == TDEFLFlush::None && input.is_empty() => return Ok(()),
                TDEFLStatus::Okay => {}
                _ => return Err(io::Error::other("deflate failed")),
            }
        }
    }
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.deflate(bytes, TDEFLFlush::None)?;
        self.crc.update(bytes);
        // The length in the trailer is meant modulo 2^32.
        self.size = (u64::from(self.size).wrapping_add(bytes.len() as u64) & 0xffff_ffff) as u32;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use proptest::prelude::*;

    use super::*;
    use crate::image::digest::BlobDigest;

    fn gzip(pieces: &[&[u8]]) -> Vec<u8> {
        let mut writer = GzipWriter::new(Vec::new()).unwrap();
        for piece in pieces {
            writer.write_all(piece).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn the_same_input_gives_these_bytes() {
        let input: Vec<u8> = (0..100_000_u32)
            .flat_map(|n| n.wrapping_mul(n).to_le_bytes())
            .collect();
        // As the bytes decide over the digests of all images, a change of them must not go unnoticed.
        assert_eq!(
            BlobDigest::of(&gzip(&[&input])).hex(),
            "75fa771a143b136995fb2e91701c3d3f734784d75a789b0bcc9765fe1664b848"
        );
        assert_eq!(gzip(&[]), [&HEADER[..], &[3, 0], &[0; 8]].concat());
    }

    proptest! {
        #[test]
        fn what_is_compressed_comes_back(pieces: Vec<Vec<u8>>) {
            let pieces: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(gzip(&pieces).as_slice()).read_to_end(&mut back).unwrap();
            let whole = pieces.concat();
            prop_assert_eq!(gzip(&pieces), gzip(&[&whole]));
            prop_assert_eq!(back, whole);
        }
    }
}
