//! Checks what a machine can check of docs/ARCHITECTURE.md: the floors and the invariants that are absences.
//!
//! A rule is a pure function from text to faults, in a file of its own, with a test that plants the fault it
//! exists for. `run` reads the tree once and hands it to each rule; it needs no network and no build.

mod floors;
mod grants;
mod log_writers;
mod machine_paths;
mod manifests;
mod purity;
mod rust_text;
mod sizes;
mod sql_clock;
mod sql_text;
mod tree;
mod wiring;

use anyhow::bail;
use serde::Serialize;

use self::sizes::Sizes;
use self::tree::Tree;

/// Options.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints the report.
///
/// # Errors
/// When a rule is broken; the message names each fault.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let report = inspect(&Tree::read()?);
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{}", report.sizes);
    }
    if report.faults.is_empty() {
        return Ok(());
    }
    let faults: Vec<_> =
        report.faults.iter().map(|fault| format!("{}: {}", fault.rule, fault.what)).collect();
    bail!("{} rules of the house are broken\n{}", faults.len(), faults.join("\n"));
}

#[derive(Debug, Serialize)]
struct Report {
    faults: Vec<Fault>,
    sizes: Sizes,
}

#[derive(Debug, Serialize)]
struct Fault {
    rule: &'static str,
    what: String,
}

fn inspect(tree: &Tree) -> Report {
    let rules = [
        ("floors", floors::faults(&tree.crates)),
        ("manifests", manifests::faults(tree)),
        ("purity", purity::faults(tree)),
        ("sql clock", sql_clock::faults(tree)),
        ("log writers", log_writers::faults(tree)),
        ("grants", grants::faults(tree)),
        ("wiring", wiring::faults(tree)),
        ("machine paths", machine_paths::faults(tree)),
    ];
    let named = |(rule, faults): (&'static str, Vec<String>)| {
        faults.into_iter().map(move |what| Fault { rule, what })
    };
    Report { faults: rules.into_iter().flat_map(named).collect(), sizes: sizes::measure(tree) }
}

#[cfg(test)]
mod tests {
    use super::tree::{Crate, planted};
    use super::*;

    #[test]
    fn every_rule_is_asked() {
        let mut house = planted::tree(&[
            ("aggregates/work/src/a.rs", "async fn a() {}"),
            ("api/src/a.rs", "use adapters::git;"),
            ("commands/src/a.rs", "\"delete from es.events\""),
            ("docs/a.md", concat!("/ro", "ot/a")),
            ("migrations/1.sql", "select now(); grant all on es.events to a;"),
        ]);
        house.crates.push(Crate {
            name: "utils".into(),
            folder: "crates/utils".into(),
            dependencies: vec![],
        });
        let mut rules: Vec<_> = inspect(&house).faults.iter().map(|fault| fault.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let all = [
            "floors",
            "grants",
            "log writers",
            "machine paths",
            "manifests",
            "purity",
            "sql clock",
            "wiring",
        ];
        assert_eq!(rules, all);
    }

    #[test]
    fn the_house_is_tidy() {
        let tree = Tree::read().unwrap();
        assert!(tree.crates.len() >= 9, "the tree was not read");
        assert!(tree.files_in("migrations/", "sql").count() >= 5, "the migrations were not read");
        let faults = inspect(&tree).faults;
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
