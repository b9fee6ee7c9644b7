//! OpenShift templates: read, given parameters, and processed to the objects that a cluster would get, without a cluster.
//!
//! ```
//! use baas_deploy::template::{Mode, OsRandom, Parameters, Template};
//!
//! let template = Template::from_yaml(
//!     "
//! apiVersion: template.openshift.io/v1
//! kind: Template
//! metadata: {name: nodeos}
//! parameters:
//! - {name: BP, required: true}
//! - {name: REPLICAS, value: '1'}
//! objects:
//! - apiVersion: apps/v1
//!   kind: StatefulSet
//!   metadata: {name: '${BP}'}
//!   spec: {replicas: '${{REPLICAS}}'}
//! ",
//! )?;
//! let mut parameters = Parameters::new();
//! parameters.set("BP", "bp1");
//! let processed = template.process(&parameters, &mut OsRandom, Mode::OpenShift)?;
//! assert_eq!(
//!     processed.objects()[0].to_json(),
//!     r#"{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"bp1"},"spec":{"replicas":1}}"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # As OpenShift does it
//!
//! [`Mode::OpenShift`] gives what `POST …/processedtemplates` of OpenShift 4.19 gives: the same objects, and the same
//! errors in the same words. The rules are those of `pkg/template` in openshift/library-go and of Kubernetes'
//! unstructured objects. Some of them surprise; [`Mode::Strict`] refuses a template that comes to depend on one of these:
//!
//! | rule | strict |
//! | --- | --- |
//! | a name that is not declared: `${NAME}` and `${{NAME}}` stay as they are | refused |
//! | `${{X}}` counts only as a whole text; within a text it stays as it is | refused |
//! | `${{X}}` of a value that is not JSON becomes a text | refused |
//! | `${{X}}` of `null` takes the entry out of its map | refused |
//! | `${{X}}` of a number becomes a 64-bit float: 9007199254740993 ends in 2 | refused |
//! | what is replaced is looked for from the start of the text as replaced so far: with A = `${B}`, `${A} ${B}` becomes the value of B and a literal `${B}` | a value that holds a reference is refused |
//! | of a parameter declared twice the last value is used, but a given value goes to the first | refused |
//! | two keys of a map become the same: one of them wins | refused |
//! | a fixed `metadata.namespace` is taken out; one with a `${…}` stays | a fixed one is refused |
//! | labels of the template replace those of an object that has one which is not text | refused |
//! | kinds of OpenShift without a group (`v1`) get theirs; newer releases no longer do that | refused |
//! | in `from`, ranges end before their last character: `[0-9]` never gives 9 | refused |
//! | in `from`, whatever is not `[…]{n}` is literal: `\d{4}`, `x{5}`, `[a-z]` | refused if it looks like more |
//! | fields that a template does not have are ignored | refused |
//! | parameters that nothing uses | refused ([`Processed::unused`] tells them else) |
//! | `apiVersion: v1` of the template itself (releases before 4.17) | refused |
//!
//! Where the server fails with an internal error (status 500), there is an error here in either mode.
//!
//! Deliberately different: values are generated with the operating system's randomness, not from the time of day; of
//! keys that become the same the last in order wins, where the server leaves it to chance; a private key in what would be
//! an error's text is replaced; and what is read and what may come out of it is bounded.

mod document;
mod error;
mod expression;
mod go_text;
mod groups;
mod object;
mod parameter_file;
mod parameters;
mod process;
mod processed;
mod random;
mod strict;
mod substitute;
#[expect(clippy::module_inception, reason = "the file named after its type")]
mod template;
mod value;

pub(crate) use document::{Content, Node};
pub use error::{Cause, ParseTemplateError, Reason, TemplateErrors, TemplateProblem};
pub(crate) use groups::group_of_legacy_kind;
pub use parameter_file::ParameterFileError;
pub use parameters::Parameters;
pub use process::Mode;
pub use processed::Processed;
pub use random::{OsRandom, Random, RandomnessError};
pub use template::{Parameter, Template};
pub use value::Value;
