use std::fmt;

use serde::Deserialize;

/// What a node says when it refuses a request.
///
/// Codes and names are those of nodeos' `exceptions.hpp`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeError {
    /// The HTTP status of the answer.
    pub status: u16,
    /// The node's code: `3050003`, or 0 where it gives none.
    pub code: i64,
    /// The node's name for the code: `eosio_assert_message_exception`.
    pub name: String,
    /// The node's sentence for the code: `eosio_assert_message assertion failure`.
    pub what: String,
    /// What happened, the most telling first: `assertion failure with message: overdrawn balance`.
    pub details: Vec<ErrorDetail>,
}

/// One line of a node's explanation, and where in its source it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct ErrorDetail {
    /// What happened.
    pub message: String,
    /// The source file of the node.
    pub file: String,
    /// The line in it.
    pub line_number: u64,
    /// The function in it.
    pub method: String,
}

/// The codes that a caller is likely to act upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 3040005: the transaction's expiration has passed.
    Expired,
    /// 3040006: the expiration lies further ahead than the chain allows.
    ExpirationTooFar,
    /// 3040007: the reference block is not on this chain.
    ReferenceBlock,
    /// 3040008: the node has this very transaction already.
    Duplicate,
    /// 3050003, 3050004: a contract refused.
    Assertion,
    /// 3080001: an account has not enough RAM.
    Ram,
    /// 3080002: an account has not enough NET.
    Net,
    /// 3080004: an account has not enough CPU.
    Cpu,
    /// 3080003, 3080005: the block is full; the next one may take it.
    BlockFull,
    /// 3080006: the execution took longer than the node or the transaction allows.
    Deadline,
    /// 3090003: the signatures do not satisfy an authorisation; also how a wrong chain id shows.
    Authorization,
    /// 3090004: an action lacks an authority that its contract requires.
    MissingAuthority,
    /// The address has no such endpoint: a plugin is off, or the node is of another version.
    UnknownEndpoint,
    /// Any other code.
    Other,
}

impl NodeError {
    /// Returns the kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match self.code {
            3_040_005 => ErrorKind::Expired,
            3_040_006 => ErrorKind::ExpirationTooFar,
            3_040_007 => ErrorKind::ReferenceBlock,
            3_040_008 => ErrorKind::Duplicate,
            3_050_003 | 3_050_004 => ErrorKind::Assertion,
            3_080_001 => ErrorKind::Ram,
            3_080_002 => ErrorKind::Net,
            3_080_003 | 3_080_005 => ErrorKind::BlockFull,
            3_080_004 => ErrorKind::Cpu,
            3_080_006 => ErrorKind::Deadline,
            3_090_003 => ErrorKind::Authorization,
            3_090_004 => ErrorKind::MissingAuthority,
            0 if self.status == 404
                && self
                    .details
                    .iter()
                    .any(|detail| detail.message == "Unknown Endpoint") =>
            {
                ErrorKind::UnknownEndpoint
            }
            _ => ErrorKind::Other,
        }
    }

    /// Returns whether the same request may succeed a little later: the node was busy, the block full.
    pub fn is_retryable(&self) -> bool {
        // How long an execution takes depends on what else the machine does; an account's own lack of CPU does not.
        let ran_into_chain_limit = || {
            self.kind() == ErrorKind::Cpu
                && self.details.iter().any(|detail| {
                    detail
                        .message
                        .contains("reached on chain max_transaction_cpu_usage")
                })
        };
        matches!(self.kind(), ErrorKind::Deadline | ErrorKind::BlockFull)
            || matches!(self.status, 429 | 503)
            || ran_into_chain_limit()
    }

    /// Reads the body of an answer that is not 2xx; `None` when it is not a node's.
    pub(crate) fn from_answer(status: u16, body: &[u8]) -> Option<Self> {
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
            details: Vec<ErrorDetail>,
        }
        let Body { message, error } = eos_abi::json::from_slice(body).ok()?;
        // Where the inner part is empty (trace_api), the outer message is all there is.
        let what = if error.what.is_empty() {
            message
        } else {
            error.what
        };
        Some(Self {
            status,
            code: error.code,
            name: error.name,
            what,
            details: error.details,
        })
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.details.first() {
            Some(detail) if !detail.message.is_empty() => write_plain(f, &detail.message)?,
            _ => write_plain(f, &self.what)?,
        }
        if self.code == 0 {
            write!(f, " (HTTP {})", self.status)
        } else {
            write!(f, " ({} {})", self.code, self.name)
        }
    }
}

/// A contract words its assertions as it likes: what would steer a terminal is left out.
fn write_plain(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    text.chars()
        .try_for_each(|c| f.write_char(if c.is_control() { ' ' } else { c }))
}

impl std::error::Error for NodeError {}

/// The `except` of a transaction's trace: the same facts in the shape of the node's own exceptions.
#[derive(Deserialize)]
pub(crate) struct TraceException {
    code: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    stack: Vec<StackEntry>,
}

#[derive(Deserialize)]
struct StackEntry {
    #[serde(default)]
    context: StackContext,
    #[serde(default)]
    format: String,
    #[serde(default)]
    data: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct StackContext {
    file: String,
    line: u64,
    method: String,
}

impl TraceException {
    pub(crate) fn into_node_error(self, status: u16) -> NodeError {
        let details = self
            .stack
            .into_iter()
            .map(StackEntry::into_detail)
            .collect();
        NodeError {
            status,
            code: self.code,
            name: self.name,
            what: self.message,
            details,
        }
    }
}

impl StackEntry {
    fn into_detail(self) -> ErrorDetail {
        let StackContext { file, line, method } = self.context;
        ErrorDetail {
            message: fill_in(&self.format, &self.data),
            file,
            line_number: line,
            method,
        }
    }
}

/// Puts values into a format of the node's (`assertion failure with message: ${s}`).
fn fill_in(format: &str, data: &serde_json::Map<String, serde_json::Value>) -> String {
    let mut text = String::with_capacity(format.len());
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        let Some((key, tail)) = after.split_once('}') else {
            text.push_str("${");
            rest = after;
            continue;
        };
        match data.get(key) {
            Some(serde_json::Value::String(value)) => text.push_str(value),
            Some(value) => text.push_str(&value.to_string()),
            None => {
                text.push_str("${");
                text.push_str(key);
                text.push('}');
            }
        }
        rest = tail;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(json: &str) -> serde_json::Map<String, serde_json::Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn formats_are_filled_in() {
        let values = data(r#"{"s": "overdrawn balance", "n": 7}"#);
        assert_eq!(
            fill_in("failed: ${s} (${n})", &values),
            "failed: overdrawn balance (7)"
        );
        assert_eq!(fill_in("${missing} ${s", &values), "${missing} ${s");
        assert_eq!(fill_in("", &values), "");
    }

    #[test]
    fn what_a_contract_says_does_not_steer_the_terminal() {
        let detail = ErrorDetail {
            message: "\u{1b}[31mred\nline".to_owned(),
            ..ErrorDetail::default()
        };
        let error = NodeError {
            status: 500,
            code: 3_050_003,
            name: "eosio_assert_message_exception".to_owned(),
            what: String::new(),
            details: vec![detail],
        };
        assert_eq!(
            error.to_string(),
            " [31mred line (3050003 eosio_assert_message_exception)"
        );
    }

    #[test]
    fn a_page_of_a_proxy_is_no_node_error() {
        assert_eq!(
            NodeError::from_answer(502, b"<html>Bad Gateway</html>"),
            None
        );
        assert_eq!(NodeError::from_answer(500, br#"{"message":"x"}"#), None);
    }

    #[test]
    fn a_busy_machine_is_told_from_an_account_without_cpu() {
        let error = |message: &str| NodeError {
            status: 500,
            code: 3_080_004,
            name: "tx_cpu_usage_exceeded".to_owned(),
            what: String::new(),
            details: vec![ErrorDetail {
                message: message.to_owned(),
                ..ErrorDetail::default()
            }],
        };
        let billed = "billed CPU time (151562 us) is greater than the maximum billable CPU time for the transaction";
        assert!(
            error(&format!(
                "{billed} (150000 us) reached on chain max_transaction_cpu_usage 150000us"
            ))
            .is_retryable()
        );
        assert!(!error(&format!("{billed} (0 us)")).is_retryable());
    }

    #[test]
    fn an_unknown_endpoint_has_its_kind() {
        let body = br#"{"code":404,"message":"Not Found","error":{"code":0,"name":"exception","what":"unspecified",
            "details":[{"message":"Unknown Endpoint","file":"x.hpp","line_number":1,"method":"m"}]}}"#;
        let error = NodeError::from_answer(404, body).unwrap();
        assert_eq!(error.kind(), ErrorKind::UnknownEndpoint);
        assert_eq!(error.to_string(), "Unknown Endpoint (HTTP 404)");
    }
}
