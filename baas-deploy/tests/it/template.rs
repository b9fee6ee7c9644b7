//! Templates, against answers recorded from a real OpenShift (`tests/vectors/openshift/README.md`).

use std::path::Path;

use baas_deploy::template::{
    Mode, OsRandom, Parameters, ParseTemplateError, Reason, Template, TemplateErrors,
};
use serde_json::{Value, json};

struct Recorded {
    name: String,
    request: Value,
    status: u64,
    response: Value,
}

fn recorded() -> Vec<Recorded> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/openshift");
    let mut answers = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("tpl-") {
            let text = std::fs::read_to_string(path).unwrap();
            let mut answer: Value = serde_json::from_str(&text).unwrap();
            answers.push(Recorded {
                name,
                request: answer["request"]["body"].take(),
                status: answer["status"].as_u64().unwrap(),
                response: answer["response"].take(),
            });
        }
    }
    answers.sort_by(|left, right| left.name.cmp(&right.name));
    assert!(answers.len() >= 13, "{}", answers.len());
    answers
}

/// Returns what a server would answer, and what it did answer, with generated values taken from ours.
fn answers(recorded: &Recorded) -> (Value, Value) {
    let template = Template::from_yaml(&recorded.request.to_string()).unwrap();
    let mut theirs = recorded.response.clone();
    match template.process(&Parameters::new(), &mut OsRandom, Mode::OpenShift) {
        Ok(processed) => {
            assert_eq!(recorded.status, 201, "{}", recorded.name);
            let metadata = theirs["metadata"].as_object_mut().unwrap();
            metadata.retain(|field, _| field == "name");
            let mut text = theirs.to_string();
            for (parameter, ours) in theirs["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .zip(processed.parameters())
            {
                let value = parameter["value"].as_str().unwrap_or_default();
                if parameter["generate"].is_string() && !value.is_empty() && value != ours.value {
                    assert_eq!(value.len(), ours.value.len(), "{}", recorded.name);
                    text = text.replace(&escaped(value), &escaped(&ours.value));
                }
            }
            let ours = serde_json::to_value(processed.to_template()).unwrap();
            (ours, serde_json::from_str(&text).unwrap())
        }
        Err(errors) => {
            assert_eq!(recorded.status, 422, "{}", recorded.name);
            (status(&template, &errors), theirs)
        }
    }
}

/// Returns a text as it stands between quotes in JSON.
fn escaped(text: &str) -> String {
    let quoted = json!(text).to_string();
    let inside = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap().to_owned()
}

fn status(template: &Template, errors: &TemplateErrors) -> Value {
    let causes: Vec<Value> = errors
        .causes()
        .iter()
        .map(|cause| {
            json!({
                "reason": cause.reason.server_word(),
                "message": cause.message,
                "field": cause.field,
            })
        })
        .collect();
    json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": errors.to_string(),
        "reason": "Invalid",
        "details": {
            "name": template.name(),
            "group": "template.openshift.io",
            "kind": "Template",
            "causes": causes,
        },
        "code": 422,
    })
}

#[test]
fn answers_are_those_of_a_real_openshift() {
    for recorded in recorded() {
        let (ours, theirs) = answers(&recorded);
        assert_eq!(ours, theirs, "{}", recorded.name);
    }
}

#[test]
fn the_same_in_yaml_and_json() {
    for recorded in recorded() {
        let json = Template::from_yaml(&recorded.request.to_string()).unwrap();
        // A blank line before it, and it is read as YAML.
        let pretty = serde_json::to_string_pretty(&recorded.request).unwrap();
        let yaml = Template::from_yaml(&format!("---\n{pretty}")).unwrap();
        assert_eq!(json, yaml, "{}", recorded.name);
    }
}

fn process(yaml: &str, given: &[(&str, &str)], mode: Mode) -> Result<Value, TemplateErrors> {
    let mut parameters = Parameters::new();
    for (name, value) in given {
        parameters.set(*name, *value);
    }
    let template = Template::from_yaml(yaml).unwrap();
    let processed = template.process(&parameters, &mut OsRandom, mode)?;
    let list: Value = serde_json::from_str(&processed.to_json()).unwrap();
    assert_eq!(list["kind"], "List");
    Ok(list["items"].clone())
}

/// Returns the one object that comes of one.
fn object(object: &str, labels: &str) -> Value {
    let yaml = format!(
        "{{kind: Template, apiVersion: template.openshift.io/v1, labels: {labels}, objects: [{object}], \
         parameters: [{{name: A, value: a}}, {{name: TWO, value: '2'}}, {{name: KIND, value: Route}}]}}"
    );
    process(&yaml, &[], Mode::OpenShift).unwrap()[0].take()
}

fn causes(yaml: &str, given: &[(&str, &str)], mode: Mode) -> Vec<String> {
    let errors = process(yaml, given, mode).unwrap_err();
    errors
        .causes()
        .iter()
        .map(|cause| format!("{}: {}", cause.field, cause.message))
        .collect()
}

#[test]
fn namespaces_are_taken_out_unless_they_refer() {
    let namespace = |metadata: &str| {
        object(
            &format!("{{kind: K, apiVersion: v1, metadata: {metadata}}}"),
            "null",
        )["metadata"]
            .take()
    };
    assert_eq!(namespace("{namespace: ns, name: x}"), json!({"name": "x"}));
    assert_eq!(
        namespace("{namespace: '${A}-1'}"),
        json!({"namespace": "a-1"})
    );
    assert_eq!(
        namespace("{namespace: '${U}'}"),
        json!({"namespace": "${U}"})
    );
    assert_eq!(namespace("{namespace: '${{A}}'}"), json!({}));
    assert_eq!(namespace("{namespace: ''}"), json!({"namespace": ""}));
    assert_eq!(namespace("{namespace: 1}"), json!({"namespace": ""}));
    assert_eq!(namespace("null"), Value::Null);
    assert_eq!(
        object("{kind: K, apiVersion: v1, namespace: ns}", "null"),
        json!({"kind": "K", "apiVersion": "v1", "namespace": ""})
    );
}

#[test]
fn labels_are_put_over_those_of_objects() {
    let labels = |metadata: &str, labels: &str| {
        let k = format!(
            "{{kind: DeploymentConfig, apiVersion: apps.openshift.io/v1, metadata: {metadata}, spec: {{template: {{}}}}}}"
        );
        let object = object(&k, labels);
        // The server reads no type: labels do not reach the template of pods, not even of a DeploymentConfig.
        assert_eq!(object["spec"], json!({"template": {}}));
        object["metadata"].clone()
    };
    assert_eq!(
        labels("{labels: {x: '1', w: '2'}}", "{'${A}': '${TWO}', x: '3'}"),
        json!({"labels": {"a": "2", "x": "3", "w": "2"}})
    );
    assert_eq!(labels("{}", "{}"), json!({"labels": {}}));
    assert_eq!(labels("{}", "null"), json!({}));
    assert_eq!(
        labels("{labels: {x: '${{TWO}}', w: '2'}}", "{z: '3'}"),
        json!({"labels": {"z": "3"}})
    );
    assert_eq!(
        labels("{labels: null}", "{z: '3'}"),
        json!({"labels": {"z": "3"}})
    );
    assert_eq!(labels("null", "{z: '3'}"), Value::Null);
    assert_eq!(
        object("{kind: K, apiVersion: v1}", "{z: '3'}"),
        json!({"kind": "K", "apiVersion": "v1", "metadata": {"labels": {"z": "3"}}})
    );
}

#[test]
fn kinds_of_openshift_get_their_group() {
    for (kind, version, grouped) in [
        ("Route", "v1", "route.openshift.io/v1"),
        ("'${KIND}'", "v1", "route.openshift.io/v1"),
        ("DeploymentConfig", "v1", "apps.openshift.io/v1"),
        ("RoleBinding", "v1", "authorization.openshift.io/v1"),
        ("Route", "route.openshift.io/v1", "route.openshift.io/v1"),
        ("Service", "v1", "v1"),
        ("Route", "v2", "route.openshift.io/v2"),
        ("Route", "''", "route.openshift.io/"),
        ("Service", "''", ""),
        ("Service", "'/'", ""),
    ] {
        let object = object(&format!("{{kind: {kind}, apiVersion: {version}}}"), "null");
        assert_eq!(object["apiVersion"], grouped, "{kind} {version}");
    }
}

#[test]
fn lists_are_processed_and_cannot_be_labelled() {
    let list =
        "{kind: PodList, apiVersion: v1, items: [{metadata: {name: '${A}'}}, {kind: X}, null]}";
    assert_eq!(
        object(list, "null"),
        json!({"kind": "PodList", "apiVersion": "v1", "items": [
            {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}},
            {"kind": "X"},
            {"kind": "Pod", "apiVersion": "v1"},
        ]})
    );
    let yaml = format!(
        "{{kind: Template, apiVersion: template.openshift.io/v1, labels: {{b: c, a: 'q\"'}}, objects: [{list}]}}"
    );
    assert_eq!(
        causes(&yaml, &[], Mode::OpenShift),
        [
            r#"item[0].labels: Invalid value: map[string]string{"a":"q\"", "b":"c"}: label could not be applied: object does not implement the Object interfaces"#
        ]
    );
}

#[test]
fn what_is_no_object_is_told_as_the_server_tells_it() {
    let causes = |object: &str| {
        let yaml = format!(
            "{{kind: Template, apiVersion: template.openshift.io/v1, objects: [{object}]}}"
        );
        causes(&yaml, &[], Mode::OpenShift)
    };
    assert_eq!(
        causes("x"),
        [
            "item[0].objects: Invalid value: runtime.RawExtension{Raw:[]uint8{0x22, 0x78, 0x22}, Object:runtime.Object(nil)}: unable to handle object: json: cannot unmarshal string into Go value of type unstructured.detector"
        ]
    );
    let all = causes(
        "{a: 1}, [], 1, null, {kind: K, apiVersion: a/b/c}, {kind: L, items: 1}, {kind: L, items: [1]}",
    );
    let ends: Vec<&str> = all
        .iter()
        .map(|cause| {
            cause
                .rsplit_once("handle object: ")
                .map_or(cause.as_str(), |(_, end)| end)
        })
        .collect();
    assert_eq!(
        ends,
        [
            r#"Object 'Kind' is missing in '{"a":1}'"#,
            "json: cannot unmarshal array into Go value of type unstructured.detector",
            "json: cannot unmarshal number into Go value of type unstructured.detector",
            "item[3].objects: there is no object: the server fails on it",
            r#"Object 'Kind' is missing in '{"apiVersion":"a/b/c","kind":"K"}'"#,
            "json: cannot unmarshal number into Go struct field decodeList.items of type []json.RawMessage",
            "json: cannot unmarshal number into Go value of type map[string]interface {}",
        ]
    );
}

const THREE: &str = "
kind: Template
apiVersion: template.openshift.io/v1
metadata: {name: three}
parameters:
- {name: NAME, required: true}
- {name: KEY, required: true}
- {name: SPARE}
objects:
- {kind: ConfigMap, apiVersion: v1, metadata: {name: '${NAME}'}, data: {key: '${KEY}'}}
";

#[test]
fn missing_unknown_and_unused_parameters_are_told_together() {
    let errors = process(THREE, &[("NAM", "x"), ("OTHER", "y")], Mode::OpenShift).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "Template.template.openshift.io \"three\" is invalid: [\
         parameters: unknown parameter name \"NAM\", did you mean `NAME`?, \
         parameters: unknown parameter name \"OTHER\", there is `NAME`, `KEY`, `SPARE`, \
         template.parameters[0]: Required value: template.parameters[0]: parameter NAME is required and must be specified, \
         template.parameters[1]: Required value: template.parameters[1]: parameter KEY is required and must be specified]"
    );
    assert_eq!(errors.unused(), ["SPARE"]);
    let reasons: Vec<Reason> = errors.causes().iter().map(|cause| cause.reason).collect();
    assert_eq!(
        reasons,
        [
            Reason::Unknown,
            Reason::Unknown,
            Reason::Required,
            Reason::Required
        ]
    );
    // An empty value counts as given, but not as a value.
    let errors = causes(THREE, &[("NAME", "x"), ("KEY", "")], Mode::Strict);
    assert_eq!(
        errors,
        [
            "parameters: nothing uses the parameter SPARE",
            "template.parameters[1]: Required value: template.parameters[1]: parameter KEY is required and must be specified",
        ]
    );
}

#[test]
fn private_keys_are_in_no_error() {
    let key = "5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3";
    let given = [("NAME", "x"), ("KEY", key), ("NOPE", key)];
    let errors = process(THREE, &given, Mode::Strict).unwrap_err();
    assert!(!format!("{errors} {errors:?}").contains(key));
    // Also not where the server would print it: as a label of a list, or in an object that it cannot read.
    let yaml = format!(
        "{{kind: Template, apiVersion: template.openshift.io/v1, labels: {{k: '${{KEY}}'}}, parameters: [{{name: KEY}}, \
         {{name: B, generate: expression, description: {key}, from: '[ab]{{1}}'}}], \
         objects: [{{kind: List, items: []}}, {{data: {key}}}, {key}]}}"
    );
    let errors = process(&yaml, &given[1..2], Mode::OpenShift).unwrap_err();
    assert!(!format!("{errors} {errors:?}").contains(key));
    let fixed = yaml.replace("[ab]", "[a-c]");
    let errors = process(&fixed, &given[1..2], Mode::OpenShift).unwrap_err();
    let bytes: Vec<String> = key.bytes().map(|byte| format!("{byte:#x}")).collect();
    let text = format!("{errors} {errors:?}");
    assert!(
        text.contains("<private key>") && !text.contains(key) && !text.contains(&bytes.join(", "))
    );
    let template = Template::from_yaml(&yaml).unwrap();
    assert!(!format!("{template:?}").contains(key));
    let mut parameters = Parameters::new();
    parameters.set("KEY", key);
    assert_eq!(format!("{parameters:?}"), "{\"KEY\"}");
    let processed = Template::from_yaml(THREE)
        .unwrap()
        .process(
            &{
                parameters.set("NAME", "n");
                parameters
            },
            &mut OsRandom,
            Mode::OpenShift,
        )
        .unwrap();
    assert!(!format!("{processed:?} {:?}", processed.objects()).contains(key));
    assert!(processed.to_yaml().contains(key));
    let error = Template::from_yaml(&format!("{{kind: {key}, apiVersion: {key}}}")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(key));
}

#[test]
fn strict_mode_refuses_each_surprise() {
    let strict = |parameters: &str, rest: &str| {
        let yaml = format!(
            "{{kind: Template, apiVersion: template.openshift.io/v1, parameters: [{parameters}], {rest}}}"
        );
        // OpenShift lets every one of them pass.
        process(&yaml, &[], Mode::OpenShift).unwrap();
        causes(&yaml, &[], Mode::Strict)
    };
    let map = |data: &str| format!("objects: [{{kind: K, apiVersion: v1, data: {{{data}}}}}]");
    let x = |value: &str| format!("{{name: X, value: '{value}'}}");
    for (parameters, rest, expected) in [
        (String::new(), map("a: '${U}'"), "objects[0].data.a: `${U}` is not declared: it stays as it is"),
        (String::new(), map("'${U}': 1"), "objects[0].data: `${U}` is not declared: it stays as it is"),
        (String::new(), map("a: '${{U}}'"), "objects[0].data.a: `${{U}}` is not declared: it stays as it is"),
        (String::new(), "message: '${U}'".to_owned(), "message: `${U}` is not declared: it stays as it is"),
        (x("1"), map("b: '${X}', a: 'x${{X}}'"), "objects[0].data.a: `${{…}}` counts only as the whole of a text: here it stays as it is"),
        (x("no"), map("a: ['${{X}}']"), "objects[0].data.a[0]: the value of X is not JSON: it becomes a text"),
        (x("null"), map("a: '${{X}}'"), "objects[0].data.a: the value of X is `null`: the place is taken away"),
        (x("9007199254740993"), map("a: '${{X}}'"), "objects[0].data.a: the value of X is a number that a float of 64 bits does not hold: it becomes another"),
        (x("${X}"), map("a: '${X}'"), "parameters[0].value: the value of X holds a reference: whether it is replaced depends on what stands beside it"),
        (x("1") + ", {name: X, value: '2'}", map("a: '${X}'"), "parameters[1].name: X is declared before: a given value goes to the first, and the value of the last is used"),
        (x("a"), map("a: 1, '${X}': 2"), "objects[0].data: the keys `${X}` and `a` become the same: one of them is lost"),
        (String::new(), "objects: [{kind: K, apiVersion: v1, metadata: {namespace: n}}]".to_owned(), "objects[0].metadata.namespace: a fixed namespace is taken out: leave it out, or write a `${…}`"),
        (x("1"), "labels: {a: b}, objects: [{kind: K, apiVersion: v1, metadata: {labels: {m: '${{X}}'}}}]".to_owned(), "objects[0].metadata.labels.m: it is not a text: all labels of this object are lost to those of the template"),
        (String::new(), "objects: [{kind: Route, apiVersion: v1}]".to_owned(), "objects[0].apiVersion: `Route` has no group: write `route.openshift.io/v1`"),
        (String::new(), "objects: [{kind: K}]".to_owned(), "objects[0].apiVersion: missing"),
        ("{name: X, generate: expression, from: '[0-9]{3}'}".to_owned(), map("a: '${X}'"), "parameters[0].from: `[0-9]` does not give all that it names: a range ends before its last character; write `[\\w]`, `[\\a]`, `[\\d]` or `[\\A]`"),
        ("{name: X, generate: expression, from: 'x{5}'}".to_owned(), map("a: '${X}'"), "parameters[0].from: `from` has no expression like `[\\w]{16}`: it is taken as it is"),
        ("{name: X, generate: expression, from: '[\\w]{5}\\d{4}'}".to_owned(), map("a: '${X}'"), "parameters[0].from: `from` has brackets, braces or a backslash outside of `[…]{n}`: they are taken as they are"),
        ("{name: X, vlaue: a}".to_owned(), map("a: '${X}'"), "parameters[0].vlaue: a template does not have this field: it is ignored"),
        (String::new(), "iconClass: x".to_owned(), "iconClass: a template does not have this field: it is ignored"),
        (x("1"), map("a: 1"), "parameters: nothing uses the parameter X"),
    ] {
        assert_eq!(strict(&parameters, &rest), [expected]);
    }
    assert_eq!(
        causes("{kind: Template, apiVersion: v1}", &[], Mode::Strict),
        [
            "apiVersion: `v1` has no templates since OpenShift 4.17: write `template.openshift.io/v1`"
        ]
    );
}

#[test]
fn what_the_server_fails_on_is_an_error() {
    let fails = |parameter: &str, object: &str| {
        let yaml = format!(
            "{{kind: Template, apiVersion: v1, parameters: [{parameter}], objects: [{object}]}}"
        );
        let errors = process(&yaml, &[], Mode::OpenShift).unwrap_err();
        assert_eq!(errors.causes().len(), 1);
        assert_eq!(errors.causes()[0].reason, Reason::Internal);
        errors.causes()[0].message.clone()
    };
    assert_eq!(
        fails("{name: X, generate: expression, from: '[a-a]{3}'}", ""),
        "`[a-a]` allows no character: a range ends before its last one, and the server fails on it"
    );
    assert_eq!(
        fails("{name: X, value: 'null'}", "{kind: K, a: ['${{X}}']}"),
        "`null` in the place of an item of a list: the server fails on it"
    );
    assert_eq!(
        fails("{name: X, value: '1'}", "{kind: K, '${{X}}': 1}"),
        "the key `${{X}}` becomes something other than text: the server fails on it"
    );
}

#[test]
fn a_name_declared_twice_takes_a_given_value_first_and_uses_the_last() {
    let yaml = "{kind: Template, apiVersion: v1, parameters: [{name: X, value: a}, {name: X, value: b}], objects: [{kind: '${X}'}]}";
    let items = process(yaml, &[("X", "c")], Mode::OpenShift).unwrap();
    assert_eq!(items, json!([{"kind": "b", "apiVersion": ""}]));
}

#[test]
fn what_is_no_template_is_told_at_once_with_lines() {
    let error = |text: &str| Template::from_yaml(text).unwrap_err().to_string();
    assert_eq!(
        error(
            "kind: List
apiVersion: v2
labels: [x]
message: 1
objects: {}
parameters:
- name: [A]
  required: 'yes'
  value: 2
- x
"
        ),
        "not a template: kind (line 1): expected `Template`, found `List`; \
         labels (line 3): expected a map, found a list; \
         message (line 4): expected a text, found a number: write it in quotes; \
         objects (line 5): expected a list, found a map; \
         parameters[0].name (line 7): expected a text, found a list; \
         parameters[0].required (line 8): expected `true` or `false`, found a text; \
         parameters[0].value (line 9): expected a text, found a number: write it in quotes; \
         parameters[1] (line 10): expected a map, found a text; \
         apiVersion (line 2): expected `template.openshift.io/v1`, found `v2`"
    );
    assert_eq!(
        error("metadata: 1"),
        "not a template: metadata (line 1): expected a map, found a number; \
         kind (line 1): missing; a template has `kind: Template`; \
         apiVersion (line 1): missing; write `template.openshift.io/v1`"
    );
    assert_eq!(
        error("[]"),
        "not a template: the document (line 1): expected a map, found a list"
    );
    assert!(matches!(
        Template::from_yaml("a: [").unwrap_err(),
        ParseTemplateError::NotYaml { line: Some(_), .. }
    ));
    assert_eq!(
        error(&"x".repeat(3 << 20)),
        "not YAML: it is longer than 2097152 bytes"
    );
    for hostile in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        "a: &a [x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\n".to_owned()
            + &(0..30).fold(String::new(), |text, n| {
                let before = if n == 0 {
                    "b".to_owned()
                } else {
                    format!("c{}", n - 1)
                };
                format!("{text}c{n}: &c{n} [*{before},*{before},*{before},*{before}]\n")
            }),
    ] {
        assert!(Template::from_yaml(&hostile).is_err());
    }
}

#[test]
fn values_of_files_are_used_and_do_not_replace_given_ones() {
    let mut parameters = Parameters::new();
    parameters.set("NAME", "given");
    let kept = parameters
        .add_file("# values\nNAME=file\nexport KEY=\"a b\" # why\n")
        .unwrap();
    assert_eq!(kept, ["NAME"]);
    let processed = Template::from_yaml(THREE)
        .unwrap()
        .process(&parameters, &mut OsRandom, Mode::OpenShift)
        .unwrap();
    assert_eq!(processed.unused(), ["SPARE"]);
    assert_eq!(
        processed.to_yaml(),
        "apiVersion: v1
kind: List
metadata: {}
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: given
  data:
    key: a b
"
    );
}
