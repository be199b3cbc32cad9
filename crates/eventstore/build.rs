//! The migrations are compiled in: a new file makes another program.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
