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
