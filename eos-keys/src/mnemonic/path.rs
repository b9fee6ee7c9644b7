use std::{
    fmt::{self, Write as _},
    str::FromStr,
};

use crate::mnemonic::PathError;

/// What is added to the number of a hardened step.
const HARDENED: u32 = 1 << 31;

/// The way from a seed's master key to a key, such as `m/44'/194'/0'/0/0`.
///
/// Steps with a `'` are hardened: who knows a key below one cannot compute its parent's other keys. `FromStr` reads `h` for `'`, and
/// `Display` prints `'`.
///
/// The default is the first key of the first account, `m/44'/194'/0'/0/0`.
///
/// ```
/// use eos_keys::mnemonic::DerivationPath;
///
/// let path: DerivationPath = "m/44h/194h/0h/0/7".parse()?;
/// assert_eq!(path, DerivationPath::new(0, 0, 7)?);
/// assert_eq!(path.to_string(), "m/44'/194'/0'/0/7");
/// # Ok::<(), eos_keys::mnemonic::PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DerivationPath {
    /// At most 255: an extended key counts its depth in a byte.
    steps: Vec<u32>,
}

impl DerivationPath {
    /// The purpose of BIP-44, and EOS in SLIP-44.
    const BRANCH: [u32; 2] = [HARDENED + 44, HARDENED + 194];

    /// Returns `m/44'/194'/account'/change/index`.
    ///
    /// # Errors
    ///
    /// [`PathError::InvalidStep`] if a number is not below 2^31.
    pub fn new(account: u32, change: u32, index: u32) -> Result<Self, PathError> {
        let mut steps = Self::BRANCH.to_vec();
        for (position, number) in (3..).zip([account, change, index]) {
            if number >= HARDENED {
                return Err(PathError::InvalidStep { position });
            }
            steps.push(number);
        }
        if let Some(account) = steps.get_mut(2) {
            *account |= HARDENED;
        }
        Ok(Self { steps })
    }

    /// Returns the numbers of the steps as they are derived: those of hardened ones are 2^31 and above.
    pub(super) fn steps(&self) -> &[u32] {
        &self.steps
    }
}

impl Default for DerivationPath {
    fn default() -> Self {
        Self::new(0, 0, 0).expect("zero is below 2^31")
    }
}

impl FromStr for DerivationPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let rest = text.strip_prefix('m').ok_or(PathError::NotFromMaster)?;
        let mut texts = rest.split('/');
        // Between the `m` and the first slash there is nothing.
        if texts.next() != Some("") {
            return Err(PathError::NotFromMaster);
        }
        let count = texts.clone().count();
        if count > usize::from(u8::MAX) {
            return Err(PathError::TooDeep { count });
        }
        let steps = (1..)
            .zip(texts)
            .map(|(position, text)| step(text).ok_or(PathError::InvalidStep { position }))
            .collect::<Result<_, _>>()?;
        Ok(Self { steps })
    }
}

impl fmt::Display for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from("m");
        for step in &self.steps {
            let mark = if step & HARDENED == 0 { "" } else { "'" };
            write!(text, "/{}{mark}", step & !HARDENED)?;
        }
        f.pad(&text)
    }
}

impl fmt::Debug for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DerivationPath({self})")
    }
}

fn step(text: &str) -> Option<u32> {
    let (digits, mark) = match text.strip_suffix(['\'', 'h']) {
        Some(digits) => (digits, HARDENED),
        None => (text, 0),
    };
    // `parse` would also take a plus sign.
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    (number < HARDENED).then_some(number | mark)
}
