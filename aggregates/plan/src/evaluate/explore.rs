//! Whether the code base was understood, and the right things will be asked.

use super::sheet::{Sheet, at_least_two, full_or, length, longer_than, parts, ratio, said};
use crate::phases::Explore;

/// The categories of questions, as they are written.
pub(super) const CATEGORIES: [&str; 5] =
    ["Problem & Value", "Users & Journeys", "Scope & Boundaries", "Technical Context", "Trade-offs & Risks"];

pub(super) fn sheet(explore: &Explore) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.criterion(
        "codebase_summary",
        12,
        length(50, &explore.codebase_summary),
        "say in codebase_summary what the code base is, in more than 50 characters",
    );
    sheet.criterion(
        "project_type",
        8,
        full_or(0.0, longer_than(5, &explore.project_type)),
        "say in project_type what kind of program it is, e.g. `web service`",
    );
    let stack = explore.tech_stack.iter().filter(|name| said(&[name])).count();
    sheet.criterion(
        "tech_stack",
        10,
        at_least_two(stack),
        "name languages, frameworks and stores in tech_stack, at least two",
    );
    sheet.criterion(
        "structure",
        10,
        at_least_two(explore.structure.len()),
        "say in structure where at least two areas of the code are",
    );
    let files = explore.key_files.iter().filter(|file| said(&[&file.path, &file.purpose])).count();
    sheet.criterion(
        "key_files",
        15,
        ratio(files.min(3), 3),
        "name at least three key_files, each with path and purpose",
    );
    let conventions = &explore.conventions;
    sheet.criterion(
        "conventions",
        10,
        parts([
            (said(&[&conventions.naming]), 1.0),
            (said(&[&conventions.testing]), 1.0),
            (conventions.patterns.is_some(), 1.0),
        ]),
        "fill conventions: naming, testing, and patterns as a list",
    );
    sheet.criterion("discovery_questions", 15, questions(explore), &missing_questions(explore));
    let feature = &explore.feature_summary;
    sheet.criterion(
        "feature_summary",
        12,
        parts([
            (said(&[&feature.name]), 1.0),
            (feature.scope_in.is_some(), 1.0),
            (feature.scope_out.is_some(), 1.0),
            (said(&[&feature.problem_statement]), 1.0),
        ]),
        "fill feature_summary: name, problem_statement, and scope_in and scope_out as lists",
    );
    sheet.criterion(
        "relevant_patterns",
        4,
        full_or(0.5, !explore.relevant_patterns.is_empty()),
        "name in relevant_patterns how similar things are done there",
    );
    sheet.criterion(
        "related_to_feature",
        4,
        full_or(0.5, !explore.related_to_feature.is_empty()),
        "name in related_to_feature the code that the feature touches",
    );
    sheet
}

/// From three groups on the share of the categories that have a question; half for fewer groups.
fn questions(explore: &Explore) -> f64 {
    match explore.discovery_questions.iter().filter(|group| !group.questions.is_empty()).count() {
        0 => 0.0,
        1 | 2 => 0.5,
        _ => ratio(CATEGORIES.len() - unasked(explore).len(), CATEGORIES.len()),
    }
}

fn unasked(explore: &Explore) -> Vec<&'static str> {
    let asked = |category: &&str| {
        explore
            .discovery_questions
            .iter()
            .any(|group| group.category == **category && !group.questions.is_empty())
    };
    CATEGORIES.into_iter().filter(|category| !asked(category)).collect()
}

fn missing_questions(explore: &Explore) -> String {
    format!("ask in discovery_questions, under exactly these categories: {}", unasked(explore).join(", "))
}
