use std::fmt;
use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eos_abi::Name;
use eos_keys::{PrivateKey, PublicKey};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::error::RenderError;
use super::labels;
use super::layout::{Layout, NodeLayout};
use super::object::object;
use crate::names::NodeName;
use crate::node::{ConfigIni, NodeConfig, NodeVersion};
use crate::spec::Role;
use crate::yaml::to_yaml;

/// The file of a secret.
pub(super) const SECRET_FILE: &str = "key.ini";

/// A secret that a node's pod waits for: everything of it but the private key.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedSecret {
    name: String,
    node: NodeName,
    account: Name,
    public_key: PublicKey,
    version: NodeVersion,
    role: Role,
    object: Map<String, Value>,
}

/// A `Secret` with the part of a node's `config.ini` that holds its private key. `Debug` is redacted.
#[derive(Clone)]
pub struct SecretManifest {
    expected: ExpectedSecret,
    ini: ConfigIni,
}

impl ExpectedSecret {
    pub(super) fn new(layout: &Layout<'_>, node: &NodeLayout) -> Option<Self> {
        let name = node.secret()?;
        let object = object(
            layout,
            ("v1", "Secret"),
            &name,
            labels::of_node(layout, node),
            labels::account_annotation(node.account()),
        );
        Some(Self {
            name,
            node: node.name().clone(),
            account: node.account()?,
            public_key: node.public_key()?.clone(),
            version: layout.version(),
            role: node.role(),
            object,
        })
    }

    /// Returns the name of the object.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the node that it is for.
    pub fn node(&self) -> &NodeName {
        &self.node
    }

    /// Returns the account whose private key it shall hold.
    pub fn account(&self) -> Name {
        self.account
    }

    /// Returns the public half of that key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Returns the secret with its private key.
    ///
    /// # Errors
    ///
    /// When it is not the private half of the key that was rendered.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it does not: a configuration with a key has a secret part"
    )]
    pub fn fill(&self, key: &PrivateKey) -> Result<SecretManifest, RenderError> {
        if key.public_key() != self.public_key {
            return Err(RenderError::OtherKey {
                node: self.node.clone(),
                account: self.account,
            });
        }
        // Of a configuration, the secret part depends on the version and the key alone.
        let nowhere = (Ipv4Addr::UNSPECIFIED, 0).into();
        let config = NodeConfig::new(self.version, &self.node, self.role, (nowhere, nowhere));
        let ini = config.producing(self.account, key).secret_ini();
        Ok(SecretManifest {
            expected: self.clone(),
            ini: ini.expect("a configuration with a key has a secret part"),
        })
    }
}

impl SecretManifest {
    /// Returns the name of the object.
    pub fn name(&self) -> &str {
        &self.expected.name
    }

    /// Returns the account whose private key it holds.
    pub fn account(&self) -> Name {
        self.expected.account
    }

    /// Returns the name of a file for it, in the order of the other objects'.
    pub fn file_name(&self) -> String {
        format!("15-secret-{}.yaml", self.expected.name)
    }

    /// Reveals the object, which holds a private key. What is made of it is not erased when it is dropped.
    pub fn expose_object(&self) -> Value {
        let mut object = self.expected.object.clone();
        object.insert("data".to_owned(), json!({SECRET_FILE: *self.base64()}));
        Value::Object(object)
    }

    /// Reveals the object as YAML, which holds a private key.
    pub fn expose_yaml(&self) -> Zeroizing<String> {
        let head = to_yaml(&Value::Object(self.expected.object.clone()));
        let data = self.base64();
        // Growing would leave a copy of the key behind.
        let mut yaml = Zeroizing::new(String::with_capacity(head.len() + data.len() + 64));
        for part in [&head, "data:\n  ", SECRET_FILE, ": ", &data, "\n"] {
            yaml.push_str(part);
        }
        yaml
    }

    fn base64(&self) -> Zeroizing<String> {
        let ini = self.ini.expose_text();
        let mut text = Zeroizing::new(String::with_capacity(ini.len() / 3 * 4 + 4));
        STANDARD.encode_string(ini, &mut text);
        text
    }
}

impl fmt::Debug for SecretManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretManifest")
            .field("name", &self.expected.name)
            .field("account", &self.expected.account)
            .field("ini", &self.ini)
            .finish()
    }
}
