use super::*;
use crate::phases::{Explore, KeyFile};

const WEIGHTS: &[(&str, u8)] = &[
    ("codebase_summary", 12),
    ("project_type", 8),
    ("tech_stack", 10),
    ("structure", 10),
    ("key_files", 15),
    ("conventions", 10),
    ("discovery_questions", 15),
    ("feature_summary", 12),
    ("relevant_patterns", 4),
    ("related_to_feature", 4),
];

const ROWS: &[Row<Explore>] = &[
    ("codebase_summary", 1.0, |it| it.codebase_summary = "x".repeat(51)),
    ("codebase_summary", 0.5, |it| it.codebase_summary = "x".repeat(50)),
    ("codebase_summary", 0.0, |it| it.codebase_summary = "  ".to_owned()),
    ("project_type", 1.0, |it| it.project_type = "daemon".to_owned()),
    ("project_type", 0.0, |it| it.project_type = "an ap".to_owned()),
    ("tech_stack", 1.0, |it| it.tech_stack.truncate(2)),
    ("tech_stack", 0.5, |it| it.tech_stack.truncate(1)),
    ("tech_stack", 0.0, |it| it.tech_stack = vec![String::new(), " ".to_owned()]),
    ("structure", 0.5, |it| it.structure = [("api".to_owned(), "src".to_owned())].into()),
    ("structure", 0.0, |it| it.structure.clear()),
    ("key_files", 1.0, |it| it.key_files.push(KeyFile::default())),
    ("key_files", 2.0 / 3.0, |it| it.key_files[0].purpose.clear()),
    ("key_files", 1.0 / 3.0, |it| it.key_files.truncate(1)),
    ("key_files", 0.0, |it| it.key_files.clear()),
    ("conventions", 1.0, |it| it.conventions.patterns = Some(Vec::new())),
    ("conventions", 2.0 / 3.0, |it| it.conventions.patterns = None),
    ("conventions", 1.0 / 3.0, |it| {
        it.conventions.naming.clear();
        it.conventions.testing.clear();
    }),
    ("conventions", 0.0, |it| it.conventions = Default::default()),
    ("discovery_questions", 0.8, |it| it.discovery_questions[1].questions.clear()),
    ("discovery_questions", 0.8, |it| it.discovery_questions[1].category = "Users and Journeys".to_owned()),
    ("discovery_questions", 0.6, |it| it.discovery_questions.truncate(3)),
    ("discovery_questions", 0.5, |it| it.discovery_questions.truncate(1)),
    ("discovery_questions", 0.0, |it| it.discovery_questions.clear()),
    ("feature_summary", 1.0, |it| it.feature_summary.scope_out = Some(Vec::new())),
    ("feature_summary", 0.75, |it| it.feature_summary.scope_out = None),
    ("feature_summary", 0.5, |it| {
        it.feature_summary.scope_in = None;
        it.feature_summary.name.clear();
    }),
    ("feature_summary", 0.0, |it| it.feature_summary = Default::default()),
    ("relevant_patterns", 0.5, |it| it.relevant_patterns.clear()),
    ("related_to_feature", 0.5, |it| it.related_to_feature.clear()),
];

#[test]
fn each_criterion_is_worth_what_is_there() {
    check(&examples::explore(), WEIGHTS, ROWS, |it| {
        evaluate(&Output::Explore(Box::new(it.clone())), Context::of_a_model())
    });
}

#[test]
fn the_categories_that_were_not_asked_are_named() {
    let mut explore = examples::explore();
    explore.discovery_questions.truncate(3);
    let verdict = evaluate(&Output::Explore(Box::new(explore)), Context::of_a_model());
    assert!(
        verdict.issues[0].message.ends_with(": Technical Context, Trade-offs & Risks"),
        "{:?}",
        verdict.issues
    );
}
