use serde_json::{Map, Value, json};

use super::labels;
use super::layout::Layout;
use super::object::object;
use super::service;
use crate::spec::ExposureSpec;

/// Returns the ingress through which the network is asked from outside. OpenShift makes a route of it, unless it has no host.
pub(super) fn ingress(layout: &Layout<'_>, exposure: &ExposureSpec) -> Value {
    let name = service::api_name(layout);
    let mut annotations = Map::new();
    if layout.is_openshift() {
        annotations.insert("route.openshift.io/termination".to_owned(), json!("edge"));
    }
    let mut ingress = object(
        layout,
        ("networking.k8s.io/v1", "Ingress"),
        &name,
        labels::of_network(layout),
        annotations,
    );
    let mut rule = Map::new();
    if let Some(host) = &exposure.host {
        rule.insert("host".to_owned(), json!(host.as_str()));
    }
    let http = json!({"paths": [{
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": name, "port": {"name": "http"}}},
    }]});
    rule.insert("http".to_owned(), http);
    let mut spec = Map::new();
    if let Some(class) = &exposure.ingress_class {
        spec.insert("ingressClassName".to_owned(), json!(class));
    }
    spec.insert("rules".to_owned(), json!([rule]));
    match (&exposure.tls_secret, &exposure.host) {
        (Some(secret), Some(host)) => {
            let tls = json!([{"hosts": [host.as_str()], "secretName": secret}]);
            spec.insert("tls".to_owned(), tls);
        }
        // From this OpenShift makes a route with the certificate of its router.
        _ if layout.is_openshift() => {
            spec.insert("tls".to_owned(), json!([{}]));
        }
        _ => {}
    }
    ingress.insert("spec".to_owned(), Value::Object(spec));
    Value::Object(ingress)
}
