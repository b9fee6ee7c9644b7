use std::{error::Error as StdError, fmt, time::Duration};

use serde::Deserialize;

/// Says why a call to keosd failed.
///
/// It never carries a password, a private key, or any part of an answer that may hold one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeosdError {
    /// The address is not that of a keosd on this machine.
    #[error("{address:?} is not the address of a keosd: {reason}")]
    Address {
        /// The address, unless it has a user name or password in it.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The HTTP client could not be set up.
    #[error("HTTP client could not be set up")]
    Setup {
        /// What it said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// What should be sent has no JSON form. Nothing was sent.
    #[error("request for {call} has no JSON form")]
    Request {
        /// The call, as in `sign_transaction`.
        call: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A wallet name, a password or another text to send has a control character other than tab and the ends of lines, which keosd would
    /// take for something else. Nothing was sent.
    #[error(
        "request for {call} has a control character in a text, which keosd would not read as it is"
    )]
    ControlCharacter {
        /// The call, as in `unlock`.
        call: &'static str,
    },
    /// No connection could be made: keosd has not seen the request.
    #[error("could not connect to keosd at {address}")]
    Connect {
        /// The socket's path, or the URL.
        address: String,
        /// What the system said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// No answer came in time; the call may or may not have been carried out.
    #[error("no answer of keosd to {call} within {after:?}")]
    Timeout {
        /// The call, as in `unlock`.
        call: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The connection failed underway; the call may or may not have been carried out.
    #[error("connection to keosd failed during {call}")]
    Broken {
        /// The call, as in `unlock`.
        call: &'static str,
        /// What the system said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The answer is longer than any of keosd's.
    #[error("answer to {call} is longer than {limit} bytes")]
    TooLong {
        /// The call, as in `unlock`.
        call: &'static str,
        /// The most that is read.
        limit: usize,
    },
    /// The answer is not what keosd answers to this call: something else may listen at that address.
    #[error("answer to {call} (HTTP {status}) is not understood; is it keosd that listens there?")]
    Answer {
        /// The call, as in `unlock`.
        call: &'static str,
        /// The HTTP status.
        status: u16,
        /// Where the answer departs from the expected shape; absent where that could quote a secret.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// keosd refused.
    #[error("keosd refused {call}{}", OfWallet(wallet.as_deref()))]
    Refused {
        /// The call, as in `unlock`.
        call: &'static str,
        /// The wallet that the call was about.
        wallet: Option<String>,
        /// Why.
        #[source]
        source: KeosdRefusal,
    },
}

/// Says why keosd refused a call: the codes of its answers as types.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeosdRefusal {
    /// 3120000: the name of the wallet.
    #[error("wallet names may have letters, digits, `.`, `_` and `-` only")]
    WalletName,
    /// 3120001: there is a wallet of that name, and it is not overwritten.
    #[error("wallet exists already")]
    WalletExists,
    /// 3120002: the wallet has no file, or keosd has not opened it.
    #[error("there is no such wallet, or it is not open")]
    UnknownWallet,
    /// 3120003: the wallet is locked, or all of them are.
    #[error("wallet is locked")]
    Locked,
    /// 3120004: no unlocked wallet has the key to sign with. keosd answers the same when its wallets are locked.
    #[error("no unlocked wallet has the key")]
    KeyNotFound,
    /// 3120005: the password is wrong, or the wallet's file damaged.
    #[error("wrong password")]
    WrongPassword,
    /// 3120006: keosd has no wallet open, as after its start.
    #[error("no wallet is open")]
    NoOpenWallet,
    /// 3120007: the wallet is unlocked already. The password was not looked at.
    #[error("wallet is unlocked already")]
    AlreadyUnlocked,
    /// 3120008: the wallet has the key already.
    #[error("key is in the wallet already")]
    KeyExists,
    /// 3120009: the wallet does not have the key to remove.
    #[error("key is not in the wallet")]
    KeyNotInWallet,
    /// 3120010: keosd makes no keys of this type.
    #[error("keosd makes no keys of this type")]
    KeyType,
    /// 3120011: the time until wallets lock themselves is too long.
    #[error("time until wallets lock themselves is too long")]
    LockTimeout,
    /// HTTP 429: keosd has too many requests under way. It may have carried this one out all the same and only kept the answer back.
    #[error("keosd has too many requests under way")]
    Busy,
    /// HTTP 404: what listens there has no such call. It may be a nodeos.
    #[error("there is no such call at that address; is it keosd that listens there?")]
    UnknownCall,
    /// Any other code.
    #[error("{}{}", Plain(message), Code(*status, *code, name))]
    Other {
        /// The HTTP status.
        status: u16,
        /// The code, or 0 where there is none.
        code: i64,
        /// keosd's name for the code.
        name: String,
        /// keosd's explanation. Where the request held a password or a key, its general sentence for the code: the particular one
        /// may quote the request.
        message: String,
    },
}

impl KeosdError {
    /// Returns why keosd refused, where it was keosd that refused.
    pub fn refusal(&self) -> Option<&KeosdRefusal> {
        match self {
            Self::Refused { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Tells whether the same call may succeed a little later, and does no harm if it was carried out already.
    ///
    /// For `create` and `create_key` an answer that was lost makes it false: a second wallet or key would not be the first one.
    /// Other calls may, the second time, be refused because their work is done (`unlock`: [`KeosdRefusal::AlreadyUnlocked`]).
    pub fn is_retryable(&self) -> bool {
        let is_harmless = |call| !matches!(call, "create" | "create_key");
        match self {
            Self::Connect { .. } => true,
            Self::Timeout { call, .. }
            | Self::Broken { call, .. }
            | Self::Answer {
                call,
                status: 429 | 502..=504,
                ..
            }
            | Self::Refused {
                call,
                source: KeosdRefusal::Busy,
                ..
            } => is_harmless(*call),
            _ => false,
        }
    }
}

impl KeosdRefusal {
    /// Reads the body of an answer that is not 2xx; `None` when it is not keosd's.
    pub(crate) fn from_answer(status: u16, body: &[u8], may_quote: bool) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            message: String,
            error: Inner,
        }
        #[derive(Deserialize)]
        struct Inner {
            code: i64,
            #[serde(default)]
            name: String,
            #[serde(default)]
            what: String,
            #[serde(default)]
            details: Vec<Detail>,
        }
        #[derive(Deserialize)]
        struct Detail {
            #[serde(default)]
            message: String,
        }
        let Body { message, error } = serde_json::from_slice(body).ok()?;
        Some(match (error.code, status) {
            (3_120_000, _) => Self::WalletName,
            (3_120_001, _) => Self::WalletExists,
            (3_120_002, _) => Self::UnknownWallet,
            (3_120_003, _) => Self::Locked,
            (3_120_004, _) => Self::KeyNotFound,
            (3_120_005, _) => Self::WrongPassword,
            (3_120_006, _) => Self::NoOpenWallet,
            (3_120_007, _) => Self::AlreadyUnlocked,
            (3_120_008, _) => Self::KeyExists,
            (3_120_009, _) => Self::KeyNotInWallet,
            (3_120_010, _) => Self::KeyType,
            (3_120_011, _) => Self::LockTimeout,
            (_, 429) => Self::Busy,
            (0, 404) => Self::UnknownCall,
            (code, _) => {
                let detail = error.details.into_iter().next().filter(|_| may_quote);
                let message = [
                    detail.map_or_else(String::new, |detail| detail.message),
                    error.what,
                    message,
                ]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default();
                Self::Other {
                    status,
                    code,
                    name: error.name,
                    message,
                }
            }
        })
    }
}

/// ` (HTTP 500, 10 assert_exception)`.
struct Code<'a>(u16, i64, &'a str);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(status, code, name) = self;
        write!(f, " (HTTP {status}")?;
        if *code != 0 {
            write!(f, ", {code} {}", Plain(name))?;
        }
        f.write_str(")")
    }
}

/// Text of somebody else's: short, and without what would steer a terminal.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(300) {
            f.write_char(if c.is_control() { ' ' } else { c })?;
        }
        if chars.next().is_some() {
            f.write_str("…")?;
        }
        Ok(())
    }
}

struct OfWallet<'a>(Option<&'a str>);

impl fmt::Display for OfWallet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(wallet) => write!(f, " for wallet {wallet:?}"),
            None => Ok(()),
        }
    }
}
