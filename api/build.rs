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
    // The same program is the worker in each sandbox. Loaded at a place of its own choice it would have 4 MiB of addresses that
    // are written in anew, in each of them; loaded where it was linked for, all of them share what is in the file.
    if std::env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bin=omoi=-no-pie");
    }
    if Path::new(DIST).is_dir() {
        println!("cargo::rerun-if-changed={DIST}");
    }
}
