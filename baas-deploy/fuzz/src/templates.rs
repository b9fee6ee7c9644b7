//! What must hold of templates.

use baas_deploy::lint::lint_template;
use baas_deploy::migrate::migrate;
use baas_deploy::template::{Mode, Parameters, Random, RandomnessError, Template, Value};

/// Parts a template from a file of parameters.
const PARTING: &str = "\n--8<--\n";

/// Gives the same bytes each time, so that a crash can be seen again.
struct Counter(u8);

impl Random for Counter {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomnessError> {
        for byte in buffer {
            self.0 = self.0.wrapping_add(89);
            *byte = self.0;
        }
        Ok(())
    }
}

/// Reads a template and processes it in both modes, and lints whatever it is.
pub fn check(text: &str) {
    lint_template(text);
    let _ = migrate(&[("template.yaml", text)]).to_yaml();
    let (template, file) = text.split_once(PARTING).unwrap_or((text, ""));
    let Ok(template) = Template::from_yaml(template) else {
        return;
    };
    let mut parameters = Parameters::new();
    let _ = parameters.add_file(file);
    let openshift = template.process(&parameters, &mut Counter(0), Mode::OpenShift);
    let strict = template.process(&parameters, &mut Counter(0), Mode::Strict);
    if let Err(errors) = &openshift {
        assert!(!errors.causes().is_empty());
        assert!(!errors.to_string().is_empty());
    }
    if let Ok(strict) = &strict {
        let openshift = openshift.as_ref().expect("strict mode refuses more");
        assert_eq!(strict, openshift);
    }
    if let Ok(processed) = openshift {
        assert_eq!(processed.objects().len(), template.objects().len());
        // What came out is read again, and is the same: as the objects of a template without parameters.
        let json = processed.to_template().to_json();
        match Template::from_yaml(&json) {
            // By their texts: a float that a parameter became is read again as an integer, and the sign of 0 is lost.
            Ok(again) if !json.contains("-0") => {
                let texts = |objects: &[Value]| -> Vec<String> {
                    objects.iter().map(Value::to_json).collect()
                };
                assert_eq!(texts(again.objects()), texts(processed.objects()));
            }
            Ok(_) => {}
            Err(error) => assert!(
                json.len() > 1 << 20 || error.to_string().contains("deep"),
                "{error}\n{json}"
            ),
        }
    }
}
