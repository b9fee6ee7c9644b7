use serde_json::{Map, Value, json};

use super::labels;
use super::layout::Layout;
use super::object::object;
use super::service;
use crate::spec::ExposureSpec;

/// Returns the route through which the network is asked from outside: TLS with the cluster's certificate. Its host, unless the
/// spec names one (which needs the permission to), is made by the cluster of its name and its namespace.
pub(super) fn route(layout: &Layout<'_>, exposure: &ExposureSpec) -> Value {
    let name = service::api_name(layout);
    let mut route = object(
        layout,
        ("route.openshift.io/v1", "Route"),
        &name,
        labels::of_network(layout),
        Map::new(),
    );
    let mut spec = Map::new();
    if let Some(host) = &exposure.host {
        spec.insert("host".to_owned(), json!(host.as_str()));
    }
    spec.insert(
        "to".to_owned(),
        json!({"kind": "Service", "name": name, "weight": 100}),
    );
    spec.insert("port".to_owned(), json!({"targetPort": "http"}));
    let tls = json!({"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"});
    spec.insert("tls".to_owned(), tls);
    spec.insert("wildcardPolicy".to_owned(), json!("None"));
    route.insert("spec".to_owned(), Value::Object(spec));
    Value::Object(route)
}
