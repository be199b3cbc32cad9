//! The document as a whole.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{document, documented::Route, operation::Access};

fn routes() -> Vec<Route> {
    crate::routes::documented()
}

/// Checks values against schemas of the document.
struct Checker(Value);

impl Checker {
    fn new() -> Self {
        Self(document())
    }

    /// What keeps `value` from being what `schema` says.
    fn fault(&self, schema: &Value, value: &Value) -> Option<String> {
        let whole = json!({ "allOf": [schema], "components": self.0["components"] });
        let validator = jsonschema::options().should_validate_formats(true).build(&whole);
        let validator: Validator = validator.expect("a schema");
        validator.iter_errors(value).next().map(|fault| format!("{}: {fault}", fault.instance_path()))
    }

    fn operations(&self) -> impl Iterator<Item = (&String, &String, &Value)> {
        let paths = self.0["paths"].as_object().expect("paths");
        paths.iter().flat_map(|(path, item)| {
            item.as_object()
                .expect("methods")
                .iter()
                .map(move |(method, operation)| (path, method, operation))
        })
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let checker = Checker::new();
    let mut checked = 0;
    for (path, method, operation) in checker.operations() {
        let bodies = operation["requestBody"]["content"].as_object();
        let answers = operation["responses"].as_object().expect("answers").values();
        let contents = answers.filter_map(|answer| answer["content"].as_object()).chain(bodies).flatten();
        for (media_type, content) in contents.filter(|(media_type, _)| media_type.ends_with("json")) {
            let example = content.get("example");
            let example =
                example.unwrap_or_else(|| panic!("{method} {path} has no example of its {media_type}"));
            assert_eq!(checker.fault(&content["schema"], example), None, "{method} {path}: {example}");
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn the_checker_finds_a_planted_fault() {
    let checker = Checker::new();
    let changed = json!({ "$ref": "#/components/schemas/ProjectChanged" });
    assert_eq!(checker.fault(&changed, &json!({ "position": null })), None);
    let fault = checker.fault(&changed, &json!({ "position": "one" }));
    assert!(fault.is_some_and(|fault| fault.starts_with("/position")));
    assert!(checker.fault(&changed, &json!({})).is_some());
}

#[test]
fn every_example_of_a_body_is_understood() {
    let document = document();
    let mut understood = 0;
    for Route { path, method, operation, .. } in routes() {
        let Some(body) = operation.body else { continue };
        let method = serde_json::to_value(&method).expect("a method");
        let documented = &document["paths"][&path][method.as_str().expect("a word")];
        let example = documented["requestBody"]["content"]["application/json"]["example"].clone();
        assert_eq!((body.parses)(example), Ok(()), "{method} {path}");
        // What the schema forbids, the parser refuses.
        assert!(
            (body.parses)(json!({ "no_such_field": 1 })).is_err(),
            "{method} {path} takes unknown fields"
        );
        understood += 1;
    }
    assert!(understood > 20, "{understood}");
}

#[test]
fn names_are_unique_and_none_is_made_up() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    // Two types of one name would be `Name` and `Name2`.
    assert_eq!(schemas.keys().find(|name| name.ends_with(|c: char| c.is_ascii_digit())), None);
    let ids: Vec<_> = routes().iter().map(|route| route.operation.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn every_code_that_an_operation_names_is_explained() {
    for route in routes() {
        for code in &route.operation.problems {
            assert!(super::problems::is_known(code), "{} of {}", code, route.operation.id);
        }
    }
}

/// No route without a row: this is what refuses a new one that does not say who may ask.
#[test]
fn every_operation_says_who_may_ask() {
    let document = document();
    let routes = routes();
    let silent: Vec<_> = routes.iter().filter(|route| route.operation.access == Access::Undeclared).collect();
    assert!(silent.is_empty(), "{:?}", silent.iter().map(|route| route.operation.id).collect::<Vec<_>>());
    let said = |operation: &Value| operation["x-omoi-access"].as_str().map(str::to_owned);
    let all: Vec<_> = Checker(document).operations().map(|(_, _, operation)| said(operation)).collect();
    assert_eq!(all.len(), routes.len());
    assert!(all.iter().all(Option::is_some), "{all:?}");
}

#[test]
fn every_field_is_described() {
    let document = document();
    let mut mute = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            if of.get("description").is_none() {
                mute.push(format!("{name}.{field}"));
            }
        }
    }
    assert_eq!(mute, Vec::<String>::new());
}

#[test]
fn the_document_in_the_tree_is_fresh() {
    let kept: Value = serde_json::from_str(include_str!("../../../schemas/openapi.json")).expect("JSON");
    let fresh = kept == document();
    assert!(
        fresh,
        "schemas/openapi.json is not what the code says: run `cargo xtask generate` and commit it"
    );
}
