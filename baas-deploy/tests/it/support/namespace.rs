//! Namespaces for the tests, and what they need of objects there.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use serde_json::{Value, json};

use super::kubernetes::{Accepted, Cluster, Keep, Refused};

/// A namespace of one test, deleted with it, in which nothing less than the restricted pod security is let in.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) cluster: Cluster,
    pub(crate) name: String,
}

impl Namespace {
    /// Makes a namespace that nobody else uses.
    pub(crate) async fn new() -> Self {
        // The cluster may be one that others test on, too. The standard library's hasher is seeded from the system's randomness.
        let random = RandomState::new().build_hasher().finish();
        let name = format!("baas-deploy-test-{random:016x}");
        let levels = ["enforce", "warn"].map(|mode| {
            (
                format!("pod-security.kubernetes.io/{mode}"),
                json!("restricted"),
            )
        });
        let labels: serde_json::Map<_, _> = levels.into_iter().collect();
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
        let cluster = Cluster::shared().await;
        cluster.apply(&object, None, Keep::Yes).await.unwrap();
        let namespace = Self { cluster, name };
        // A controller would make it, without which no pod is admitted.
        let account =
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}});
        namespace.apply(&account, Keep::Yes).await.unwrap();
        namespace
    }

    /// Applies an object here.
    pub(crate) async fn apply(&self, object: &Value, keep: Keep) -> Result<Accepted, Refused> {
        self.cluster.apply(object, Some(&self.name), keep).await
    }

    /// Returns an object that is here.
    pub(crate) async fn get(&self, object: &Value) -> Result<Value, Refused> {
        let path = self.cluster.path_of(object, Some(&self.name)).await?;
        self.cluster.get(&path).await
    }

    /// Deletes an object that is here.
    pub(crate) async fn delete(&self, object: &Value) -> Result<Value, Refused> {
        let path = self.cluster.path_of(object, Some(&self.name)).await?;
        self.cluster.delete(&path).await
    }

    /// Returns all objects of a kind that are here, by its path and plural, as in `/apis/apps/v1` and `statefulsets`.
    pub(crate) async fn list(&self, group: &str, plural: &str) -> Vec<Value> {
        let list = self
            .cluster
            .get(&format!("{group}/namespaces/{}/{plural}", self.name))
            .await
            .unwrap();
        list["items"].as_array().unwrap().clone()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let (kubeconfig, path) = (
            self.cluster.kubeconfig().to_owned(),
            format!("/api/v1/namespaces/{}", self.name),
        );
        // On a thread and with connections of its own: the test's runtime is busy dropping this.
        let deleting = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                Cluster::from_kubeconfig(&kubeconfig)
                    .delete(&path)
                    .await
                    .map(drop)
            })
        });
        let deleted = deleting.join();
        if !std::thread::panicking() {
            deleted.unwrap().unwrap();
        }
    }
}

/// Returns what the controller would make of a `StatefulSet`: claims of disks, and a pod.
///
/// The server checks the whole of these, but only the outline of the templates that they are made from
/// (`ValidatePodTemplateSpecForStatefulSet` in `pkg/apis/apps/validation` of Kubernetes 1.32): what is wrong there shows when the controller
/// fails.
pub(crate) fn made_of(stateful_set: &Value) -> Vec<Value> {
    let set = stateful_set["metadata"]["name"].as_str().unwrap();
    let name = format!("{set}-0");
    let mut pod = stateful_set["spec"]["template"].clone();
    pod["apiVersion"] = json!("v1");
    pod["kind"] = json!("Pod");
    pod["metadata"]["name"] = json!(name);
    // The controller's labels have their limits, too: the longest hash has ten characters.
    for (label, value) in [
        ("apps.kubernetes.io/pod-index", "0".to_owned()),
        ("controller-revision-hash", format!("{set}-0123456789")),
        ("statefulset.kubernetes.io/pod-name", name.clone()),
    ] {
        pod["metadata"]["labels"][label] = json!(value);
    }
    let spec = &mut pod["spec"];
    spec["hostname"] = json!(name);
    spec["subdomain"] = stateful_set["spec"]["serviceName"].clone();
    let mut volumes = spec["volumes"].as_array().cloned().unwrap_or_default();
    let mut made = Vec::new();
    let templates = stateful_set["spec"]["volumeClaimTemplates"].as_array();
    for template in templates.into_iter().flatten() {
        let volume = template["metadata"]["name"].as_str().unwrap();
        let mut claim = template.clone();
        claim["apiVersion"] = json!("v1");
        claim["kind"] = json!("PersistentVolumeClaim");
        claim["metadata"]["name"] = json!(format!("{volume}-{name}"));
        volumes.push(json!({
            "name": volume,
            "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]},
        }));
        made.push(claim);
    }
    spec["volumes"] = json!(volumes);
    made.push(pod);
    made
}
