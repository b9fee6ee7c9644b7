//! tar as image layers want it, with nothing in it but what is said.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tar::{EntryType, Header};

use super::error::{ImageError, io_error};

/// What stands in a tar before a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TarEntry {
    /// Relative to the root of the image; a directory's ends with a slash.
    pub(super) path: Vec<u8>,
    pub(super) kind: TarKind,
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) mtime: u64,
    /// Further pax records, such as extended attributes.
    pub(super) records: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TarKind {
    File,
    Directory,
    Symlink { target: Vec<u8> },
    Hardlink { target: Vec<u8> },
}

pub(super) struct TarWriter<W: Write> {
    inner: W,
    /// The file that is written, for messages.
    path: PathBuf,
}

const BLOCK: usize = 512;
/// How much is copied at once.
const PIECE: usize = 1 << 16;

impl<W: Write> TarWriter<W> {
    pub(super) fn new(inner: W, path: &Path) -> Self {
        Self {
            inner,
            path: path.to_owned(),
        }
    }

    /// Writes an entry that has no bytes of its own.
    pub(super) fn entry(&mut self, entry: &TarEntry) -> Result<(), ImageError> {
        let failed = io_error("write", &self.path);
        self.header(entry, 0).map_err(failed)
    }

    /// Writes a file, whose length must be that of its entry. Returns the length that `content` has; the archive is of no use
    /// if it differs. `source` is where the content comes from, for messages.
    pub(super) fn file(
        &mut self,
        entry: &TarEntry,
        size: u64,
        content: impl Read,
        source: &Path,
    ) -> Result<u64, ImageError> {
        let failed = io_error("write", &self.path);
        self.header(entry, size).map_err(failed)?;
        // One byte more than announced tells that there is more.
        let mut content = content.take(size + 1);
        let mut piece = vec![0; PIECE];
        let mut written = 0;
        loop {
            let length = match content.read(&mut piece) {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                length => length.map_err(io_error("read", source))?,
            };
            let failed = io_error("write", &self.path);
            self.inner.write_all(&piece[..length]).map_err(failed)?;
            written += length as u64;
        }
        let failed = io_error("write", &self.path);
        self.pad(size).map_err(failed)?;
        Ok(written)
    }

    /// Writes the end of the archive.
    pub(super) fn finish(mut self) -> Result<W, ImageError> {
        let failed = io_error("write", &self.path);
        self.inner.write_all(&[0; 2 * BLOCK]).map_err(failed)?;
        Ok(self.inner)
    }

    fn header(&mut self, entry: &TarEntry, size: u64) -> io::Result<()> {
        let (kind, target): (_, &[u8]) = match &entry.kind {
            TarKind::File => (EntryType::Regular, &[]),
            TarKind::Directory => (EntryType::Directory, &[]),
            TarKind::Symlink { target } => (EntryType::Symlink, target),
            TarKind::Hardlink { target } => (EntryType::Link, target),
        };
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(entry.mode);
        header.set_uid(entry.uid);
        header.set_gid(entry.gid);
        header.set_mtime(entry.mtime);
        header.set_size(size);
        let fields = header.as_ustar_mut().expect("it was made as one");
        let mut records = entry.records.clone();
        for (field, value, record) in [
            (&mut fields.name, entry.path.as_slice(), "path"),
            (&mut fields.linkname, target, "linkpath"),
        ] {
            // What does not fit stands in full in a pax record.
            let fits = value.len().min(field.len());
            field[..fits].copy_from_slice(&value[..fits]);
            if fits < value.len() {
                records.push((record.to_owned(), value.to_vec()));
            }
        }
        if !records.is_empty() {
            self.pax(&records)?;
        }
        header.set_cksum();
        self.inner.write_all(header.as_bytes())
    }

    fn pax(&mut self, records: &[(String, Vec<u8>)]) -> io::Result<()> {
        let data: Vec<u8> = records.iter().flat_map(pax_record).collect();
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::XHeader);
        header.as_ustar_mut().expect("it was made as one").name[..3].copy_from_slice(b"pax");
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(data.len() as u64);
        header.set_cksum();
        self.inner.write_all(header.as_bytes())?;
        self.inner.write_all(&data)?;
        self.pad(data.len() as u64)
    }

    fn pad(&mut self, size: u64) -> io::Result<()> {
        let missing = size.next_multiple_of(BLOCK as u64) - size;
        io::copy(&mut io::repeat(0).take(missing), &mut self.inner).map(drop)
    }
}

/// `LENGTH KEY=VALUE\n`, where the length counts its own digits as well.
fn pax_record((key, value): &(String, Vec<u8>)) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while rest + length.to_string().len() != length {
        length = rest + length.to_string().len();
    }
    [
        format!("{length} {key}=").as_bytes(),
        value.as_slice(),
        b"\n",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, kind: TarKind) -> TarEntry {
        TarEntry {
            path: path.into(),
            kind,
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime: 7,
            records: Vec::new(),
        }
    }

    #[test]
    fn another_reader_reads_it() {
        let long = format!("{}/file", "directory".repeat(30));
        let mut writer = TarWriter::new(Vec::new(), "to".as_ref());
        writer.entry(&entry("a/", TarKind::Directory)).unwrap();
        let written = writer.file(
            &entry(&long, TarKind::File),
            3,
            &b"abc"[..],
            "from".as_ref(),
        );
        assert_eq!(written.unwrap(), 3);
        let target = b"x".repeat(150);
        writer
            .entry(&entry(
                "l",
                TarKind::Symlink {
                    target: target.clone(),
                },
            ))
            .unwrap();
        let bytes = writer.finish().unwrap();

        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut entries = archive.entries().unwrap();
        let first = entries.next().unwrap().unwrap();
        assert_eq!(&*first.path_bytes(), b"a/");
        assert_eq!(first.header().mtime().unwrap(), 7);
        let mut second = entries.next().unwrap().unwrap();
        assert_eq!(&*second.path_bytes(), long.as_bytes());
        let mut text = String::new();
        second.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        let third = entries.next().unwrap().unwrap();
        assert_eq!(third.link_name_bytes().unwrap(), target);
        assert!(entries.next().is_none());
    }

    #[test]
    fn the_length_of_a_record_counts_itself() {
        for length in [1, 85, 86, 87, 88, 89, 984, 985, 986, 987, 988, 989, 990] {
            let record = pax_record(&("path".to_owned(), vec![b'x'; length]));
            let text = String::from_utf8(record).unwrap();
            let (said, _) = text.split_once(' ').unwrap();
            assert_eq!(said.parse::<usize>().unwrap(), text.len());
        }
    }

    #[test]
    fn content_of_another_length_is_told() {
        for content in [&b"ab"[..], b"abcd"] {
            let mut writer = TarWriter::new(io::sink(), "to".as_ref());
            let written = writer.file(&entry("f", TarKind::File), 3, content, "from".as_ref());
            assert_eq!(written.unwrap(), content.len() as u64);
        }
    }

    #[test]
    fn what_cannot_be_written_and_what_cannot_be_read_are_told_apart() {
        use std::error::Error as _;

        let told = |error: ImageError| format!("{error}: {}", error.source().unwrap());
        let full = || std::fs::File::create("/dev/full").unwrap();
        let file = entry("f", TarKind::File);
        let mut writer = TarWriter::new(full(), "to".as_ref());
        let error = writer.file(&file, 1 << 20, io::repeat(1), "from".as_ref());
        let no_space = "could not write to: No space left on device (os error 28)";
        assert_eq!(told(error.unwrap_err()), no_space);
        let error = TarWriter::new(full(), "to".as_ref()).entry(&file);
        assert_eq!(told(error.unwrap_err()), no_space);
        let error = TarWriter::new(full(), "to".as_ref()).finish();
        assert_eq!(told(error.unwrap_err()), no_space);

        // A directory can be opened, but not read.
        let directory = std::fs::File::open("/").unwrap();
        let mut writer = TarWriter::new(io::sink(), "to".as_ref());
        let error = writer.file(&file, 1, directory, "from".as_ref());
        let text = told(error.unwrap_err());
        assert!(
            text.starts_with("could not read from: Is a directory"),
            "{text}"
        );
    }
}
