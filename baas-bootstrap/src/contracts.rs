//! The system's contracts: read from their files and checked before anything is done with them.

use std::fmt;
use std::path::{Path, PathBuf};

use eos_abi::{Abi, Action, ActionData, Bytes, Checksum256, Name, PermissionLevel, Schema};
use serde::Serialize;

use crate::Error;

/// A contract's code and ABI, checked.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The contract's name, as its files have it: `eosio.token`.
    pub name: String,
    pub(crate) wasm: Vec<u8>,
    pub(crate) packed_abi: Vec<u8>,
    pub(crate) code_hash: Checksum256,
    pub(crate) abi_hash: Checksum256,
    schema: Schema,
}

/// The contracts that a bootstrap sets.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Contracts {
    /// `eosio.bios`, the first on `eosio`: it can activate protocol features.
    pub bios: Contract,
    /// `eosio.system`, the last on `eosio`.
    pub system: Contract,
    /// `eosio.token`.
    pub token: Contract,
    /// `eosio.msig`.
    pub msig: Contract,
}

/// What is wrong with one contract file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractProblem {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub message: String,
}

/// Everything that is wrong with a directory of contracts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractProblems(pub Vec<ContractProblem>);

impl fmt::Display for ContractProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.message)
    }
}

impl fmt::Display for ContractProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ContractProblems {}

impl Contracts {
    /// Reads `DIR/NAME/NAME.wasm` and `DIR/NAME/NAME.abi` of each contract.
    ///
    /// `pins` name the SHA-256 that a contract's WebAssembly must have, by the contract's name.
    ///
    /// # Errors
    /// Everything that is wrong with the files: missing, not WebAssembly, another hash, not an ABI.
    pub fn load(dir: &Path, pins: &[(String, Checksum256)]) -> Result<Self, Error> {
        const NAMES: [&str; 4] = ["eosio.bios", "eosio.system", "eosio.token", "eosio.msig"];
        let mut problems = Vec::new();
        let mut load = |name: &str| {
            let pin = pins
                .iter()
                .find(|(pinned, _)| pinned == name)
                .map(|(_, hash)| *hash);
            Contract::load(dir, name, pin, &mut problems)
        };
        let [bios, system, token, msig] = NAMES.map(&mut load);
        for (pinned, _) in pins
            .iter()
            .filter(|(pinned, _)| !NAMES.contains(&pinned.as_str()))
        {
            problems.push(ContractProblem {
                file: dir.join(pinned),
                message: format!(
                    "has a hash but is not set; the contracts are {}",
                    NAMES.join(", ")
                ),
            });
        }
        match (bios, system, token, msig) {
            (Some(bios), Some(system), Some(token), Some(msig)) if problems.is_empty() => {
                Ok(Self {
                    bios,
                    system,
                    token,
                    msig,
                })
            }
            _ => Err(Error::Contracts {
                source: ContractProblems(problems),
            }),
        }
    }
}

impl Contract {
    /// Returns a contract from its WebAssembly and its ABI as JSON.
    ///
    /// # Errors
    /// What is wrong with either, without a file's name.
    pub fn new(name: &str, wasm: Vec<u8>, abi_json: &[u8]) -> Result<Self, ContractProblems> {
        let problem = |file: &str, message: String| {
            ContractProblems(vec![ContractProblem {
                file: PathBuf::from(file),
                message,
            }])
        };
        let wasm_file = format!("{name}.wasm");
        let abi_file = format!("{name}.abi");
        check_wasm(&wasm).map_err(|message| problem(&wasm_file, message))?;
        let (packed_abi, schema) =
            read_abi(abi_json).map_err(|message| problem(&abi_file, message))?;
        Ok(Self {
            name: name.to_owned(),
            code_hash: Checksum256::hash(&wasm),
            abi_hash: Checksum256::hash(&packed_abi),
            wasm,
            packed_abi,
            schema,
        })
    }

    fn load(
        dir: &Path,
        name: &str,
        pin: Option<Checksum256>,
        problems: &mut Vec<ContractProblem>,
    ) -> Option<Self> {
        let file = |extension: &str| dir.join(name).join(format!("{name}.{extension}"));
        let mut read = |path: PathBuf| match std::fs::read(&path) {
            Ok(bytes) => Some((path, bytes)),
            Err(error) => {
                problems.push(ContractProblem {
                    message: format!("cannot be read: {error}"),
                    file: path,
                });
                None
            }
        };
        let (wasm, abi) = (read(file("wasm")), read(file("abi")));
        let wasm = wasm.and_then(|(path, wasm)| {
            let problem = check_wasm(&wasm).err().or_else(|| {
                let hash = Checksum256::hash(&wasm);
                pin.filter(|pin| *pin != hash)
                    .map(|pin| format!("has the SHA-256 {hash}, expected {pin}"))
            });
            match problem {
                Some(message) => {
                    problems.push(ContractProblem {
                        file: path,
                        message,
                    });
                    None
                }
                None => Some(wasm),
            }
        });
        let abi = abi.and_then(|(path, json)| match read_abi(&json) {
            Ok(abi) => Some(abi),
            Err(message) => {
                problems.push(ContractProblem {
                    file: path,
                    message,
                });
                None
            }
        });
        let (wasm, (packed_abi, schema)) = (wasm?, abi?);
        Some(Self {
            name: name.to_owned(),
            code_hash: Checksum256::hash(&wasm),
            abi_hash: Checksum256::hash(&packed_abi),
            wasm,
            packed_abi,
            schema,
        })
    }

    /// Returns an action with typed arguments, by an account's `active` permission. They are packed as this contract's ABI
    /// says, which may be of another build than the one that the types were made of.
    pub(crate) fn call<T: ActionData + Serialize>(
        &self,
        account: Name,
        actor: Name,
        arguments: &T,
    ) -> Result<Action, Error> {
        let by_actor = vec![PermissionLevel::active(actor)];
        self.action(account, &T::NAME.to_string(), by_actor, arguments)
    }

    /// Returns an action of this contract, its data packed as the ABI says.
    ///
    /// # Errors
    /// When the contract has no such action, or the data do not fit it.
    pub fn action(
        &self,
        account: Name,
        name: &str,
        authorization: Vec<PermissionLevel>,
        data: &impl Serialize,
    ) -> Result<Action, Error> {
        let action = name
            .parse()
            .map_err(|source| unpacked(account, name, source))?;
        let data = self
            .schema
            .encode_action(action, data)
            .map_err(|source| unpacked(account, name, source))?;
        Ok(Action {
            account,
            name: action,
            authorization,
            data: data.into(),
        })
    }
}

fn unpacked(
    contract: Name,
    action: &str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    Error::Action {
        contract,
        action: action.to_owned(),
        source: Box::new(source),
    }
}

/// WebAssembly starts with its magic number and version 1; a web page saved under that name does not.
fn check_wasm(bytes: &[u8]) -> Result<(), String> {
    const MAGIC: [u8; 8] = *b"\0asm\x01\0\0\0";
    if bytes.starts_with(&MAGIC) {
        return Ok(());
    }
    let start = Bytes::from(bytes.iter().take(8).copied().collect::<Vec<u8>>());
    let hint = if bytes.starts_with(b"<") {
        "; it looks like a web page"
    } else {
        ""
    };
    Err(format!(
        "is not WebAssembly: starts with `{start}`, expected `0061736d01000000`{hint}"
    ))
}

fn read_abi(json: &[u8]) -> Result<(Vec<u8>, Schema), String> {
    let text =
        std::str::from_utf8(json).map_err(|error| format!("is not an ABI: {}", chain(&error)))?;
    let abi = Abi::from_json(text).map_err(|error| format!("is not an ABI: {}", chain(&error)))?;
    let schema =
        Schema::compile(&abi).map_err(|error| format!("is not a usable ABI: {}", chain(&error)))?;
    let packed = abi
        .to_bytes()
        .map_err(|error| format!("cannot be packed: {}", chain(&error)))?;
    Ok((packed, schema))
}

/// An error and its causes in one line: a problem is a sentence, not a chain of errors.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
