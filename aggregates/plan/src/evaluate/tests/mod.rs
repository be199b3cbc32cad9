//! Each criterion of each phase: full for the example, and what it is worth when something is missing.

mod design;
mod explore;
mod imported;
mod prd;
mod requirements;
mod sync;
mod tasks;

use std::collections::BTreeSet;

use super::*;
use crate::testing::examples;
use crate::{Phase, Score};

/// A criterion, what it is worth after the change, and the change.
type Row<T> = (&'static str, f64, fn(&mut T));

/// Judges the example after each change, and demands a row for each criterion of the sheet.
fn check<T: Clone>(example: &T, weights: &[(&str, u8)], rows: &[Row<T>], judge: impl Fn(&T) -> Verdict) {
    let full = judge(example);
    assert_eq!((full.score, full.vetoes.as_slice()), (Score::ONE, &[][..]), "{:?}", full.issues);
    let sheet: Vec<(&str, u8)> = full
        .criteria
        .iter()
        .map(|criterion| {
            assert_eq!(criterion.score, Score::ONE, "{}", criterion.name);
            (criterion.name.as_str(), hundredths(criterion.weight))
        })
        .collect();
    assert_eq!(sheet, weights);
    assert_eq!(weights.iter().map(|(_, weight)| u32::from(*weight)).sum::<u32>(), 100);

    for (name, expected, change) in rows {
        let mut changed = example.clone();
        change(&mut changed);
        let verdict = judge(&changed);
        let score = score_of(&verdict, name);
        assert!(
            (score - expected).abs() < 1e-4,
            "{name} is worth {score} and not {expected}: {:?}",
            verdict.issues
        );
        let told = verdict.issues.iter().any(|issue| issue.code == *name);
        // An output that is void as a whole is worth nothing in what it has, too.
        assert!(verdict.score == Score::ZERO || told == (*expected < 1.0), "{name}: {:?}", verdict.issues);
        let sum: f64 =
            verdict.criteria.iter().map(|criterion| criterion.weight.value() * criterion.score.value()).sum();
        assert!((verdict.score.value() - sum).abs() < 1e-4, "{name}: {} {sum}", verdict.score);
    }
    let tested: BTreeSet<&str> = rows.iter().map(|(name, _, _)| *name).collect();
    assert_eq!(tested, weights.iter().map(|(name, _)| *name).collect());
}

fn score_of(verdict: &Verdict, name: &str) -> f64 {
    verdict.criteria.iter().find(|criterion| criterion.name == name).expect(name).score.value()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight")]
fn hundredths(weight: Score) -> u8 {
    (weight.value() * 100.0).round() as u8
}

#[test]
fn the_example_of_each_phase_passes_in_full() {
    let (requirements, design) = (examples::requirements(), examples::design());
    let earlier = Earlier { requirements: Some(&requirements), design: Some(&design) };
    for phase in [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks] {
        let context = Context { writer: Writer::Model, earlier };
        let verdict = evaluate(&examples::output(phase), context);
        assert_eq!((verdict.score, verdict.passes()), (Score::ONE, true), "{phase}");
        assert_eq!(verdict.issues, [], "{phase}");
    }
}

#[test]
fn nothing_passes_when_it_says_nothing() {
    for phase in [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks] {
        let output = Output::read_unfinished(phase, "{}").unwrap();
        let verdict = evaluate(&output, Context::of_a_model());
        assert!(!verdict.passes() && verdict.score < Score::new(0.5).unwrap(), "{phase} {}", verdict.score);
        assert!(!verdict.issues.is_empty());
    }
}

#[test]
fn an_issue_names_what_is_missing_and_what_to_do() {
    let mut prd = examples::prd();
    prd.user_stories[1].benefit.clear();
    prd.user_stories[3].id.clear();
    let verdict = evaluate(&Output::Prd(Box::new(prd)), Context::of_a_model());
    let issue = verdict.issues.iter().find(|issue| issue.code == "user_stories_structure").unwrap();
    assert_eq!(
        issue.message,
        "write user_stories, each with id, role, want, benefit and priority; not so: US-002, user_stories[3]"
    );
}
