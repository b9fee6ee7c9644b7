//! The control plane that the other tests rely on: it takes what is right, and refuses what is not.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::control_plane::ControlPlane;
use crate::support::kubernetes::Keep;
use crate::support::namespace::{Namespace, made_of};

fn config_map() -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"a": "1"}})
}

fn stateful_set() -> Value {
    let container = json!({
        "name": "node",
        "image": "registry.example.org/node:1",
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
    });
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "node"},
        "spec": {
            "replicas": 1,
            "serviceName": "node",
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }],
            "selector": {"matchLabels": {"app": "node"}},
            "template": {
                "metadata": {"labels": {"app": "node"}},
                "spec": {
                    "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [container],
                },
            },
        },
    })
}

fn route() -> Value {
    json!({
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": {"name": "api"},
        "spec": {"to": {"kind": "Service", "name": "api"}, "tls": {"termination": "edge"}},
    })
}

#[tokio::test]
async fn an_object_is_stored_and_a_second_time_left_as_it_is() {
    let namespace = Namespace::new().await;
    for object in [config_map(), stateful_set(), route()] {
        let first = namespace.apply(&object, Keep::Yes).await.unwrap();
        assert!(first.is_new);
        assert_eq!(first.warnings, [""; 0]);
        let second = namespace.apply(&object, Keep::Yes).await.unwrap();
        assert!(!second.is_new);
        let version = |object: &Value| {
            object["metadata"]["resourceVersion"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(version(&second.object), version(&first.object));
        assert_eq!(
            version(&namespace.get(&object).await.unwrap()),
            version(&first.object)
        );
    }
    assert_eq!(
        namespace.list("/apis/apps/v1", "statefulsets").await.len(),
        1
    );
    namespace.delete(&route()).await.unwrap();
    assert_eq!(
        namespace.get(&route()).await.unwrap_err().status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_dry_run_keeps_nothing() {
    let namespace = Namespace::new().await;
    let tried = namespace
        .apply(&stateful_set(), Keep::DryRun)
        .await
        .unwrap();
    // What a cluster fills in shows that it went through all of it.
    assert_eq!(tried.object["spec"]["podManagementPolicy"], "OrderedReady");
    let missing = namespace.get(&stateful_set()).await.unwrap_err();
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_word_or_a_value_that_is_wrong_is_refused() {
    let namespace = Namespace::new().await;
    for (mut object, pointer, word, value, complaint) in [
        (
            stateful_set(),
            "/spec",
            "replicsa",
            json!(1),
            ".spec.replicsa: field not declared in schema",
        ),
        (
            stateful_set(),
            "/spec/template/metadata/labels",
            "app",
            json!("other"),
            "`selector` does not match template `labels`",
        ),
        (
            config_map(),
            "/metadata",
            "name",
            json!("Config"),
            "a lowercase RFC 1123 subdomain",
        ),
        (
            route(),
            "/spec",
            "hots",
            json!("chain.example.org"),
            ".spec.hots: field not declared in schema",
        ),
        (
            route(),
            "/spec/tls",
            "termination",
            json!("edgy"),
            "Unsupported value: \"edgy\"",
        ),
    ] {
        object.pointer_mut(pointer).unwrap()[word] = value;
        let refused = namespace.apply(&object, Keep::DryRun).await.unwrap_err();
        assert!(
            refused.message.contains(complaint),
            "{complaint}: {}",
            refused.message
        );
        assert!(
            refused.status.is_client_error() || refused.message.contains("schema"),
            "{refused:?}"
        );
    }
}

/// Tries what the controller would make of a set, and returns what the server has against it.
async fn complaint(namespace: &Namespace, set: &Value) -> Option<String> {
    namespace.apply(set, Keep::DryRun).await.unwrap();
    for made in made_of(set) {
        if let Err(refused) = namespace.apply(&made, Keep::DryRun).await {
            return Some(refused.message);
        }
    }
    None
}

#[tokio::test]
async fn what_the_server_overlooks_in_a_template_it_sees_in_what_is_made_of_it() {
    let namespace = Namespace::new().await;
    let set = stateful_set();
    assert_eq!(complaint(&namespace, &set).await, None);
    let mut bad = set.clone();
    bad["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = json!("Sometimes");
    let said = complaint(&namespace, &bad).await.unwrap();
    assert!(
        said.contains("imagePullPolicy: Unsupported value"),
        "{said}"
    );
    let mut bad = set.clone();
    bad["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] =
        json!("-1Gi");
    let said = complaint(&namespace, &bad).await.unwrap();
    assert!(said.contains("must be greater than zero"), "{said}");
    // 53 characters leave the controller no room.
    let mut bad = set.clone();
    bad["metadata"]["name"] = json!("n".repeat(53));
    let said = complaint(&namespace, &bad).await.unwrap();
    assert!(said.contains("must be no more than 63"), "{said}");
}

#[tokio::test]
async fn a_kind_of_openshift_that_the_server_lacks_is_told_from_one_that_it_has() {
    let namespace = Namespace::new().await;
    let mut object = stateful_set();
    object["kind"] = json!("StatefulSets");
    let refused = namespace.apply(&object, Keep::DryRun).await.unwrap_err();
    assert_eq!(refused.message, "apps/v1 has no StatefulSets");
    object["apiVersion"] = json!("nobody.example.org/v1");
    let refused = namespace.apply(&object, Keep::DryRun).await.unwrap_err();
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_pod_template_that_is_not_restricted_is_warned_of() {
    let namespace = Namespace::new().await;
    let mut object = stateful_set();
    object["spec"]["template"]["spec"]["containers"][0]["securityContext"] =
        json!({"privileged": true});
    let accepted = namespace.apply(&object, Keep::DryRun).await.unwrap();
    let [warning] = accepted.warnings.as_slice() else {
        panic!("{:?}", accepted.warnings)
    };
    assert!(
        warning.starts_with("would violate PodSecurity"),
        "{warning}"
    );
    assert!(warning.contains("privileged"), "{warning}");
}

#[tokio::test]
async fn whoever_is_allowed_nothing_is_refused() {
    let namespace = Namespace::new().await;
    let cluster = namespace.cluster.clone();
    namespace.apply(&config_map(), Keep::Yes).await.unwrap();
    let path = cluster
        .path_of(&config_map(), Some(&namespace.name))
        .await
        .unwrap();
    let refused = cluster.acting_for("jane").get(&path).await.unwrap_err();
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused
            .message
            .contains(r#"User "jane" cannot get resource "configmaps""#),
        "{}",
        refused.message
    );
    let group = "rbac.authorization.k8s.io";
    for object in [
        json!({"apiVersion": format!("{group}/v1"), "kind": "Role", "metadata": {"name": "reader"},
            "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]}),
        json!({"apiVersion": format!("{group}/v1"), "kind": "RoleBinding", "metadata": {"name": "jane"},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": "reader"},
            "subjects": [{"apiGroup": group, "kind": "User", "name": "jane"}]}),
    ] {
        namespace.apply(&object, Keep::Yes).await.unwrap();
    }
    // The server learns of bindings by watching, a moment later.
    let begin = Instant::now();
    while let Err(refused) = cluster.acting_for("jane").get(&path).await {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "{}",
            refused.message
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_control_plane_is_gone_when_dropped() {
    let control_plane = ControlPlane::start().await;
    let (dir, pids) = (control_plane.dir().to_owned(), control_plane.pids());
    let is_alive = |pid: u32| Path::new(&format!("/proc/{pid}")).exists();
    assert!(dir.is_dir() && pids.into_iter().all(is_alive));
    drop(control_plane);
    assert!(!dir.exists() && !pids.into_iter().any(is_alive));
}

/// Returns the processes that run in a directory.
fn running_below(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let works_there =
        |process: &Path| fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(dir));
    let name = |process: &Path| {
        fs::read_to_string(process.join("comm"))
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    entries
        .map(|entry| entry.path())
        .filter(|path| works_there(path))
        .map(|path| name(&path))
        .collect()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_mins(2), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_left_of_the_shared_control_plane_when_the_tests_end_or_are_killed() {
    for is_killed in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let mut tests = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cluster::api_server::a_dry_run_keeps_nothing"])
            .env("TMPDIR", dir.path())
            .env_remove("KUBECONFIG")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        if is_killed {
            until("both start", || {
                let names = running_below(dir.path());
                let is_there = |part: &str| names.iter().any(|name| name.starts_with(part));
                is_there("etcd") && is_there("kube-apiserver")
            });
            tests.kill().unwrap();
        }
        assert_eq!(tests.wait().unwrap().success(), !is_killed);
        until("both end", || running_below(dir.path()).is_empty());
        until("the directory goes", || {
            fs::read_dir(dir.path()).unwrap().count() == 0
        });
    }
}
