//! What the tests ask of a Kubernetes API server, over plain HTTP.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Certificate, Identity, Method, StatusCode};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::control_plane::{ControlPlane, route_crd};

/// Under this name the tests apply.
const FIELD_MANAGER: &str = "baas-deploy-tests";

/// A client of an API server. Each test makes its own, for connections live on its runtime.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    kubeconfig: PathBuf,
    http: reqwest::Client,
    server: String,
    user: Option<String>,
    /// Under which name it applies.
    manager: String,
    kinds: Arc<Mutex<HashMap<Kind, Resource>>>,
}

/// `apiVersion` and `kind`.
type Kind = [String; 2];

/// Where the objects of a kind are.
#[derive(Debug, Clone)]
struct Resource {
    group: String,
    plural: String,
    is_namespaced: bool,
}

/// What became of an object that was sent.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The object as it is, or with a dry run would be.
    pub(crate) object: Value,
    /// Whether it was not there before.
    pub(crate) is_new: bool,
    /// What the server warns of.
    pub(crate) warnings: Vec<String>,
}

/// What the server has against a request.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

/// Whether what is sent is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Yes,
    /// It passes everything but the disk.
    DryRun,
}

impl Cluster {
    /// Returns a client of the cluster that `KUBECONFIG` names, or else of a control plane that is started for all tests of this process.
    pub(crate) async fn shared() -> Self {
        static STARTED: OnceCell<ControlPlane> = OnceCell::const_new();
        static ROUTES: OnceCell<()> = OnceCell::const_new();
        #[expect(
            clippy::disallowed_methods,
            reason = "what the tests of this process run on"
        )]
        let given = std::env::var_os("KUBECONFIG").filter(|path| !path.is_empty());
        let cluster = match given {
            Some(path) => Self::from_kubeconfig(Path::new(&path)),
            None => {
                Self::from_kubeconfig(&STARTED.get_or_init(ControlPlane::start).await.kubeconfig())
            }
        };
        ROUTES.get_or_init(|| cluster.know_routes()).await;
        cluster
    }

    /// Returns a client for the current context of a kubeconfig: with a token or a client certificate, and the server's authority.
    pub(crate) fn from_kubeconfig(path: &Path) -> Self {
        let text =
            fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let config: Value = serde_saphyr::from_str(&text).unwrap();
        let named = |list: &str, key: &str, name: &Value| {
            let entry = config[list]
                .as_array()
                .unwrap()
                .iter()
                .find(|entry| entry["name"] == *name);
            entry.unwrap_or_else(|| panic!("{} has no {key} {name}", path.display()))[key].clone()
        };
        let context = named("contexts", "context", &config["current-context"]);
        let cluster = named("clusters", "cluster", &context["cluster"]);
        let user = named("users", "user", &context["user"]);
        // Either the bytes in place, or a file that is named from where the kubeconfig is.
        let pem =
            |of: &Value, key: &str| match (of[format!("{key}-data")].as_str(), of[key].as_str()) {
                (Some(data), _) => Some(STANDARD.decode(data).unwrap()),
                (None, Some(file)) => Some(fs::read(path.parent().unwrap().join(file)).unwrap()),
                (None, None) => None,
            };
        let authority = pem(&cluster, "certificate-authority")
            .expect("the cluster has a certificate-authority");
        let mut http = reqwest::Client::builder()
            .tls_certs_only(Certificate::from_pem_bundle(&authority).unwrap())
            .no_proxy()
            .timeout(Duration::from_mins(1));
        if let Some(token) = user["token"].as_str() {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
            bearer.set_sensitive(true);
            http = http.default_headers(HeaderMap::from_iter([(
                reqwest::header::AUTHORIZATION,
                bearer,
            )]));
        }
        if let (Some(certificate), Some(key)) =
            (pem(&user, "client-certificate"), pem(&user, "client-key"))
        {
            http = http.identity(Identity::from_pem(&[certificate, key].concat()).unwrap());
        }
        let server = cluster["server"]
            .as_str()
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        Self {
            kubeconfig: path.to_owned(),
            http: http.build().unwrap(),
            server,
            user: None,
            manager: FIELD_MANAGER.to_owned(),
            kinds: Arc::default(),
        }
    }

    /// Returns a client that applies under another name.
    pub(crate) fn applying_as(&self, manager: &str) -> Self {
        Self {
            manager: manager.to_owned(),
            ..self.clone()
        }
    }

    /// Returns a client that acts for a user who may do what bindings allow, which at first is nothing.
    pub(crate) fn acting_for(&self, user: &str) -> Self {
        Self {
            user: Some(user.to_owned()),
            ..self.clone()
        }
    }

    /// Returns the file that says where it is.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Says whether it serves, as it sees it.
    pub(crate) async fn is_ready(&self) -> bool {
        let answer = self
            .http
            .get(format!("{}/readyz", self.server))
            .send()
            .await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Applies an object on the server's side, with every field checked. One without a namespace goes into the given one.
    pub(crate) async fn apply(
        &self,
        object: &Value,
        namespace: Option<&str>,
        keep: Keep,
    ) -> Result<Accepted, Refused> {
        let path = self.path_of(object, namespace).await?;
        let dry_run = (keep == Keep::DryRun).then_some(("dryRun", "All"));
        let query = [
            ("fieldManager", self.manager.as_str()),
            ("fieldValidation", "Strict"),
        ]
        .into_iter()
        .chain(dry_run);
        let query: Vec<_> = query.collect();
        // JSON is YAML.
        let request = self
            .request(Method::PATCH, &path)
            .query(&query)
            .header(CONTENT_TYPE, "application/apply-patch+yaml")
            .body(object.to_string());
        accepted(request.send().await.unwrap()).await
    }

    /// Sends an object as new, from its text, with every field checked.
    pub(crate) async fn create(
        &self,
        yaml: &str,
        namespace: Option<&str>,
        keep: Keep,
    ) -> Result<Accepted, Refused> {
        let object: Value = serde_saphyr::from_str(yaml).unwrap();
        let path = self.path_of(&object, namespace).await?;
        let (collection, _) = path.rsplit_once('/').unwrap();
        let dry_run = (keep == Keep::DryRun).then_some(("dryRun", "All"));
        let query: Vec<_> = [("fieldValidation", "Strict")]
            .into_iter()
            .chain(dry_run)
            .collect();
        let request = self
            .request(Method::POST, collection)
            .query(&query)
            .header(CONTENT_TYPE, "application/yaml")
            .body(yaml.to_owned());
        accepted(request.send().await.unwrap()).await
    }

    /// Returns what is at a path such as `/api/v1/namespaces/x/secrets`.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Refused> {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        Ok(accepted(answer).await?.object)
    }

    /// Deletes what is at a path.
    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Refused> {
        let answer = self.request(Method::DELETE, path).send().await.unwrap();
        Ok(accepted(answer).await?.object)
    }

    /// Returns where an object is, by what the server says of its kind.
    pub(crate) async fn path_of(
        &self,
        object: &Value,
        namespace: Option<&str>,
    ) -> Result<String, Refused> {
        let kind =
            [&object["apiVersion"], &object["kind"]].map(|word| word.as_str().unwrap().to_owned());
        let known = self.kinds.lock().unwrap().get(&kind).cloned();
        let resource = match known {
            Some(resource) => resource,
            None => self.resource(&kind).await?,
        };
        self.kinds.lock().unwrap().insert(kind, resource.clone());
        let name = object["metadata"]["name"].as_str().unwrap();
        let Resource {
            group,
            plural,
            is_namespaced,
        } = resource;
        Ok(if is_namespaced {
            let own = object["metadata"]["namespace"].as_str();
            let namespace = own.or(namespace).expect("it is for a namespace");
            format!("{group}/namespaces/{namespace}/{plural}/{name}")
        } else {
            format!("{group}/{plural}/{name}")
        })
    }

    async fn resource(&self, [version, kind]: &Kind) -> Result<Resource, Refused> {
        let group = if version.contains('/') {
            format!("/apis/{version}")
        } else {
            format!("/api/{version}")
        };
        let known = self.get(&group).await?;
        let resources = known["resources"].as_array().unwrap();
        let found = resources.iter().find_map(|resource| {
            let plural = resource["name"].as_str().unwrap();
            // `pods/log` is of a pod.
            (resource["kind"] == *kind && !plural.contains('/')).then(|| Resource {
                group: group.clone(),
                plural: plural.to_owned(),
                is_namespaced: resource["namespaced"] == true,
            })
        });
        found.ok_or_else(|| Refused {
            status: StatusCode::NOT_FOUND,
            message: format!("{version} has no {kind}"),
        })
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server));
        match &self.user {
            Some(user) => request.header("Impersonate-User", user),
            None => request,
        }
    }

    /// Sees to it that the cluster knows OpenShift's routes. One that is OpenShift does, and others are taught.
    async fn know_routes(&self) {
        const GROUP: &str = "/apis/route.openshift.io/v1";
        let is_known = async || {
            self.get(GROUP).await.is_ok_and(|known| {
                known["resources"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
            })
        };
        if is_known().await {
            return;
        }
        if let Err(refused) = self.create(&route_crd(), None, Keep::Yes).await {
            // Another process may have been faster.
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.message);
        }
        for _ in 0..600 {
            if is_known().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not serve routes 30 s after it was told their type");
    }
}

async fn accepted(answer: reqwest::Response) -> Result<Accepted, Refused> {
    let status = answer.status();
    // RFC 7234: `299 - "text"`, and Kubernetes quotes as JSON does.
    let text = |header: &HeaderValue| {
        let quoted = header.to_str().unwrap().strip_prefix("299 - ").unwrap();
        serde_json::from_str::<String>(quoted).unwrap()
    };
    let warnings = answer
        .headers()
        .get_all("warning")
        .iter()
        .map(text)
        .collect();
    let body = answer.text().await.unwrap();
    // Some refusals have no JSON.
    let object: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    if status.is_success() {
        return Ok(Accepted {
            object,
            is_new: status == StatusCode::CREATED,
            warnings,
        });
    }
    let message = object["message"].as_str().unwrap_or(&body).to_owned();
    Err(Refused { status, message })
}
