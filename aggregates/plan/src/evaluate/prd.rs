//! Whether it is clear what is wanted, for whom, and why.

use super::sheet::{Entry, Sheet, entries, full_or, longer_than, parts, said};
use crate::phases::{Prd, Story};
use crate::{Problem, ids};

/// How many stories are asked for.
const STORIES: std::ops::RangeInclusive<usize> = 5..=15;

pub(super) fn sheet(prd: &Prd) -> Sheet {
    let mut sheet = Sheet::default();
    let overview = &prd.overview;
    sheet.criterion(
        "overview",
        15,
        parts([
            (said(&[&prd.feature_name]), 1.0),
            (said(&[&overview.one_liner]), 1.0),
            (longer_than(30, &overview.problem_statement), 1.0),
            (longer_than(30, &overview.solution_summary), 1.0),
        ]),
        "write feature_name and overview.one_liner, and problem_statement and solution_summary in more than 30 characters",
    );
    let goals = &prd.goals;
    sheet.criterion(
        "goals",
        15,
        parts([
            (!goals.primary.is_empty(), 1.0),
            (goals.secondary.is_some(), 0.5),
            (!goals.success_metrics.is_empty(), 1.0),
        ]),
        "write goals: primary, secondary as a list, and success_metrics that can be measured",
    );
    sheet.share(
        "users",
        10,
        &entries(
            "users.primary",
            &prd.users.primary,
            |user| &user.role,
            |user| said(&[&user.role, &user.description]),
        ),
        "name in users.primary for whom it is, each with role and description",
    );
    let stories = |good: fn(&Story) -> bool| -> Vec<Entry> {
        entries("user_stories", &prd.user_stories, |story| &story.id, good)
    };
    sheet.share(
        "user_stories_structure",
        20,
        &stories(|story| said(&[&story.id, &story.role, &story.want, &story.benefit, &story.priority])),
        "write user_stories, each with id, role, want, benefit and priority",
    );
    sheet.share(
        "user_stories_id_format",
        5,
        &stories(|story| ids::is_story(&story.id)),
        "number the user_stories US-001, US-002, ...",
    );
    sheet.share(
        "user_stories_acceptance",
        10,
        &stories(|story| story.acceptance_criteria.iter().any(|criterion| said(&[&criterion.text]))),
        "give each of the user_stories acceptance_criteria",
    );
    if !STORIES.contains(&prd.user_stories.len()) {
        let message = format!("there are {} user_stories: write 5 to 15", prd.user_stories.len());
        sheet.issue(Problem::new("user_stories_count", message).about("user_stories"));
    }
    scope_and_limits(prd, &mut sheet);
    sheet
}

fn scope_and_limits(prd: &Prd, sheet: &mut Sheet) {
    let scope = &prd.scope;
    sheet.criterion(
        "scope",
        10,
        parts([
            (!scope.in_scope.is_empty(), 1.0),
            (!scope.out_of_scope.is_empty(), 1.0),
            (scope.dependencies.is_some(), 0.5),
        ]),
        "write scope: in_scope, out_of_scope, and dependencies as a list",
    );
    sheet.criterion(
        "assumptions",
        3,
        full_or(0.5, !prd.assumptions.is_empty()),
        "write down what is assumed",
    );
    sheet.criterion(
        "constraints",
        5,
        parts([(!prd.constraints.technical.is_empty(), 1.0), (!prd.constraints.business.is_empty(), 0.5)]),
        "write constraints: technical and business",
    );
    sheet.share_or(
        "risks",
        5,
        &entries("risks", &prd.risks, |risk| &risk.risk, |risk| said(&[&risk.risk, &risk.impact])),
        0.3,
        "write risks, each with risk and impact",
    );
    sheet.criterion(
        "open_questions",
        2,
        full_or(0.5, prd.open_questions.is_some()),
        "write open_questions as a list; it may be empty",
    );
}
