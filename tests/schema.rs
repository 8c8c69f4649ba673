//! The committed schema is the one the types make. Run with `--features schema`.
#![cfg(feature = "schema")]

#[test]
fn the_committed_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/program.schema.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == comeback::program::schema(),
        "run `cargo run --features schema --example schema` and commit the change"
    );
}
