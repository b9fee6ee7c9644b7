//! Whatever the text of a spec is, reading it ends with a spec or with errors.

use std::time::{Duration, Instant};

use baas_deploy::reader::from_yaml;
use baas_deploy::spec::NetworkSpec;
use proptest::prelude::*;

const SPEC: &str = "
name: first
genesis: {initial_timestamp: 2026-01-01T00:00:00, initial_configuration: {max_block_cpu_usage: 300000}}
nodes:
- {name: boot, role: boot, http_port: 8888}
- {name: bp1, role: producer, account: bp.one, plugins: ['eosio::trace_api_plugin'], options: {trace-no-abis: true}}
- {name: bp2, role: producer, options: {actor-blacklist: [a, b], max-clients: 30}}
";

proptest! {
    #[test]
    fn any_text_is_a_spec_or_errors(text in "\\PC*") {
        let _ = from_yaml::<NetworkSpec>(&text);
    }

    #[test]
    fn a_damaged_spec_is_a_spec_or_errors(at in 0..SPEC.len(), cut in 0..20_usize, insert in "[ \\n:,\\-\\[\\]{}'\"&*!#a-z0-9]{0,6}") {
        let mut text = SPEC.to_owned();
        text.replace_range(at..(at + cut).min(SPEC.len()), &insert);
        if let Err(errors) = from_yaml::<NetworkSpec>(&text) {
            prop_assert!(!errors.problems().is_empty());
            // Every problem of a text has its line, and no invented value shows.
            prop_assert!(errors.problems().iter().all(|problem| problem.line.is_some()), "{errors}");
            prop_assert!(!errors.to_string().contains("zzzzzzz"), "{errors}");
        }
    }
}

#[test]
fn text_that_is_meant_to_exhaust_us_does_not() {
    let begin = Instant::now();
    let nested = "[".repeat(100_000);
    from_yaml::<NetworkSpec>(&nested).unwrap_err();
    // As deep as threads with little room bear, in each of the forms.
    for text in [
        format!("{}{}", "[".repeat(1000), "]".repeat(1000)),
        format!("{}1{}", "{a: ".repeat(1000), "}".repeat(1000)),
        (0..1000).fold(String::new(), |text, depth| {
            text + &" ".repeat(depth) + "a:\n"
        }),
        format!("{}1", "- ".repeat(1000)),
    ] {
        let errors = from_yaml::<NetworkSpec>(&text).unwrap_err().to_string();
        assert!(errors.starts_with("not YAML: "), "{errors}");
    }
    let level = |level: u32| {
        let before = if level == 0 {
            "x".to_owned()
        } else {
            format!("*a{}", level - 1)
        };
        format!(
            "a{level}: &a{level} [{}]\n",
            [before.as_str(); 10].join(", ")
        )
    };
    let laughs: Vec<String> = (0..12).map(level).collect();
    let laughs = laughs.concat();
    from_yaml::<NetworkSpec>(&laughs).unwrap_err();
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn the_spec_above_is_good() {
    let spec = from_yaml::<NetworkSpec>(SPEC).unwrap();
    assert_eq!(
        spec.nodes[2].options["actor-blacklist"].values(),
        ["a", "b"]
    );
    assert_eq!(spec.nodes[1].options["trace-no-abis"].values(), ["true"]);
}
