use super::*;
use crate::phases::Prd;

const WEIGHTS: &[(&str, u8)] = &[
    ("overview", 15),
    ("goals", 15),
    ("users", 10),
    ("user_stories_structure", 20),
    ("user_stories_id_format", 5),
    ("user_stories_acceptance", 10),
    ("scope", 10),
    ("assumptions", 3),
    ("constraints", 5),
    ("risks", 5),
    ("open_questions", 2),
];

const ROWS: &[Row<Prd>] = &[
    ("overview", 0.75, |it| it.feature_name.clear()),
    ("overview", 0.75, |it| it.overview.problem_statement = "x".repeat(30)),
    ("overview", 1.0, |it| it.overview.problem_statement = "x".repeat(31)),
    ("overview", 0.5, |it| {
        it.overview.one_liner.clear();
        it.overview.solution_summary = "short".to_owned();
    }),
    ("overview", 0.0, |it| {
        it.feature_name.clear();
        it.overview = Default::default();
    }),
    ("goals", 1.0, |it| it.goals.secondary = Some(Vec::new())),
    ("goals", 0.8, |it| it.goals.secondary = None),
    ("goals", 0.6, |it| it.goals.primary.clear()),
    ("goals", 0.6, |it| it.goals.success_metrics.clear()),
    ("goals", 0.0, |it| it.goals = Default::default()),
    ("users", 0.5, |it| it.users.primary.push(Default::default())),
    ("users", 0.0, |it| it.users.primary[0].description.clear()),
    ("users", 0.0, |it| it.users.primary.clear()),
    ("user_stories_structure", 0.8, |it| it.user_stories[0].want.clear()),
    ("user_stories_structure", 0.6, |it| {
        it.user_stories[0].role.clear();
        it.user_stories[1].priority.clear();
    }),
    ("user_stories_structure", 0.0, |it| it.user_stories.clear()),
    ("user_stories_id_format", 0.8, |it| it.user_stories[0].id = "STORY-1".to_owned()),
    ("user_stories_id_format", 0.0, |it| it.user_stories.clear()),
    ("user_stories_acceptance", 0.8, |it| it.user_stories[4].acceptance_criteria.clear()),
    ("user_stories_acceptance", 0.95, |it| {
        it.user_stories = vec![it.user_stories[0].clone(); 20];
        it.user_stories[19].acceptance_criteria.clear();
    }),
    ("user_stories_acceptance", 0.0, |it| it.user_stories.clear()),
    ("scope", 1.0, |it| it.scope.dependencies = Some(Vec::new())),
    ("scope", 0.8, |it| it.scope.dependencies = None),
    ("scope", 0.6, |it| it.scope.out_of_scope.clear()),
    ("scope", 0.0, |it| it.scope = Default::default()),
    ("assumptions", 0.5, |it| it.assumptions.clear()),
    ("constraints", 2.0 / 3.0, |it| it.constraints.business.clear()),
    ("constraints", 1.0 / 3.0, |it| it.constraints.technical.clear()),
    ("constraints", 0.0, |it| it.constraints = Default::default()),
    ("risks", 0.5, |it| it.risks.push(Default::default())),
    ("risks", 0.3, |it| it.risks.clear()),
    ("risks", 0.0, |it| it.risks[0].impact.clear()),
    ("open_questions", 1.0, |it| it.open_questions = Some(Vec::new())),
    ("open_questions", 0.5, |it| it.open_questions = None),
];

fn judge(prd: &Prd) -> Verdict {
    evaluate(&Output::Prd(Box::new(prd.clone())), Context::of_a_model())
}

#[test]
fn each_criterion_is_worth_what_is_there() {
    check(&examples::prd(), WEIGHTS, ROWS, judge);
}

#[test]
fn five_to_fifteen_stories_are_asked_for() {
    let of = |count: usize| {
        let mut prd = examples::prd();
        let story = prd.user_stories[0].clone();
        prd.user_stories = vec![story; count];
        judge(&prd).issues.iter().any(|issue| issue.code == "user_stories_count")
    };
    assert_eq!([4, 5, 15, 16].map(of), [true, false, false, true]);
}

#[test]
fn ids_that_are_no_ids_veto() {
    let mut prd = examples::prd();
    prd.user_stories[0].id = "STORY-1".to_owned();
    let verdict = judge(&prd);
    assert!(verdict.score > Score::PASS && !verdict.passes());
}
