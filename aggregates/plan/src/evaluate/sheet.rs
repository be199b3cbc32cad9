//! Criteria with their weights, as they are filled in.

use crate::invariants::Checked;
use crate::verdict::{Criterion, Verdict};
use crate::{Problem, Score, names};

/// What is filled in while an output is looked at.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    criteria: Vec<Criterion>,
    issues: Vec<Problem>,
}

impl Sheet {
    /// A criterion that counts `hundredths`, met by `score`; less than full is an issue that says `advice`.
    pub(super) fn criterion(&mut self, name: &str, hundredths: u8, score: f64, advice: &str) {
        self.criteria.push(Criterion {
            name: name.to_owned(),
            weight: nearest(f64::from(hundredths) / 100.0),
            score: nearest(score),
        });
        if score < 1.0 {
            self.issues.push(Problem::new(name, advice).about(name));
        }
    }

    /// A criterion that is met by the share of `entries` that are good; the others are named.
    pub(super) fn share(&mut self, name: &str, hundredths: u8, entries: &[Entry], advice: &str) {
        self.share_or(name, hundredths, entries, 0.0, advice);
    }

    /// The same, met by `none` when there are no entries.
    pub(super) fn share_or(
        &mut self,
        name: &str,
        hundredths: u8,
        entries: &[Entry],
        none: f64,
        advice: &str,
    ) {
        let bad: Vec<&str> =
            entries.iter().filter(|entry| !entry.good).map(|entry| entry.name.as_str()).collect();
        let advice = if bad.is_empty() {
            advice.to_owned()
        } else {
            format!("{advice}; not so: {}", names::list(&bad))
        };
        let score = if entries.is_empty() { none } else { ratio(entries.len() - bad.len(), entries.len()) };
        self.criterion(name, hundredths, score, &advice);
    }

    /// Something that costs nothing and would be better otherwise.
    pub(super) fn issue(&mut self, problem: Problem) {
        self.issues.push(problem);
    }

    /// Nothing of it is met.
    pub(super) fn void(&mut self) {
        self.criteria.iter_mut().for_each(|criterion| criterion.score = Score::ZERO);
    }

    /// The sum, and what was checked beside it.
    pub(super) fn finish(self, checked: Checked) -> Verdict {
        let sum =
            self.criteria.iter().map(|criterion| criterion.weight.value() * criterion.score.value()).sum();
        let mut issues = self.issues;
        issues.extend(checked.issues);
        Verdict { score: nearest(sum), criteria: self.criteria, vetoes: checked.vetoes, issues }
    }
}

/// One of a list, and whether it is as it should be.
#[derive(Debug)]
pub(super) struct Entry {
    name: String,
    good: bool,
}

/// The entries of a list, each called by its id, or by its place where it has none.
pub(super) fn entries<T>(
    list: &str,
    all: &[T],
    id: impl Fn(&T) -> &str,
    good: impl Fn(&T) -> bool,
) -> Vec<Entry> {
    all.iter()
        .enumerate()
        .map(|(index, entry)| Entry { name: names::of(list, index, id(entry)), good: good(entry) })
        .collect()
}

/// The share of the parts that are there, each with what it counts.
pub(super) fn parts<const N: usize>(parts: [(bool, f64); N]) -> f64 {
    let of = |all: bool| -> f64 {
        parts.iter().filter(|(there, _)| all || *there).map(|(_, counts)| counts).sum()
    };
    of(false) / of(true)
}

pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of a list of at most 1 MiB")]
    let share = part as f64 / whole as f64;
    share
}

/// Whether each of the texts says something.
pub(super) fn said(texts: &[&str]) -> bool {
    texts.iter().all(|text| !text.trim().is_empty())
}

/// Whether a text says more than `characters`.
pub(super) fn longer_than(characters: usize, text: &str) -> bool {
    text.trim().chars().count() > characters
}

/// 1 for more than `characters`, .5 for some text.
pub(super) fn length(characters: usize, text: &str) -> f64 {
    if longer_than(characters, text) {
        1.0
    } else if said(&[text]) {
        0.5
    } else {
        0.0
    }
}

/// 1 for at least two, .5 for one.
pub(super) fn at_least_two(count: usize) -> f64 {
    match count {
        0 => 0.0,
        1 => 0.5,
        _ => 1.0,
    }
}

/// 1 when it is so, else `otherwise`.
pub(super) fn full_or(otherwise: f64, so: bool) -> f64 {
    if so { 1.0 } else { otherwise }
}

fn nearest(value: f64) -> Score {
    Score::new(value.clamp(0.0, 1.0)).expect("clamped to the range of a score")
}
