//! Programs as text: problems with their places, and blobs that read back.

use super::*;
use serde_json::json;

/// Checks YAML and prints each problem as one line.
fn problems(yaml: &str) -> String {
    let tree: Value = serde_yaml_ng::from_str(yaml).unwrap();
    let lines: Vec<String> = Program::check(&tree)
        .1
        .iter()
        .map(|problem| format!("{:?} {} {}: {}", problem.severity, problem.path, problem.code, problem.message))
        .collect();
    lines.join("\n")
}

fn round_trip<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let bytes = postcard::to_allocvec(value).unwrap();
    assert_eq!(postcard::from_bytes::<T>(&bytes).as_ref(), Ok(value));
}

#[test]
fn every_part_of_a_program_reads_back_from_its_blob() {
    round_trip(&Shop::default());
    round_trip(&OrdersPolicy::default());
    round_trip(&Policy::default());
    round_trip(&Replenish::default());
    let tree: Value = serde_yaml_ng::from_str(include_str!("../../demo-shop/programs/service-care.yaml")).unwrap();
    let program = Program::check(&tree).0.unwrap();
    for journey in &program.journeys {
        round_trip(&journey.trigger);
        round_trip(&journey.entry);
        round_trip(&journey.goal);
        round_trip(&journey.exit);
        for step in &journey.steps {
            round_trip(step);
        }
        round_trip(journey);
    }
    assert_eq!(Program::open(&program.blob()).unwrap(), program);
}

#[test]
fn all_problems_are_told_at_once_each_with_its_place() {
    let found = problems(
        "
comeback: 1
shop: { zone: Europe/Londn, zones: [Europe/London, Mars/Base] }
policy: { quiet_days: [2026-12-25, 2026-13-01], caps: [{ max: 0, per: 1w }, { max: 1, per: 2w, calendar: true }] }
journeys:
  - id: a
    trigger: { event: order.placd }
    steps: [{ send: { template: t } }]
  - id: b
    trigger: { event: page.visited }
    when: { category: { any_of: [tea] } }
    steps:
      - wait: {}
      - { send: { template: t }, assign_tag: x }
      - repeat: { times: 3, steps: [{ assign_tag: x }] }
      - end: {}
      - assign_tag: never
  - id: b
    trigger: { manual: true }
    step: []
    steps: [{ start: { journey: nowhere } }]
",
    );
    let expected = "\
Error /journeys/0/trigger/event bad_value: `order.placd` is not an event type; did you mean `order.placed`?
Error /journeys/2/step unknown: `step` is not a field known here; did you mean `steps`?";
    for line in expected.lines() {
        assert!(found.contains(line), "{line}\n--- found\n{found}");
    }
    for (place, code) in [
        ("/shop/zone", "zone"),
        ("/shop/zones/1", "zone"),
        ("/policy/quiet_days/1", "date"),
        ("/policy/caps/0/max", "cap"),
        ("/policy/caps/1/per", "cap"),
        ("/journeys/1/when", "cannot_apply"),
        ("/journeys/1/steps/0/wait", "empty"),
        ("/journeys/1/steps/1", "step"),
        ("/journeys/1/steps/2/repeat/steps", "loop_without_wait"),
        ("/journeys/1/steps/4", "unreachable"),
        ("/journeys/2/id", "duplicate"),
        ("/journeys/2/steps/0/start", "unknown"),
    ] {
        assert!(found.contains(&format!("Error {place} {code}:")), "{place} {code}\n--- found\n{found}");
    }
}

#[test]
fn a_cap_blocks_only_what_it_holds() {
    let found = |cap: &str, first: &str, second: &str| {
        let text = format!(
            "
comeback: 1
policy: {{ caps: [{{ max: 1, per: 1w{cap} }}] }}
journeys:
  - id: a
    trigger: {{ event: customer.logged_in }}
    steps: [{{ send: {{ template: t{first} }} }}, {{ send: {{ template: u{second} }} }}]
"
        );
        problems(&text).contains("cap_blocks")
    };
    assert!(found("", "", ""));
    assert!(!found(", calendar: true", "", ""));
    assert!(!found("", ", uncounted: true", ""));
    assert!(!found("", "", ", over_caps: true"));
}

#[test]
fn a_branch_on_opened_is_a_warning() {
    let found = problems(
        "
comeback: 1
journeys:
  - id: a
    trigger: { event: predicted_cart.prepared }
    steps: [{ check: { that: { cart: { opened: true } } } }]
",
    );
    assert!(found.starts_with("Warning /journeys/0/steps/0/check/that opens_are_a_guess:"), "{found}");
}

#[test]
fn what_is_not_a_mapping_is_told() {
    assert!(Program::check(&Value::Null).1.iter().any(|problem| problem.severity == Severity::Error));
    assert!(Program::check(&Value::from("text")).1.iter().any(|problem| problem.severity == Severity::Error));
}

#[test]
fn a_cap_that_keeps_a_message_back_until_it_is_too_late_is_told() {
    let blocked = |wait: &str, not_after: &str, max: u32| {
        let send = |after: &str| json!({ "send": { "template": "news", "topic": "news", "not_after": after } });
        let steps = json!([send("1d"), { "wait": { "for": wait } }, send(not_after)]);
        let program = json!({
            "comeback": 1,
            "policy": { "caps": [{ "topic": "news", "max": max, "per": "7d" }] },
            "journeys": [{ "id": "a", "trigger": { "event": "page.visited" }, "steps": steps }],
        });
        let problems = Program::check(&program).1;
        problems
            .iter()
            .filter(|problem| problem.code == "cap_blocks")
            .map(|problem| problem.path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(blocked("1d", "1d", 1), ["/journeys/0/steps/2/send"]);
    assert_eq!(blocked("6d", "2d", 1), [""; 0], "it may wait until there is room");
    assert_eq!(blocked("1d", "7d", 1), [""; 0]);
    assert_eq!(blocked("1d", "1d", 2), [""; 0], "both fit");
}
