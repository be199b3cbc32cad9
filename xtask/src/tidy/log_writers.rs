//! Only `eventstore` writes to the tables of the log, and events come into being only inside `es.append`.

use super::rust_text::{self, RustText};
use super::sql_text::normal;
use super::tree::Tree;

const HOME: &str = "crates/eventstore/";
const WRITES: &[&str] = &[
    "insert into es.",
    "update es.",
    "update only es.",
    "delete from es.",
    "truncate es.",
    "truncate table es.",
    "copy es.",
];

/// Where a write beside `es.append` is right, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("benches/", "fills logs of a million events and measures bare inserts, in databases of its own"),
    ("api/tests/", "plants defects, to show that the audits find them"),
    ("xtask/src/", "proofs plant defects, and this rule names what it forbids"),
];

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let rust = tree.files_in("", "rs").filter(|file| !is_exception(&file.path));
    rust.flat_map(|file| writes(&file.path, &rust_text::split(&file.text))).collect()
}

fn is_exception(path: &str) -> bool {
    EXCEPTIONS.iter().any(|(folder, _)| path.starts_with(folder))
}

fn writes(path: &str, text: &RustText) -> Vec<String> {
    let mut faults = Vec::new();
    for literal in &text.strings {
        let sql = normal(&literal.text);
        for write in WRITES.iter().filter(|write| sql.contains(**write)) {
            let to_events = sql.contains(&format!("{write}events"));
            if !path.starts_with(HOME) {
                faults.push(format!(
                    "{path}:{} says `{write}..`: only {HOME} writes to the log tables",
                    literal.line
                ));
            } else if to_events && !is_test(path, literal.line, text) {
                faults.push(format!(
                    "{path}:{} says `{write}events`: only es.append writes events",
                    literal.line
                ));
            }
        }
    }
    faults
}

/// Tests of the log may break it, to see that the break is found.
fn is_test(path: &str, line: usize, text: &RustText) -> bool {
    path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || text.tests_from.is_some_and(|tests_from| line >= tests_from)
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    fn found(path: &str, source: &str) -> Vec<String> {
        faults(&planted::tree(&[(path, source)]))
    }

    #[test]
    fn a_write_outside_the_store_is_found_however_it_is_spaced() {
        let faults = found("commands/src/a.rs", "\n\"INSERT INTO\n   es.command_results values (1)\"");
        assert_eq!(
            faults,
            [
                "commands/src/a.rs:2 says `insert into es...`: only crates/eventstore/ writes to the log tables"
            ]
        );
        assert_eq!(found("api/src/a.rs", "\"delete from es.events\"").len(), 1);
    }

    #[test]
    fn the_store_writes_its_tables_but_no_event_beside_the_append() {
        assert!(found("crates/eventstore/src/a.rs", "\"update es.checkpoints set position = 1\"").is_empty());
        let faults = found("crates/eventstore/src/a.rs", "\"update es.events set position = 1\"");
        assert!(faults[0].ends_with("only es.append writes events"), "{faults:?}");
    }

    #[test]
    fn tests_of_the_store_may_plant_a_defect() {
        assert!(found("crates/eventstore/tests/a.rs", "\"delete from es.events\"").is_empty());
        let source = "fn a() {}\n#[cfg(test)]\nmod tests { const D: &str = \"delete from es.events\"; }";
        assert!(found("crates/eventstore/src/a.rs", source).is_empty());
    }

    #[test]
    fn reading_is_free() {
        assert!(
            found("api/src/a.rs", "\"select position from es.events\" // delete from es.events").is_empty()
        );
    }
}
