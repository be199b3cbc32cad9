//! Whether it is said how it is built.

use super::sheet::{Sheet, entries, full_or, length, longer_than, parts, said};
use crate::phases::{Design, TestingStrategy};
use crate::{Problem, names};

pub(super) fn sheet(design: &Design) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.criterion(
        "feature_name",
        5,
        full_or(0.5, said(&[&design.feature_name])),
        "write feature_name in kebab-case",
    );
    sheet.criterion(
        "architecture_overview",
        15,
        length(100, &design.architecture_overview),
        "say in architecture_overview how the parts work together, in more than 100 characters",
    );
    sheet.share(
        "components",
        20,
        &entries(
            "components",
            &design.components,
            |part| &part.name,
            |part| said(&[&part.name, &part.responsibility]),
        ),
        "name the components, each with name and responsibility",
    );
    sheet.share_or(
        "data_models",
        15,
        &entries(
            "data_models",
            &design.data_models,
            |model| &model.name,
            |model| said(&[&model.name]) && !model.fields.is_empty(),
        ),
        0.3,
        "name the data_models, each with name and fields",
    );
    sheet.share_or(
        "api_endpoints",
        15,
        &entries(
            "api_endpoints",
            &design.api_endpoints,
            |endpoint| &endpoint.path,
            |endpoint| said(&[&endpoint.method, &endpoint.path, &endpoint.description]),
        ),
        0.3,
        "name the api_endpoints, each with method, path and description",
    );
    let testing = match &design.testing_strategy {
        TestingStrategy::Lists { unit_tests, integration_tests } => {
            parts([(!unit_tests.is_empty(), 1.0), (!integration_tests.is_empty(), 1.0)])
        }
        TestingStrategy::Words(words) if longer_than(20, words) => 0.7,
        TestingStrategy::Words(_) => 0.0,
    };
    sheet.criterion(
        "testing_strategy",
        10,
        testing,
        "list unit_tests and integration_tests in testing_strategy",
    );
    sheet.criterion(
        "error_handling",
        8,
        full_or(0.3, !design.error_handling.is_empty()),
        "say in error_handling what happens when something fails, by kind of failure",
    );
    let security = match design.security_considerations.len() {
        0 => 0.3,
        1 => 0.7,
        _ => 1.0,
    };
    sheet.criterion(
        "security_considerations",
        7,
        security,
        "write at least two security_considerations: what could be done, and what is done about it",
    );
    sheet.criterion(
        "integration_points",
        5,
        full_or(0.5, !design.integration_points.is_empty()),
        "name in integration_points where it touches what is there already",
    );
    hints(design, &mut sheet);
    sheet
}

/// What costs nothing.
fn hints(design: &Design, sheet: &mut Sheet) {
    for (index, part) in design.components.iter().enumerate() {
        let name = names::of("components", index, &part.name);
        if said(&[&part.responsibility]) && !longer_than(9, &part.responsibility) {
            let message = format!("the responsibility of {name} is hardly a word: say what it answers for");
            sheet.issue(Problem::new("vague_responsibility", message).about(name.clone()));
        }
        if part.dependencies.len() > 5 {
            let message = format!(
                "{name} uses {} others: split it, or let one part hide some",
                part.dependencies.len()
            );
            sheet.issue(Problem::new("high_coupling", message).about(name));
        }
    }
}
