//! What is kept of a run: which commit, which seeds, how many cases, what was measured, whether it holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// docs/proofs/NAME.json.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) commit: String,
    pub(super) ok: bool,
    pub(super) crates: Vec<String>,
    /// Of each part, to run the same again.
    pub(super) seed: BTreeMap<String, u64>,
    /// Cases of each part.
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) seconds: BTreeMap<String, f64>,
    pub(super) figures: BTreeMap<String, Map<String, Value>>,
}

/// What a part wrote when it ended.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    name: String,
    ok: bool,
    full: bool,
    cases: u64,
    seed: u64,
    seconds: f64,
    figures: Map<String, Value>,
}

pub(super) fn read_rows(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for file in fs::read_dir(folder)? {
        rows.push(serde_json::from_str(&fs::read_to_string(file?.path())?)?);
    }
    Ok(rows)
}

impl Record {
    pub(super) fn new(
        commit: String,
        crates: &[&str],
        parts: &[(&str, u64)],
        rows: &[Row],
        full: bool,
    ) -> Self {
        let of = |row: &Row| row.name.clone();
        Self {
            commit,
            ok: faults(parts, rows, full).is_empty(),
            crates: crates.iter().map(|&name| name.to_owned()).collect(),
            seed: rows.iter().map(|row| (of(row), row.seed)).collect(),
            counts: rows.iter().map(|row| (of(row), row.cases)).collect(),
            seconds: rows.iter().map(|row| (of(row), row.seconds)).collect(),
            figures: rows.iter().map(|row| (of(row), row.figures.clone())).collect(),
        }
    }
}

/// Why the rows prove less than they should.
pub(super) fn faults(parts: &[(&str, u64)], rows: &[Row], full: bool) -> Vec<String> {
    let mut faults = Vec::new();
    for &(part, count) in parts {
        match rows.iter().find(|row| row.name == part) {
            None => faults.push(format!("{part} did not run")),
            Some(row) if !row.ok => faults.push(format!("{part} failed (seed {})", row.seed)),
            Some(row) if full && !(row.full && row.cases >= count) => {
                faults.push(format!("{part} ran {} cases of {count}", row.cases));
            }
            Some(_) => {}
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, ok: bool, cases: u64) -> Row {
        Row { name: name.into(), ok, full: true, cases, seed: 7, seconds: 1.5, figures: Map::new() }
    }

    const PARTS: &[(&str, u64)] = &[("order", 2), ("retry", 3)];

    #[test]
    fn all_parts_with_all_their_cases_are_a_proof() {
        let rows = [row("order", true, 2), row("retry", true, 4)];
        assert_eq!(faults(PARTS, &rows, true), Vec::<String>::new());
        let record = Record::new("c".into(), &["eventstore"], PARTS, &rows, true);
        assert!(record.ok && record.counts["retry"] == 4, "{record:?}");
    }

    #[test]
    fn a_missing_a_failed_and_a_short_part_are_none() {
        for (rows, fault) in [
            (vec![row("order", true, 2)], "retry did not run"),
            (vec![row("order", false, 2), row("retry", true, 3)], "order failed (seed 7)"),
            (vec![row("order", true, 2), row("retry", true, 2)], "retry ran 2 cases of 3"),
        ] {
            assert_eq!(faults(PARTS, &rows, true), [fault]);
            assert!(!Record::new("c".into(), &[], PARTS, &rows, true).ok);
        }
    }
}
