use super::*;
use crate::phases::{Design, TestingStrategy};

const WEIGHTS: &[(&str, u8)] = &[
    ("feature_name", 5),
    ("architecture_overview", 15),
    ("components", 20),
    ("data_models", 15),
    ("api_endpoints", 15),
    ("testing_strategy", 10),
    ("error_handling", 8),
    ("security_considerations", 7),
    ("integration_points", 5),
];

fn words(words: &str) -> TestingStrategy {
    TestingStrategy::Words(words.to_owned())
}

const ROWS: &[Row<Design>] = &[
    ("feature_name", 0.5, |it| it.feature_name.clear()),
    ("architecture_overview", 1.0, |it| it.architecture_overview = "ä".repeat(101)),
    ("architecture_overview", 0.5, |it| it.architecture_overview = "ä".repeat(100)),
    ("architecture_overview", 0.0, |it| it.architecture_overview.clear()),
    ("components", 0.5, |it| it.components[0].responsibility.clear()),
    ("components", 0.0, |it| it.components.clear()),
    ("data_models", 0.5, |it| it.data_models.push(Default::default())),
    ("data_models", 0.3, |it| it.data_models.clear()),
    ("data_models", 0.0, |it| it.data_models[0].fields.clear()),
    ("api_endpoints", 0.5, |it| it.api_endpoints[0].description.clear()),
    ("api_endpoints", 0.3, |it| it.api_endpoints.clear()),
    ("api_endpoints", 0.0, |it| it.api_endpoints.iter_mut().for_each(|endpoint| endpoint.method.clear())),
    ("testing_strategy", 0.5, |it| {
        it.testing_strategy =
            TestingStrategy::Lists { unit_tests: vec!["a".to_owned()], integration_tests: Vec::new() }
    }),
    ("testing_strategy", 0.7, |it| it.testing_strategy = words("unit tests of each part")),
    ("testing_strategy", 0.0, |it| it.testing_strategy = words("twenty characters...")),
    ("testing_strategy", 0.0, |it| {
        it.testing_strategy = TestingStrategy::Lists { unit_tests: Vec::new(), integration_tests: Vec::new() }
    }),
    ("error_handling", 0.3, |it| it.error_handling.clear()),
    ("security_considerations", 0.7, |it| it.security_considerations.truncate(1)),
    ("security_considerations", 0.3, |it| it.security_considerations.clear()),
    ("integration_points", 0.5, |it| it.integration_points.clear()),
];

fn judge(design: &Design) -> Verdict {
    evaluate(&Output::Design(Box::new(design.clone())), Context::of_a_model())
}

#[test]
fn each_criterion_is_worth_what_is_there() {
    check(&examples::design(), WEIGHTS, ROWS, judge);
}

#[test]
fn what_costs_nothing_is_told() {
    let told = |change: fn(&mut Design)| {
        let mut design = examples::design();
        change(&mut design);
        let verdict = judge(&design);
        assert_eq!(verdict.score, Score::ONE);
        verdict.issues.into_iter().map(|issue| issue.code).collect::<Vec<_>>()
    };
    assert_eq!(
        told(|design| design.components[0].responsibility = "filters!!".to_owned()),
        ["vague_responsibility"]
    );
    assert_eq!(
        told(|design| design.components[0].responsibility = "filters!!!".to_owned()),
        Vec::<String>::new()
    );
    assert_eq!(told(|design| design.components[0].dependencies = vec!["a".to_owned(); 6]), ["high_coupling"]);
    assert_eq!(
        told(|design| design.components[0].dependencies = vec!["a".to_owned(); 5]),
        Vec::<String>::new()
    );
}

#[test]
fn two_components_of_one_name_veto() {
    let mut design = examples::design();
    design.components[1].name = design.components[0].name.clone();
    assert!(!judge(&design).passes());
}
