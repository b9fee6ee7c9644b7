//! The libraries that a program needs on this machine, as its own loader finds them.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::{ImageError, io_error};

/// The largest number of segments and the longest name of a loader that are believed.
const MOST_SEGMENTS: u16 = 512;
const LONGEST_NAME: u64 = 4096;
const X86_64: u16 = 62;

/// What a program that is not static needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Libraries {
    /// The loader, which must be at this very path.
    pub(super) loader: PathBuf,
    /// The libraries, with the name under which each is looked for.
    pub(super) files: Vec<(String, PathBuf)>,
}

/// Returns what a program for x86-64 needs, or nothing if it is static. The program itself is not run, but its loader is.
pub(super) fn libraries(program: &Path) -> Result<Option<Libraries>, ImageError> {
    let failed = |reason: String| ImageError::Libraries {
        program: program.to_owned(),
        reason,
    };
    let mut file = File::open(program).map_err(io_error("open", program))?;
    let loader = loader_of(&mut file).map_err(|error| failed(error.to_string()))?;
    let Some(loader) = loader else {
        return Ok(None);
    };
    let output = Command::new(&loader)
        .arg("--list")
        .arg(program)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            failed(format!(
                "its loader {} does not run: {error}",
                loader.display()
            ))
        })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let files = parse_list(&text).map_err(|name| failed(format!("{name} is not found")))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let line: String = text
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
        return Err(failed(line));
    }
    Ok(Some(Libraries { loader, files }))
}

/// Reads what `--list` of a loader prints: `NAME => PATH (ADDRESS)`. An error is a name that was not found.
fn parse_list(text: &str) -> Result<Vec<(String, PathBuf)>, String> {
    let mut files = Vec::new();
    for line in text.lines() {
        let Some((name, found)) = line.trim().split_once(" => ") else {
            // The kernel's own, and the loader.
            continue;
        };
        let path = found.rsplit_once(" (0x").map_or(found, |(path, _)| path);
        if !path.starts_with('/') {
            return Err(name.to_owned());
        }
        // A name with directories is looked for in them, not among the libraries.
        if !name.contains('/') {
            files.push((name.to_owned(), PathBuf::from(path)));
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the name of the loader out of an executable: the segment of kind 3 of an ELF file.
fn loader_of(file: &mut File) -> io::Result<Option<PathBuf>> {
    let refuse = |reason: &str| io::Error::other(reason.to_owned());
    let mut header = [0; 64];
    file.read_exact(&mut header)
        .map_err(|_| refuse("it is not an executable"))?;
    let half = |bytes: &[u8], at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let long = |bytes: &[u8], at: usize| {
        u64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]))
    };
    if !header.starts_with(b"\x7fELF\x02\x01") || half(&header, 18) != X86_64 {
        return Err(refuse("it is not an executable for x86-64"));
    }
    let (from, size, count) = (long(&header, 32), half(&header, 54), half(&header, 56));
    if size != 56 || count > MOST_SEGMENTS {
        return Err(refuse("its program header cannot be read"));
    }
    file.seek(SeekFrom::Start(from))?;
    let mut segments = vec![0; usize::from(size) * usize::from(count)];
    file.read_exact(&mut segments)?;
    let named = segments
        .chunks_exact(usize::from(size))
        .find(|segment| segment.starts_with(&3_u32.to_le_bytes()));
    let Some(segment) = named else {
        return Ok(None);
    };
    let length = long(segment, 32);
    if length > LONGEST_NAME {
        return Err(refuse("the name of its loader cannot be read"));
    }
    file.seek(SeekFrom::Start(long(segment, 8)))?;
    let mut name = Vec::new();
    file.take(length).read_to_end(&mut name)?;
    let name = name.strip_suffix(b"\0").unwrap_or(&name);
    match std::str::from_utf8(name) {
        Ok(name) if name.starts_with('/') => Ok(Some(name.into())),
        _ => Err(refuse("the name of its loader cannot be read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_needs_the_c_library() {
        let program = std::env::current_exe().unwrap();
        let found = libraries(&program).unwrap().unwrap();
        assert!(found.loader.is_absolute() && found.loader.exists());
        let (name, path) = found
            .files
            .iter()
            .find(|(name, _)| name.starts_with("libc.") || name.starts_with("libc-"))
            .unwrap();
        assert!(path.is_file(), "{name}: {}", path.display());
    }

    #[test]
    fn a_list_of_a_loader_is_read() {
        let list = "\tlinux-vdso.so.1 (0x00007ffc)\n\tlibz.so.1 => /lib/libz.so.1 (0x00007f)\n\
                    \tlibc.so.6 => /a dir/libc.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n\
                    \t/lib64/ld.so => /lib64/ld.so (0x1)\n";
        let expected = [
            ("libc.so.6", "/a dir/libc.so.6"),
            ("libz.so.1", "/lib/libz.so.1"),
        ];
        let expected = expected.map(|(name, path)| (name.to_owned(), PathBuf::from(path)));
        assert_eq!(parse_list(list).unwrap(), expected);
        assert_eq!(
            parse_list("\tlibx.so => not found\n").unwrap_err(),
            "libx.so"
        );
    }

    #[test]
    fn what_is_no_executable_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let mut arm = program[..64].to_vec();
        arm[18] = 183;
        let mut cut = program[..64].to_vec();
        cut[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
        let mut many = program[..64].to_vec();
        many[56..58].copy_from_slice(&[255; 2]);
        for (bytes, reason) in [
            (b"#!/bin/sh\n".to_vec(), "it is not an executable"),
            (vec![0; 100], "it is not an executable for x86-64"),
            (arm, "it is not an executable for x86-64"),
            (many, "its program header cannot be read"),
            (cut, ""),
        ] {
            let file = dir.path().join("program");
            std::fs::write(&file, bytes).unwrap();
            let error = libraries(&file).unwrap_err().to_string();
            let (said, why) = error.split_once(" cannot be told: ").unwrap();
            assert!(
                said.ends_with("/program") && why.starts_with(reason),
                "{error}"
            );
        }
        let error = libraries(Path::new("/nowhere")).unwrap_err().to_string();
        assert_eq!(error, "could not open /nowhere");
    }
}
