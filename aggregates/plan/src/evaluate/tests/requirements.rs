use super::*;
use crate::phases::Requirements;

const WEIGHTS: &[(&str, u8)] = &[
    ("feature_name", 5),
    ("structure", 20),
    ("normative_language", 20),
    ("ears_format", 15),
    ("acceptance_criteria", 20),
    ("id_format", 5),
    ("assumptions", 5),
    ("out_of_scope", 5),
    ("traceability", 5),
];

const TWO_THIRDS: f64 = 2.0 / 3.0;

const ROWS: &[Row<Requirements>] = &[
    ("feature_name", 0.5, |it| it.feature_name.clear()),
    ("feature_name", 0.0, |it| it.requirements.clear()),
    ("structure", TWO_THIRDS, |it| it.requirements[0].priority = None),
    ("structure", TWO_THIRDS, |it| it.requirements[0].kind.clear()),
    ("structure", 0.0, |it| it.requirements.iter_mut().for_each(|one| one.id.clear())),
    ("structure", 0.0, |it| it.requirements.clear()),
    ("normative_language", TWO_THIRDS, |it| it.requirements[0].text = "a shallow copy is stored".to_owned()),
    ("normative_language", 1.0, |it| it.requirements[0].text = "A copy must be stored".to_owned()),
    ("normative_language", 0.0, |it| it.requirements.clear()),
    ("ears_format", 1.0, |it| it.requirements[0].text = "The service SHALL store filters.".to_owned()),
    ("ears_format", 2.5 / 3.0, |it| it.requirements[0].text = "SHALL be stored".to_owned()),
    ("ears_format", TWO_THIRDS, |it| it.requirements[0].text = "filters are stored".to_owned()),
    ("ears_format", 0.0, |it| it.requirements.iter_mut().for_each(|one| one.text.clear())),
    ("ears_format", 0.0, |it| it.requirements.clear()),
    ("acceptance_criteria", TWO_THIRDS, |it| it.requirements[0].acceptance_criteria.truncate(1)),
    ("acceptance_criteria", 0.0, |it| {
        it.requirements.iter_mut().for_each(|one| one.acceptance_criteria.truncate(1));
    }),
    ("id_format", TWO_THIRDS, |it| it.requirements[0].id = "REQ-001".to_owned()),
    ("id_format", 0.0, |it| it.requirements.iter_mut().for_each(|one| one.id.clear())),
    ("assumptions", 0.5, |it| it.assumptions.clear()),
    ("assumptions", 0.0, |it| it.requirements.clear()),
    ("out_of_scope", 0.5, |it| it.out_of_scope.clear()),
    ("out_of_scope", 0.0, |it| it.requirements.clear()),
    ("traceability", 0.5, |it| it.traceability = None),
    ("traceability", 0.0, |it| it.requirements.clear()),
];

fn judge(requirements: &Requirements) -> Verdict {
    evaluate(&Output::Requirements(Box::new(requirements.clone())), Context::of_a_model())
}

#[test]
fn each_criterion_is_worth_what_is_there() {
    check(&examples::requirements(), WEIGHTS, ROWS, judge);
}

#[test]
fn no_requirements_are_worth_nothing() {
    let mut requirements = examples::requirements();
    requirements.requirements.clear();
    let verdict = judge(&requirements);
    assert_eq!((verdict.score, verdict.vetoes.len()), (Score::ZERO, 1));
}

#[test]
fn a_fault_of_a_sentence_is_told_with_its_column() {
    let mut requirements = examples::requirements();
    requirements.requirements[1].text = "WHEN a cook opens a filter, the service will show it.".to_owned();
    requirements.requirements[2].text = "The service SHALL keep names, dates etc.".to_owned();
    let verdict = judge(&requirements);
    let found = |code: &str| verdict.issues.iter().find(|issue| issue.code == code).unwrap();
    let ears = found("ears");
    assert_eq!((ears.place.item.as_deref(), ears.place.column), (Some("REQ-FILTERS-FUNC-002"), Some(41)));
    assert_eq!(ears.message, "REQ-FILTERS-FUNC-002, column 41: `will` binds nobody: write SHALL");
    let wording = found("ears_wording");
    assert_eq!(
        (wording.place.item.as_deref(), wording.place.column),
        (Some("REQ-FILTERS-SEC-001"), Some(37))
    );
}
