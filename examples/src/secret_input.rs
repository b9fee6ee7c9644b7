//! Reading secrets from whoever runs a program: from the terminal without echo, or from a file descriptor. Never from arguments or
//! the environment, which other processes can read.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::mem;
use std::os::fd::{AsFd as _, OwnedFd};

use anyhow::{Context as _, Result, anyhow, bail};
use eos_keys::wallet::Password;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

/// No secret is longer: neither a password nor a mnemonic.
const LONGEST: usize = 4096;

/// What a terminal takes of a line: it throws away what is typed beyond, and says nothing.
const LONGEST_LINE: usize = 4095;

/// Ctrl-C and Ctrl-\.
const STOP: [char; 2] = ['\x03', '\x1c'];

/// Reads a secret from a file descriptor that the caller opened, or asks for it on the terminal. `what` names it in messages, such as
/// `the wallet's password`; `option` names the option that takes the descriptor.
///
/// # Errors
///
/// When there is no terminal and no descriptor, and when what is read is empty, too long or no text.
pub fn read(what: &str, option: &str, descriptor: Option<u32>) -> Result<Zeroizing<String>> {
    match descriptor {
        Some(descriptor) => from_descriptor(what, descriptor),
        None => from_terminal(what, option),
    }
}

/// Reads a secret that is new, so that a slip of the finger would lose what it locks: the terminal is asked twice.
///
/// # Errors
///
/// As [`read`], when the two are not the same, and when it has a control character, such as the end of a first line, which nobody could
/// type again.
pub fn read_new(what: &str, option: &str, descriptor: Option<u32>) -> Result<Zeroizing<String>> {
    let secret = read(what, option, descriptor)?;
    refuse_control_characters(what, &secret)?;
    if descriptor.is_none() && secret != from_terminal(&format!("{what}, again"), option)? {
        bail!("the two are not the same: nothing was done");
    }
    Ok(secret)
}

/// Takes a secret for a password, without a copy.
pub fn into_password(mut secret: Zeroizing<String>) -> Password {
    Password::from(mem::take(&mut *secret))
}

/// Reads a secret, without the line's end, from a file descriptor that the caller opened.
///
/// # Errors
///
/// When it cannot be read or is a terminal, and when what is read is empty, too long or no text.
pub fn from_descriptor(what: &str, descriptor: u32) -> Result<Zeroizing<String>> {
    let cannot = || format!("cannot read {what} from file descriptor {descriptor}");
    let file = File::from(duplicate(descriptor).with_context(cannot)?);
    if file.is_terminal() {
        bail!(
            "file descriptor {descriptor} is a terminal, which would show {what}; give a pipe or a file"
        );
    }
    // Of full size from the start, so that no copy is left behind where it grew.
    let mut text = Zeroizing::new(String::with_capacity(2 * LONGEST));
    file.take(LONGEST as u64 + 1)
        .read_to_string(&mut text)
        .with_context(cannot)?;
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    checked(what, text)
}

/// Returns another descriptor of the same open file, which goes on where that is.
fn duplicate(descriptor: u32) -> io::Result<OwnedFd> {
    match descriptor {
        0 => io::stdin().as_fd().try_clone_to_owned(),
        1 => io::stdout().as_fd().try_clone_to_owned(),
        2 => io::stderr().as_fd().try_clone_to_owned(),
        _ => duplicate_other(descriptor),
    }
}

/// Only what Rust knows to be open can be duplicated without `unsafe` in the usual way. So this process asks the kernel for it as it would
/// for another process's.
#[cfg(target_os = "linux")]
fn duplicate_other(descriptor: u32) -> io::Result<OwnedFd> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let number = i32::try_from(descriptor).map_err(|_| io::ErrorKind::InvalidInput)?;
    let duplicate = pidfd_open(getpid(), PidfdFlags::empty())
        .and_then(|process| pidfd_getfd(process, number, PidfdGetfdFlags::empty()));
    match duplicate {
        // Linux before 5.6, or a container that forbids it. This opens the file anew: a pipe or a file from its start, but no socket.
        Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => opened_anew(descriptor),
        duplicate => Ok(duplicate?),
    }
}

/// Elsewhere, to open this is to duplicate it.
#[cfg(not(target_os = "linux"))]
fn duplicate_other(descriptor: u32) -> io::Result<OwnedFd> {
    opened_anew(descriptor)
}

fn opened_anew(descriptor: u32) -> io::Result<OwnedFd> {
    Ok(File::open(format!("/dev/fd/{descriptor}"))?.into())
}

fn from_terminal(what: &str, option: &str) -> Result<Zeroizing<String>> {
    let cannot =
        || format!("cannot ask for {what} on a terminal; where there is none, use {option}");
    let terminal = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .with_context(cannot)?;
    // A terminal hands out one line at a time, and none is longer than this.
    let mut line = Zeroizing::new([0; LONGEST + 1]);
    let length = {
        // Before the question, so that not even the fastest answer is shown.
        let _quiet = Quiet::make(&terminal).with_context(cannot)?;
        (&terminal)
            .write_all(format!("{what}: ").as_bytes())
            .with_context(cannot)?;
        let length = read_line(&terminal, line.as_mut_slice()).with_context(cannot)?;
        (&terminal).write_all(b"\n").with_context(cannot)?;
        length
    };
    let line = std::str::from_utf8(&line[..length])
        .map_err(|_| anyhow!("{what} is not UTF-8: nothing was done"))?;
    if line.ends_with(STOP) {
        bail!("interrupted: nothing was done");
    }
    let line = line.trim_end_matches(['\r', '\n']);
    if line.len() >= LONGEST_LINE {
        bail!("{what} is longer than a line of a terminal can be: nothing was done");
    }
    refuse_control_characters(what, line)?;
    checked(what, Zeroizing::new(line.to_owned()))
}

fn read_line(mut terminal: &File, line: &mut [u8]) -> io::Result<usize> {
    loop {
        match terminal.read(line) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

/// A terminal that does not show what is typed, until this is dropped.
///
/// Its keys send no signals meanwhile: not all shells restore the terminal of a program that a signal ended, and after a pause (Ctrl-Z) it
/// would show what is typed. Ctrl-C and Ctrl-\ end the line instead, and are the last characters of it.
struct Quiet<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn make(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        quiet.special_codes[SpecialCodeIndex::VEOL] = STOP[0] as u8;
        quiet.special_codes[SpecialCodeIndex::VEOL2] = STOP[1] as u8;
        // What was typed before the question is thrown away.
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // What could be done about a failure?
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Such as Ctrl-Z and arrow keys, which nobody means to type.
fn refuse_control_characters(what: &str, text: &str) -> Result<()> {
    if text.contains(|c: char| c.is_control() && c != '\t') {
        bail!("{what} has a control character in it: nothing was done");
    }
    Ok(())
}

fn checked(what: &str, text: Zeroizing<String>) -> Result<Zeroizing<String>> {
    match text.len() {
        0 => bail!("{what} is empty: nothing was done"),
        1..=LONGEST => Ok(text),
        _ => bail!("{what} is longer than {LONGEST} bytes"),
    }
}
