//! An imported plan is scored by what its layout has.

use super::*;
use crate::phases::{Criterion, Requirement, Requirements};

/// A requirement of Kiro: a user story, and criteria in EARS.
fn kiro() -> Requirements {
    let requirement = Requirement {
        id: "REQ-FILTERS-FUNC-001".to_owned(),
        title: "Save a filter".to_owned(),
        kind: "functional".to_owned(),
        category: "FUNC".to_owned(),
        priority: None,
        text: "As a cook, I want to save a filter, so that I need not set it again.".to_owned(),
        acceptance_criteria: vec![
            Criterion::statement("WHEN a cook saves a filter THEN the system SHALL store it"),
            Criterion::statement("IF the name is taken THEN the system SHALL refuse"),
            Criterion::statement("the list shows the filter"),
        ],
        dependencies: Vec::new(),
        notes: String::new(),
        origin: Some("1".to_owned()),
    };
    Requirements { requirements: vec![requirement], ..Requirements::default() }
}

fn judge(requirements: Requirements, writer: Writer) -> Verdict {
    let context = Context { writer, earlier: Earlier::default() };
    evaluate(&Output::Requirements(Box::new(requirements)), context)
}

#[test]
fn what_must_hold_is_read_from_the_criteria_of_a_user_story() {
    let verdict = judge(kiro(), Writer::Imported);
    assert!((score_of(&verdict, "normative_language") - 1.0).abs() < 1e-4);
    assert!((score_of(&verdict, "ears_format") - 2.0 / 3.0).abs() < 1e-4);
    let ears = verdict.issues.iter().find(|issue| issue.code == "ears").unwrap();
    assert_eq!(ears.place.item.as_deref(), Some("REQ-FILTERS-FUNC-001.3"));
    assert_eq!(verdict.vetoes, []);
}

#[test]
fn a_model_says_it_in_the_text() {
    let verdict = judge(kiro(), Writer::Model);
    assert!(score_of(&verdict, "normative_language").abs() < 1e-4);
    assert!(score_of(&verdict, "ears_format").abs() < 1e-4);
}

#[test]
fn scenarios_are_no_sentences_that_require() {
    let mut requirements = kiro();
    requirements.requirements[0].acceptance_criteria =
        vec![Criterion::scenario("Given a name, when it is saved, then the system shall list it"); 2];
    let verdict = judge(requirements, Writer::Imported);
    assert!(score_of(&verdict, "normative_language").abs() < 1e-4);
}
