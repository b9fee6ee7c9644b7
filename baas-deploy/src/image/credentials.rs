//! Who we are to a registry, from the files that docker and podman keep.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::credential_helper;
use super::error::{ImageError, io_error};
use crate::local::Environment;

/// The largest file of credentials that is read.
const LARGEST_FILE: u64 = 4 << 20;
/// The name under which docker keeps the credentials of its own registry.
const DOCKER_HUB_KEY: &str = "index.docker.io/v1";

/// What proves to a registry who asks. `Debug` is redacted.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A name and a password, or a token in the place of one.
    #[non_exhaustive]
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Zeroizing<String>,
    },
    /// A token for which the registry's authorisation server gives short-lived ones.
    #[non_exhaustive]
    IdentityToken {
        /// The token.
        token: Zeroizing<String>,
    },
    /// A token that is shown to the registry as it is.
    #[non_exhaustive]
    RegistryToken {
        /// The token.
        token: Zeroizing<String>,
    },
}

impl Credential {
    /// Returns a name and password.
    pub fn password(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::Password {
            user: user.into(),
            password: Zeroizing::new(password.into()),
        }
    }

    /// Returns a token that is shown to the registry as it is.
    pub fn registry_token(token: impl Into<String>) -> Self {
        Self::RegistryToken {
            token: Zeroizing::new(token.into()),
        }
    }

    /// Returns a token for which the registry's authorisation server gives short-lived ones.
    pub fn identity_token(token: impl Into<String>) -> Self {
        Self::IdentityToken {
            token: Zeroizing::new(token.into()),
        }
    }

    #[cfg(test)]
    pub(super) fn expose_secret(&self) -> &str {
        match self {
            Self::Password { password, .. } => password,
            Self::IdentityToken { token } | Self::RegistryToken { token } => token,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password { .. } => "Password(<redacted>)",
            Self::IdentityToken { .. } => "IdentityToken(<redacted>)",
            Self::RegistryToken { .. } => "RegistryToken(<redacted>)",
        })
    }
}

/// Where credentials come from: given by the caller for a registry, and else from the files of docker and podman. They are
/// looked up only when a registry asks.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    given: BTreeMap<String, Credential>,
    environment: Option<Environment>,
}

impl Credentials {
    /// Returns none: only what is open to everybody can be reached.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns those that docker and podman use, in this order:
    ///
    /// 1. the file that `REGISTRY_AUTH_FILE` names, and nothing else if that is set;
    /// 2. `config.json` in the directory that `DOCKER_CONFIG` names;
    /// 3. `containers/auth.json` in `XDG_RUNTIME_DIR`; where that is not set, `auth.json` in `/run/containers/` and the user's number;
    /// 4. `containers/auth.json` in `XDG_CONFIG_HOME`; where that is not set, in `.config` in `HOME`;
    /// 5. `.docker/config.json` in `HOME`, unless `DOCKER_CONFIG` is set.
    ///
    /// In each file the longest name counts that the repository begins with. A helper that a file names (`credHelpers`,
    /// `credsStore`) is found on `PATH` and run.
    pub fn from_files(environment: Environment) -> Self {
        Self {
            given: BTreeMap::new(),
            environment: Some(environment),
        }
    }

    /// Adds the credential for a registry, which comes before all files.
    #[must_use]
    pub fn with(mut self, registry: impl Into<String>, credential: Credential) -> Self {
        self.given.insert(registry.into(), credential);
        self
    }

    /// Returns the credential for a repository, if there is one. Reads files, and may run a program.
    pub(super) fn find(
        &self,
        registry: &str,
        repository: &str,
    ) -> Result<Option<Credential>, ImageError> {
        if let Some(given) = self.given.get(registry) {
            return Ok(Some(given.clone()));
        }
        let Some(environment) = &self.environment else {
            return Ok(None);
        };
        let is_named = environment.registry_auth_file.is_some();
        for path in files(environment) {
            let Some(config) = read(&path, registry)? else {
                if is_named && !path.exists() {
                    let reason = "REGISTRY_AUTH_FILE names it, and it is not there";
                    return Err(unusable(&path, registry, reason));
                }
                continue;
            };
            let found = config.find(&path, environment, registry, repository)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

fn files(environment: &Environment) -> Vec<PathBuf> {
    if let Some(file) = &environment.registry_auth_file {
        return vec![file.clone()];
    }
    let below = |dir: &Option<PathBuf>, name: &str| dir.as_ref().map(|dir| dir.join(name));
    let runtime = below(&environment.xdg_runtime_dir, "containers/auth.json");
    let of_user = || {
        let user = environment.user?;
        Some(PathBuf::from(format!("/run/containers/{user}/auth.json")))
    };
    let config = below(&environment.xdg_config_home, "containers/auth.json");
    let docker = below(&environment.docker_config, "config.json");
    let in_home = |name| below(&environment.home, name);
    let dockers_own = if docker.is_none() {
        in_home(".docker/config.json")
    } else {
        None
    };
    [
        docker,
        runtime.or_else(of_user),
        config.or_else(|| in_home(".config/containers/auth.json")),
        dockers_own,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A file of credentials, as docker writes it. No `Debug`: it holds passwords.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthFile {
    #[serde(default, deserialize_with = "or_none")]
    auths: BTreeMap<String, Auth>,
    #[serde(default, deserialize_with = "or_none")]
    cred_helpers: BTreeMap<String, String>,
    #[serde(default)]
    creds_store: Option<String>,
}

#[derive(Deserialize)]
struct Auth {
    /// Name and password, in base64.
    #[serde(default, rename = "auth")]
    pair: Option<Zeroizing<String>>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<Zeroizing<String>>,
    #[serde(default)]
    identitytoken: Option<Zeroizing<String>>,
    #[serde(default)]
    registrytoken: Option<Zeroizing<String>>,
}

/// Reads `null` as nothing.
fn or_none<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a file of credentials; none if it is not there or empty.
fn read(path: &Path, registry: &str) -> Result<Option<AuthFile>, ImageError> {
    let mut text = Zeroizing::new(Vec::new());
    let failed = || io_error("read", path);
    match File::open(path) {
        Ok(file) => {
            let mut file = file.take(LARGEST_FILE);
            file.read_to_end(&mut text).map_err(failed())?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed()(error)),
    }
    if text.trim_ascii().is_empty() {
        return Ok(None);
    }
    // What the reader says could quote a password.
    let parsed = serde_json::from_slice(&text);
    parsed.map(Some).map_err(|_| {
        unusable(
            path,
            registry,
            "it is not JSON of the form that docker writes",
        )
    })
}

fn unusable(path: &Path, registry: &str, reason: &'static str) -> ImageError {
    ImageError::CredentialFile {
        path: path.to_owned(),
        registry: registry.to_owned(),
        reason,
    }
}

impl AuthFile {
    fn find(
        &self,
        path: &Path,
        environment: &Environment,
        registry: &str,
        repository: &str,
    ) -> Result<Option<Credential>, ImageError> {
        let helper = self
            .cred_helpers
            .iter()
            .find(|(key, helper)| host_of(key) == registry && !helper.is_empty());
        if let Some((key, helper)) = helper {
            return credential_helper::get(environment, helper, key, registry);
        }
        // From `registry/a/b` over `registry/a` to `registry`.
        let mut name = format!("{registry}/{repository}");
        loop {
            let entry = self.auths.iter().find(|(key, _)| name_of(key) == name);
            // With a store, docker leaves empty entries behind.
            if let Some(credential) = entry
                .map(|(_, auth)| auth.credential(path, registry))
                .transpose()?
                .flatten()
            {
                return Ok(Some(credential));
            }
            match name.rfind('/') {
                Some(slash) => name.truncate(slash),
                None => break,
            }
        }
        let Some(store) = self.creds_store.as_ref().filter(|store| !store.is_empty()) else {
            return Ok(None);
        };
        let key = if registry == "docker.io" {
            "https://index.docker.io/v1/"
        } else {
            registry
        };
        credential_helper::get(environment, store, key, registry)
    }
}

impl Auth {
    fn credential(&self, path: &Path, registry: &str) -> Result<Option<Credential>, ImageError> {
        let set = |text: &Option<Zeroizing<String>>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = set(&self.identitytoken) {
            return Ok(Some(Credential::IdentityToken { token }));
        }
        if let Some(token) = set(&self.registrytoken) {
            return Ok(Some(Credential::RegistryToken { token }));
        }
        if let Some(pair) = set(&self.pair) {
            let bytes = STANDARD
                .decode(pair.trim())
                .or_else(|_| STANDARD_NO_PAD.decode(pair.trim()))
                .map(Zeroizing::new)
                .map_err(|_| unusable(path, registry, "its `auth` is not base64"))?;
            let (user, password) = std::str::from_utf8(&bytes)
                .ok()
                .and_then(|text| text.split_once(':'))
                .ok_or_else(|| unusable(path, registry, "its `auth` is not USER:PASSWORD"))?;
            return Ok(Some(Credential::password(
                user,
                password.trim_end_matches('\0'),
            )));
        }
        let user = self.username.clone().filter(|user| !user.is_empty());
        Ok(user
            .zip(set(&self.password))
            .map(|(user, password)| Credential::Password { user, password }))
    }
}

/// Returns the name in a key, which docker may write as an address: `https://host/v1/` is `host`.
fn name_of(key: &str) -> String {
    let name = key
        .strip_prefix("https://")
        .or_else(|| key.strip_prefix("http://"))
        .unwrap_or(key)
        .trim_end_matches('/');
    match name {
        DOCKER_HUB_KEY | "index.docker.io" | "registry-1.docker.io" => "docker.io".to_owned(),
        _ => {
            let name = name.strip_suffix("/v1").unwrap_or(name);
            name.strip_suffix("/v2").unwrap_or(name).to_owned()
        }
    }
}

fn host_of(key: &str) -> String {
    let mut name = name_of(key);
    if let Some(slash) = name.find('/') {
        name.truncate(slash);
    }
    name
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn find(json: &str, registry: &str, repository: &str) -> Result<Option<String>, ImageError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("auth.json");
        fs::write(&file, json).unwrap();
        let environment = Environment {
            registry_auth_file: Some(file),
            ..Environment::default()
        };
        let found = Credentials::from_files(environment).find(registry, repository)?;
        Ok(found.map(|credential| match credential {
            Credential::Password { user, password } => format!("{user}:{}", *password),
            Credential::IdentityToken { token } => format!("identity {}", *token),
            Credential::RegistryToken { token } => format!("registry {}", *token),
        }))
    }

    #[test]
    fn the_longest_name_counts() {
        let auth = |text: &str| format!(r#"{{"auth":"{}"}}"#, STANDARD.encode(text));
        let json = format!(
            r#"{{"auths":{{"host:5000":{},"host:5000/a":{},"host:5000/a/b/c":{},"https://index.docker.io/v1/":{},
                "https://old.example/v1/":{},"other":{{"username":"u","password":"p:q"}},"empty":{{}},
                "id":{{"auth":"PHRva2VuPjo=","identitytoken":"abc"}},"reg":{{"registrytoken":"def"}}}},"HttpHeaders":{{}}}}"#,
            auth("host:1"),
            auth("a:2:3"),
            auth("abc:4"),
            auth("hub:5"),
            auth("old:6"),
        );
        for (registry, repository, expected) in [
            ("host:5000", "x/y", Some("host:1")),
            ("host:5000", "a/b", Some("a:2:3")),
            ("host:5000", "a/b/c", Some("abc:4")),
            ("host:5000", "ab", Some("host:1")),
            ("host", "a", None),
            ("docker.io", "library/debian", Some("hub:5")),
            ("old.example", "a", Some("old:6")),
            ("other", "a", Some("u:p:q")),
            ("empty", "a", None),
            ("id", "a", Some("identity abc")),
            ("reg", "a", Some("registry def")),
        ] {
            let found = find(&json, registry, repository).unwrap();
            assert_eq!(found.as_deref(), expected, "{registry}/{repository}");
        }
    }

    #[test]
    fn what_docker_leaves_empty_is_none() {
        for json in [
            "",
            "\n",
            "{}",
            r#"{"auths":null,"credHelpers":null,"credsStore":null}"#,
            r#"{"auths":{},"credHelpers":{"r":""},"credsStore":""}"#,
        ] {
            assert_eq!(find(json, "r", "a").unwrap(), None, "{json}");
        }
    }

    #[test]
    fn the_files_come_in_the_order_of_podman() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let name = path.split('/').next().unwrap();
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let json = format!(r#"{{"auths":{{"r":{{"username":"u","password":"{name}"}}}}}}"#);
            fs::write(path, json).unwrap();
        };
        let at = |name: &str| Some(dir.path().join(name));
        let found = |environment: &Environment| {
            let credentials = Credentials::from_files(environment.clone());
            let found = credentials.find("r", "a").unwrap();
            found.map(|credential| credential.expose_secret().to_owned())
        };
        let mut environment = Environment::default();
        assert_eq!(found(&environment), None);
        // Each is looked at before those above it; that of `HOME` not where another is named in its place.
        environment.home = at("docker in home");
        write("docker in home/.docker/config.json");
        assert_eq!(found(&environment).unwrap(), "docker in home");
        write("docker in home/.config/containers/auth.json");
        environment.xdg_config_home = at("nothing");
        assert_eq!(found(&environment).unwrap(), "docker in home");
        environment.docker_config = at("nothing");
        assert_eq!(found(&environment), None);
        environment.xdg_config_home = at("config");
        write("config/containers/auth.json");
        assert_eq!(found(&environment).unwrap(), "config");
        environment.xdg_runtime_dir = at("run");
        write("run/containers/auth.json");
        assert_eq!(found(&environment).unwrap(), "run");
        environment.docker_config = at("docker");
        write("docker/config.json");
        assert_eq!(found(&environment).unwrap(), "docker");
        environment.registry_auth_file = at("named");
        let error = Credentials::from_files(environment.clone()).find("r", "a");
        let error = error.unwrap_err().to_string();
        assert!(
            error.ends_with("REGISTRY_AUTH_FILE names it, and it is not there"),
            "{error}"
        );
        write("named");
        assert_eq!(found(&environment).unwrap(), "named");
        let given =
            Credentials::from_files(environment).with("r", Credential::password("u", "given"));
        assert_eq!(
            given.find("r", "a").unwrap().unwrap().expose_secret(),
            "given"
        );
        assert!(given.find("other", "a").unwrap().is_none());
    }

    #[test]
    fn without_a_runtime_directory_podman_s_file_is_the_user_s_below_run() {
        let environment = Environment {
            user: Some(1234),
            home: Some("/home/a".into()),
            ..Environment::default()
        };
        let expected = [
            "/run/containers/1234/auth.json",
            "/home/a/.config/containers/auth.json",
            "/home/a/.docker/config.json",
        ];
        assert_eq!(files(&environment), expected.map(PathBuf::from));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_without_what_it_holds() {
        for (json, reason) in [
            (
                r#"{"auths": {"r": {"auth": "secret!"}}}"#,
                "its `auth` is not base64",
            ),
            (
                r#"{"auths": {"r": {"auth": "c2VjcmV0"}}}"#,
                "its `auth` is not USER:PASSWORD",
            ),
            (
                r#"{"auths": {"r": {"password": ["secret"]}}}"#,
                "it is not JSON of the form that docker writes",
            ),
            (
                r#"{"auths": "secret"}"#,
                "it is not JSON of the form that docker writes",
            ),
            ("secret", "it is not JSON of the form that docker writes"),
        ] {
            let error = find(json, "r", "a").unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(
                error
                    .to_string()
                    .ends_with(&format!("no usable credentials for r: {reason}")),
                "{text}"
            );
            assert!(
                !text.contains("secret") && !text.contains("c2VjcmV0"),
                "{text}"
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        for credential in [
            Credential::password("u", "secret"),
            Credential::identity_token("secret"),
            Credential::registry_token("secret"),
        ] {
            let credentials = Credentials::none().with("r", credential);
            assert!(!format!("{credentials:?}").contains("secret"));
        }
    }
}
