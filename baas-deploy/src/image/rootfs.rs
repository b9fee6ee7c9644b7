//! A root filesystem in a tar, made into the first layer of an image.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use tar::{Entry, EntryType};

use super::error::{ImageError, io_error};
use super::layer::{WrittenLayer, write_layer};
use super::store::Store;
use super::tar_writer::{TarEntry, TarKind, TarWriter};

/// The longest name, and the most of pax records before one entry.
const LONGEST_EXTENSION: u64 = 1 << 20;
/// The most that the files of a root filesystem may have together.
const LARGEST_ROOTFS: u64 = 32 << 30;
/// The most entries; a whole desktop system has a tenth.
const MOST_ENTRIES: u64 = 10_000_000;

const SPARSE: &str = "it is a sparse file; pack it plainly";
const UNREADABLE: &str = "its pax records cannot be read";

/// What root filesystems also come in, by their first bytes.
const REFUSED: [(&[u8], &str); 10] = [
    (
        b"\xfd7zXZ\0",
        "it is compressed with xz: unpack it with `xz --decompress`, and give the tar",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "it is compressed with zstd: unpack it with `zstd --decompress`, and give the tar",
    ),
    (
        b"BZh",
        "it is compressed with bzip2: unpack it with `bunzip2`, and give the tar",
    ),
    (
        b"\x04\x22\x4d\x18",
        "it is compressed with lz4: unpack it with `lz4 -d`, and give the tar",
    ),
    (
        b"LZIP",
        "it is compressed with lzip: unpack it with `lzip --decompress`, and give the tar",
    ),
    (
        b"\x5d\0\0",
        "it is compressed with lzma: unpack it with `unlzma`, and give the tar",
    ),
    (
        b"\x1f\x9d",
        "it is compressed with compress: unpack it with `uncompress`, and give the tar",
    ),
    (
        b"7z\xbc\xaf\x27\x1c",
        "it is a 7z archive: unpack it, and pack what is in it into a tar",
    ),
    (
        b"PK\x03\x04",
        "it is a zip archive: unpack it, and pack what is in it into a tar",
    ),
    (
        b"hsqs",
        "it is a squashfs: unpack it with `unsquashfs`, and pack what is in it into a tar",
    ),
];

/// What stands before an entry and is about it.
#[derive(Debug, Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    /// User and group.
    owner: (Option<u64>, Option<u64>),
    records: Vec<(String, Vec<u8>)>,
}

/// Writes a layer with what is in a tar, which may be compressed with gzip.
///
/// Names are made relative to the root of the image (`./etc` and `/etc` are both `etc`); a name with `..` in it is refused.
/// The target of a symbolic link is left as it is, since whoever runs the image resolves it inside. Owners, modes, times and
/// extended attributes are kept. Device files below `dev/` are left out, as runtimes make their own; others are refused.
pub(super) fn rootfs_layer(store: &Store, archive: &Path) -> Result<WrittenLayer, ImageError> {
    let file = File::open(archive).map_err(io_error("open", archive))?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let begin = reader.fill_buf().map_err(io_error("read", archive))?;
    if let Some((_, what)) = REFUSED.iter().find(|(magic, _)| begin.starts_with(magic)) {
        return Err(unsupported(archive, what));
    }
    let is_gzip = begin.starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn Read> = if is_gzip {
        Box::new(flate2::bufread::MultiGzDecoder::new(reader))
    } else {
        Box::new(reader)
    };
    write_layer(store, |tar| copy_entries(reader, archive, tar))
}

fn copy_entries<W: io::Write>(
    reader: impl Read,
    archive: &Path,
    tar: &mut TarWriter<W>,
) -> Result<(), ImageError> {
    let unreadable = || io_error("read", archive);
    let mut source = tar::Archive::new(reader);
    // Raw, since the reader's own handling of long names takes as much memory as a header asks for.
    let entries = source.entries().map_err(unreadable())?.raw(true);
    let mut extensions = Extensions::default();
    let (mut size, mut count) = (0_u64, 0_u64);
    let mut is_first = true;
    for entry in entries {
        let mut entry = entry.map_err(|error| unreadable_entry(archive, is_first, error))?;
        is_first = false;
        let refuse = |name: &[u8], reason| ImageError::Rootfs {
            archive: archive.to_owned(),
            entry: String::from_utf8_lossy(&name[..name.len().min(300)]).into_owned(),
            reason,
        };
        let kind = entry.header().entry_type();
        if matches!(
            kind,
            EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader
        ) {
            let name = entry.path_bytes().into_owned();
            let data = read_extension(&mut entry)
                .map_err(unreadable())?
                .ok_or_else(|| refuse(&name, "its name or its records are longer than 1 MiB"))?;
            extensions
                .take(kind, data)
                .map_err(|reason| refuse(&name, reason))?;
            continue;
        }
        if kind == EntryType::XGlobalHeader {
            // It holds a comment of whoever made the archive; git writes one.
            continue;
        }
        let Extensions {
            path,
            link,
            owner,
            records,
        } = std::mem::take(&mut extensions);
        let name = path.unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let link = link.or_else(|| entry.header().link_name_bytes().map(Into::into));
        let refuse = |reason| refuse(&name, reason);
        let Some(path) = plain_path(&name).map_err(refuse)? else {
            continue;
        };
        count += 1;
        let file_size = entry.header().entry_size().map_err(unreadable())?;
        size = size.saturating_add(file_size);
        if size > LARGEST_ROOTFS || count > MOST_ENTRIES {
            return Err(ImageError::TooLarge {
                what: archive.display().to_string(),
                limit: LARGEST_ROOTFS,
            });
        }
        let target = || {
            link.filter(|target| !target.is_empty())
                .ok_or_else(|| refuse("it is a link to nothing"))
        };
        let kind = match kind {
            EntryType::Regular | EntryType::Continuous => TarKind::File,
            EntryType::Directory => TarKind::Directory,
            EntryType::Symlink => TarKind::Symlink { target: target()? },
            EntryType::Link => TarKind::Hardlink {
                target: plain_path(&target()?)
                    .map_err(refuse)?
                    .ok_or_else(|| refuse("it is a link to the root"))?,
            },
            EntryType::Block | EntryType::Char | EntryType::Fifo if path.starts_with(b"dev/") => {
                continue;
            }
            EntryType::Block | EntryType::Char | EntryType::Fifo => {
                return Err(refuse("it is a device, which an image cannot have"));
            }
            EntryType::GNUSparse => return Err(refuse(SPARSE)),
            _ => return Err(refuse("it is neither file, directory nor link")),
        };
        let written = tar_entry(&entry, path, kind, owner, records).map_err(unreadable())?;
        if written.kind == TarKind::File {
            let found = tar.file(&written, file_size, &mut entry, archive)?;
            if found != file_size {
                return Err(ImageError::SizeMismatch {
                    what: format!(
                        "{}, entry `{}`,",
                        archive.display(),
                        String::from_utf8_lossy(&name)
                    ),
                    expected: file_size,
                    found,
                });
            }
        } else {
            tar.entry(&written)?;
        }
    }
    if count == 0 {
        return Err(unsupported(archive, "the archive has no entries"));
    }
    Ok(())
}

fn unreadable_entry(archive: &Path, is_first: bool, error: io::Error) -> ImageError {
    // What the reader says of a header that is none is about its fields.
    if is_first && error.kind() == io::ErrorKind::Other {
        return unsupported(
            archive,
            "it is neither a tar nor a tar that gzip compressed",
        );
    }
    io_error("read", archive)(error)
}

fn unsupported(archive: &Path, reason: &str) -> ImageError {
    ImageError::Unsupported {
        what: archive.display().to_string(),
        reason: reason.to_owned(),
    }
}

fn tar_entry<R: Read>(
    entry: &Entry<'_, R>,
    mut path: Vec<u8>,
    kind: TarKind,
    owner: (Option<u64>, Option<u64>),
    records: Vec<(String, Vec<u8>)>,
) -> io::Result<TarEntry> {
    let header = entry.header();
    if kind == TarKind::Directory {
        path.push(b'/');
    }
    Ok(TarEntry {
        path,
        kind,
        mode: header.mode()? & 0o7777,
        uid: owner.0.map_or_else(|| header.uid(), Ok)?,
        gid: owner.1.map_or_else(|| header.gid(), Ok)?,
        // Before 1970 it is a number of which the sign is the first bit; not every reader takes that.
        mtime: header
            .mtime()
            .map(|time| if i64::try_from(time).is_ok() { time } else { 0 })?,
        records,
    })
}

/// Reads a long name or pax records; none if they are longer than any are.
fn read_extension(entry: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    entry.take(LONGEST_EXTENSION + 1).read_to_end(&mut data)?;
    Ok((data.len() as u64 <= LONGEST_EXTENSION).then_some(data))
}

impl Extensions {
    fn take(&mut self, kind: EntryType, mut data: Vec<u8>) -> Result<(), &'static str> {
        if kind == EntryType::XHeader {
            return self.take_records(&data);
        }
        while data.last() == Some(&0) {
            data.pop();
        }
        match kind {
            EntryType::GNULongName => self.path = Some(data),
            _ => self.link = Some(data),
        }
        Ok(())
    }

    /// Reads `LENGTH KEY=VALUE\n`, again and again. Sizes and times in them are finer or larger than a header's: none of
    /// them matters here but the size of a file of 8 GiB and more, which is refused with its header.
    fn take_records(&mut self, mut data: &[u8]) -> Result<(), &'static str> {
        while !data.is_empty() {
            let (key, value, rest) = next_record(data).ok_or(UNREADABLE)?;
            data = rest;
            let value = value.to_vec();
            match key {
                "path" => self.path = Some(value),
                "linkpath" => self.link = Some(value),
                // What a header has no room for.
                "uid" => self.owner.0 = Some(number(&value).ok_or(UNREADABLE)?),
                "gid" => self.owner.1 = Some(number(&value).ok_or(UNREADABLE)?),
                "size" => {
                    return Err(
                        "its size is in a pax record, as that of a file of 8 GiB and more is",
                    );
                }
                _ if key.starts_with("GNU.sparse.") => return Err(SPARSE),
                _ if key.starts_with("SCHILY.xattr.") => self.records.push((key.to_owned(), value)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads one record; returns what is after it.
fn next_record(data: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let space = data.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&data[..space]).ok()?.parse().ok()?;
    let record = data.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    let key = std::str::from_utf8(&record[..equals]).ok()?;
    Some((key, &record[equals + 1..], &data[length..]))
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Returns a name relative to the root, without what means nothing in it; none for the root itself.
fn plain_path(name: &[u8]) -> Result<Option<Vec<u8>>, &'static str> {
    let mut parts = Vec::new();
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err("its name has `..` in it"),
            _ if part.starts_with(b".wh.") => {
                return Err("names that begin with `.wh.` stand for removed files in images");
            }
            _ if part.contains(&0) => return Err("its name has a zero byte"),
            _ => parts.push(part),
        }
    }
    Ok((!parts.is_empty()).then(|| parts.join(&b'/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::digest::BlobDigest;

    /// Kind, name, target of a link, content.
    type Raw<'a> = (EntryType, &'a [u8], &'a [u8], &'a [u8]);

    /// A tar with entries that are written as they are, however bad.
    fn tar(entries: &[Raw<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (kind, name, link, content) in entries {
            let mut header = tar::Header::new_ustar();
            header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name);
            header.as_ustar_mut().unwrap().linkname[..link.len()].copy_from_slice(link);
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_mode(0o4755);
            header.set_uid(3);
            header.set_gid(4);
            header.set_mtime(5);
            header.set_cksum();
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(content);
            bytes.resize(bytes.len().next_multiple_of(512), 0);
        }
        bytes.resize(bytes.len() + 1024, 0);
        bytes
    }

    fn layer(bytes: &[u8]) -> Result<Vec<String>, ImageError> {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("root.tar");
        std::fs::write(&archive, bytes).unwrap();
        let store = Store::open(dir.path()).unwrap();
        let written = rootfs_layer(&store, &archive)?;
        let file = File::open(store.path(&written.descriptor.digest)).unwrap();
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(file)
            .read_to_end(&mut tar)
            .unwrap();
        assert_eq!(BlobDigest::of(&tar), written.diff_id);
        let mut archive = tar::Archive::new(tar.as_slice());
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut content = String::new();
            entry.read_to_string(&mut content).unwrap();
            let header = entry.header();
            let link = entry.link_name_bytes().unwrap_or_default();
            format!(
                "{:o} {}:{} {} {} {}{content}",
                header.mode().unwrap(),
                header.uid().unwrap(),
                header.gid().unwrap(),
                header.mtime().unwrap(),
                String::from_utf8_lossy(&entry.path_bytes()),
                String::from_utf8_lossy(&link),
            )
        });
        Ok(entries.collect())
    }

    #[test]
    fn a_root_filesystem_keeps_its_owners_and_loses_its_dots() {
        let long = b"l".repeat(200);
        let bytes = tar(&[
            (EntryType::Directory, b"./", b"", b""),
            (EntryType::Directory, b"./etc/", b"", b""),
            (EntryType::Regular, b"/etc/passwd", b"", b"root"),
            (EntryType::Link, b"etc/same", b"./etc/passwd", b""),
            (EntryType::Symlink, b"sbin", b"../usr/sbin", b""),
            (EntryType::Char, b"dev/null", b"", b""),
            (
                EntryType::GNULongName,
                b"././@LongLink",
                b"",
                &[&long[..], b"\0"].concat(),
            ),
            (EntryType::Regular, b"cut", b"", b"long"),
            (EntryType::XHeader, b"pax", b"", b"19 linkpath=target\n"),
            (EntryType::Symlink, b"pax-link", b"cut", b""),
            (
                EntryType::XHeader,
                b"pax",
                b"",
                b"15 uid=3000000\n16 gid=20000000\n",
            ),
            (EntryType::Regular, b"large", b"", b"owner"),
        ]);
        let expected = [
            "4755 3:4 5 etc/ ".to_owned(),
            "4755 3:4 5 etc/passwd root".to_owned(),
            "4755 3:4 5 etc/same etc/passwd".to_owned(),
            "4755 3:4 5 sbin ../usr/sbin".to_owned(),
            format!("4755 3:4 5 {} long", String::from_utf8(long).unwrap()),
            "4755 3:4 5 pax-link target".to_owned(),
            "4755 3000000:20000000 5 large owner".to_owned(),
        ];
        assert_eq!(layer(&bytes).unwrap(), expected);
        let mut gzip = crate::image::gzip::GzipWriter::new(Vec::new()).unwrap();
        io::Write::write_all(&mut gzip, &bytes).unwrap();
        assert_eq!(layer(&gzip.finish().unwrap()).unwrap(), expected);
    }

    #[test]
    fn what_pax_records_say_of_a_file_is_a_reason_of_its_own() {
        for (records, reason) in [
            (
                &b"22 GNU.sparse.major=1\n"[..],
                "it is a sparse file; pack it plainly",
            ),
            (
                b"16 size=1234567\n",
                "its size is in a pax record, as that of a file of 8 GiB and more is",
            ),
        ] {
            let error = layer(&tar(&[(EntryType::XHeader, b"a", b"", records)])).unwrap_err();
            assert!(error.to_string().ends_with(reason), "{error}");
        }
    }

    #[test]
    fn a_time_before_1970_is_its_beginning() {
        let mut header = tar::Header::new_gnu();
        header.set_path("old").unwrap();
        header.set_entry_type(EntryType::Directory);
        header.set_size(0);
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(u64::MAX - 86_399);
        header.set_cksum();
        let bytes = [&header.as_bytes()[..], &[0; 1024]].concat();
        assert_eq!(layer(&bytes).unwrap(), ["755 0:0 0 old/ "]);
    }

    #[test]
    fn entries_that_cannot_be_in_an_image_are_refused_by_name() {
        let huge = vec![b'x'; (1 << 20) + 1];
        for (kind, name, link, content, reason) in [
            (
                EntryType::Regular,
                &b"a/../../etc/passwd"[..],
                &b""[..],
                &b""[..],
                "its name has `..` in it",
            ),
            (
                EntryType::Link,
                b"a",
                b"../b",
                b"",
                "its name has `..` in it",
            ),
            (EntryType::Link, b"a", b"", b"", "it is a link to nothing"),
            (EntryType::Link, b"a", b"/", b"", "it is a link to the root"),
            (
                EntryType::Char,
                b"null",
                b"",
                b"",
                "it is a device, which an image cannot have",
            ),
            (
                EntryType::GNUSparse,
                b"a",
                b"",
                b"",
                "it is a sparse file; pack it plainly",
            ),
            (
                EntryType::Regular,
                b".wh.a",
                b"",
                b"",
                "names that begin with `.wh.` stand for removed files in images",
            ),
            (
                EntryType::XHeader,
                b"a",
                b"",
                b"999 path=x\n",
                "its pax records cannot be read",
            ),
            (
                EntryType::XHeader,
                b"a",
                b"",
                b"nonsense",
                "its pax records cannot be read",
            ),
            (
                EntryType::XHeader,
                b"a",
                b"",
                b"1 a=b\n",
                "its pax records cannot be read",
            ),
            (
                EntryType::GNULongName,
                b"a",
                b"",
                &huge,
                "its name or its records are longer than 1 MiB",
            ),
            (
                EntryType::new(b'Q'),
                b"a",
                b"",
                b"",
                "it is neither file, directory nor link",
            ),
        ] {
            let error = layer(&tar(&[(kind, name, link, content)]))
                .unwrap_err()
                .to_string();
            let entry = String::from_utf8_lossy(name);
            assert!(
                error.ends_with(&format!("root.tar, entry `{entry}`: {reason}")),
                "{error}"
            );
        }
        assert!(
            layer(&tar(&[]))
                .unwrap_err()
                .to_string()
                .ends_with("the archive has no entries")
        );
    }

    #[test]
    fn what_is_compressed_otherwise_is_named_with_what_unpacks_it() {
        for (bytes, expected) in [
            // As the programs of these names write them.
            (&b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46"[..], "xz --decompress"),
            (b"\x28\xb5\x2f\xfd\x24\x01\x09\0\0x", "zstd --decompress"),
            (b"BZh91AY&SY", "bunzip2"),
            (b"PK\x03\x04\x14\0", "zip archive"),
            (b"hsqs\x07\0\0\0", "unsquashfs"),
            (b"\x5d\0\0\x80\0\xff", "unlzma"),
            (b"some text", "neither a tar nor"),
            (&[7; 4096], "neither a tar nor"),
        ] {
            // Also where there is more of it.
            for length in [bytes.len(), 4096] {
                let mut bytes = bytes.to_vec();
                bytes.resize(length.max(512), 9);
                let error = layer(&bytes).unwrap_err();
                assert!(matches!(error, ImageError::Unsupported { .. }), "{error:?}");
                let text = error.to_string();
                assert!(text.contains("root.tar cannot be used: "), "{text}");
                assert!(text.contains(expected), "{text}");
            }
        }
    }

    #[test]
    fn what_is_cut_is_refused() {
        let whole = tar(&[(EntryType::Regular, b"a", b"", &[7; 2000])]);
        for bytes in [&whole[..1500], b"\x1f\x8b\x08no gzip"] {
            let error = layer(bytes).unwrap_err();
            assert!(
                matches!(
                    error,
                    ImageError::Io { .. } | ImageError::SizeMismatch { .. }
                ),
                "{error}"
            );
        }
    }
}
