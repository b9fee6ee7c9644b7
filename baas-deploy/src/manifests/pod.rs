use serde_json::{Value, json};

use super::secret::SECRET_FILE;
use crate::container::layout::{CONFIG, DATA, LAUNCHER, NODEOS, PROBE_PORT, RUN, SECRET};

/// The user and the group that the processes of a pod have. OpenShift gives each namespace its own.
const UID: u32 = 1000;
/// Seconds that a node has to write its database when it is stopped: killed before, it must replay all blocks.
const GRACE_SECONDS: u32 = 300;

/// What differs between the pods of nodes. Texts may be those of a template, with parameters in them.
pub(super) struct Pod {
    pub(super) image: String,
    pub(super) pull_policy: Option<Value>,
    pub(super) pull_secret: Option<String>,
    /// The account of the cluster that it runs as; the namespace's default one when there is none.
    pub(super) service_account: Option<String>,
    /// What the launcher is told beside where things are.
    pub(super) options: Vec<String>,
    /// What nodeos is told beside what the launcher tells it.
    pub(super) arguments: &'static [&'static str],
    pub(super) http: u16,
    pub(super) p2p: u16,
    pub(super) resources: Value,
    /// The config maps with `config.ini` and `genesis.json`.
    pub(super) config: [String; 2],
    /// The secret with its key.
    pub(super) secret: Option<String>,
    /// The claim of its volume, unless that comes from a template of claims.
    pub(super) claim: Option<String>,
    /// What selects the pods that it should not be together with.
    pub(super) alike: Value,
    /// Whether the cluster chooses users and groups.
    pub(super) is_openshift: bool,
}

impl Pod {
    /// Returns the specification of the pod. It is what the policy `restricted` of pod security asks for.
    pub(super) fn spec(&self) -> Value {
        let mut security = json!({
            "runAsNonRoot": true,
            "seccompProfile": {"type": "RuntimeDefault"},
        });
        if !self.is_openshift {
            security["runAsUser"] = json!(UID);
            security["runAsGroup"] = json!(UID);
            security["fsGroup"] = json!(UID);
            // The volume may hold gigabytes, whose owners are not to be set one by one at each start.
            security["fsGroupChangePolicy"] = json!("OnRootMismatch");
        }
        let mut spec = json!({
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "securityContext": security,
            "topologySpreadConstraints": self.spread(),
            "containers": [self.container()],
            "volumes": self.volumes(),
        });
        if let Some(account) = &self.service_account {
            spec["serviceAccountName"] = json!(account);
        }
        if let Some(secret) = &self.pull_secret {
            spec["imagePullSecrets"] = json!([{"name": secret}]);
        }
        spec
    }

    /// Nodes of a role shall not all go down with one machine or one zone; where there is only one, they run there nevertheless.
    fn spread(&self) -> Value {
        ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
            .into_iter()
            .map(|key| {
                json!({
                    "maxSkew": 1,
                    "topologyKey": key,
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": self.alike},
                })
            })
            .collect()
    }

    fn container(&self) -> Value {
        let mut mounts = vec![
            json!({"name": "config", "mountPath": CONFIG, "readOnly": true}),
            json!({"name": "data", "mountPath": DATA}),
            json!({"name": "run", "mountPath": RUN}),
            json!({"name": "tmp", "mountPath": "/tmp"}),
        ];
        if self.secret.is_some() {
            mounts.push(json!({"name": "secret", "mountPath": SECRET, "readOnly": true}));
        }
        let mut container = json!({
            "name": "nodeos",
            "image": self.image,
            "command": [LAUNCHER],
            "args": self.args(),
            "ports": [
                {"name": "http", "containerPort": self.http, "protocol": "TCP"},
                {"name": "p2p", "containerPort": self.p2p, "protocol": "TCP"},
                {"name": "probe", "containerPort": PROBE_PORT, "protocol": "TCP"},
            ],
            "resources": self.resources,
            "securityContext": {
                "allowPrivilegeEscalation": false,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": true,
            },
            "startupProbe": probe("startup", 5, 24),
            "readinessProbe": probe("readiness", 5, 3),
            "livenessProbe": probe("liveness", 15, 8),
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "volumeMounts": mounts,
        });
        if let Some(policy) = &self.pull_policy {
            container["imagePullPolicy"] = policy.clone();
        }
        container
    }

    fn args(&self) -> Vec<String> {
        let mut args = vec![
            format!("--config={CONFIG}/config.ini"),
            format!("--secret={SECRET}"),
            format!("--genesis={CONFIG}/genesis.json"),
            format!("--data={DATA}"),
            format!("--run={RUN}"),
        ];
        args.extend_from_slice(&self.options);
        args.extend(["--".to_owned(), NODEOS.to_owned()]);
        args.extend(self.arguments.iter().map(|argument| (*argument).to_owned()));
        args
    }

    fn volumes(&self) -> Vec<Value> {
        let [config, genesis] = &self.config;
        let source = |name: &str, file: &str| json!({"configMap": {"name": name, "items": [{"key": file, "path": file}]}});
        let mut volumes = vec![
            json!({"name": "config", "projected": {
                "defaultMode": 0o440,
                "sources": [source(config, "config.ini"), source(genesis, "genesis.json")],
            }}),
            // The private key is merged into a file of memory, not of a disk.
            json!({"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}}),
            json!({"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}),
        ];
        if let Some(secret) = &self.secret {
            volumes.push(json!({"name": "secret", "secret": {
                "secretName": secret,
                "defaultMode": 0o440,
                "items": [{"key": SECRET_FILE, "path": SECRET_FILE}],
            }}));
        }
        if let Some(claim) = &self.claim {
            volumes.push(json!({"name": "data", "persistentVolumeClaim": {"claimName": claim}}));
        }
        volumes
    }
}

/// Returns a `config.ini` without the options that the launcher decides about: those of Dawn 4.1, which later versions have on the
/// command line only.
pub(super) fn config_for_launcher(ini: &str) -> String {
    let decided = ["genesis-json", "block-log-dir"];
    let kept = ini.lines().filter(|line| {
        let option = line.split_once('=').map_or(*line, |(option, _)| option);
        !decided.contains(&option.trim())
    });
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// Returns a probe of the launcher, which answers within four seconds.
fn probe(what: &str, period: u32, failures: u32) -> Value {
    json!({
        "httpGet": {"path": format!("/{what}"), "port": "probe"},
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": 5,
    })
}
