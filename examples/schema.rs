//! Writes the JSON Schema of programs, from the Rust types: `cargo run --features schema --example schema`.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/program.schema.json");
    fs::write(path, comeback::program::schema())
}
