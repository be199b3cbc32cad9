//! The pages are compiled in: other pages make another program.
//!
//! The compiler knows the files that it took in, and sees when one of them changes or goes. A file that comes, or the
//! whole folder, it cannot know of; so the folder is watched here. Not while it is missing: cargo takes a missing path
//! for a changed one and would compile this crate at each build. Instead `cargo xtask dashboard` touches this file when
//! it has built the pages, and then the folder is there.

use std::path::Path;

/// Seen from this crate, where cargo runs this.
const DIST: &str = "../dashboard/dist";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if Path::new(DIST).is_dir() {
        println!("cargo::rerun-if-changed={DIST}");
    }
}
