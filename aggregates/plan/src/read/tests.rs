//! What is read and what is refused, with its path.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::examples;

/// Code and path of each problem.
fn refused(phase: Phase, text: &str) -> Vec<(String, Option<String>)> {
    let problems = Output::read(phase, text).unwrap_err();
    problems.into_iter().map(|problem| (problem.code, problem.place.item)).collect()
}

fn one(code: &str, item: &str) -> Vec<(String, Option<String>)> {
    vec![(code.to_owned(), Some(item.to_owned()))]
}

const WRITTEN: [Phase; 5] = [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];

#[test]
fn the_example_of_each_phase_is_read_and_comes_back_as_it_was() {
    for phase in WRITTEN {
        let output = Output::read(phase, examples::text(phase)).unwrap();
        assert_eq!(output.phase(), phase);
        let written = serde_json::to_string(&output).unwrap();
        assert_eq!(Output::read(phase, &written).unwrap(), output);
    }
}

#[test]
fn each_field_a_phase_cannot_do_without_is_named_when_it_is_absent() {
    let mut named = 0;
    for phase in WRITTEN {
        for field in required(phase) {
            let mut json = examples::json(phase);
            json.as_object_mut().unwrap().remove(*field).unwrap();
            assert_eq!(refused(phase, &json.to_string()), one("schema", field), "{phase}");
            assert!(Output::read_unfinished(phase, &json.to_string()).is_ok(), "{phase} {field}");
            named += 1;
        }
    }
    assert_eq!(named, 13);
}

#[test]
fn a_wrong_type_is_refused_with_the_path_of_its_field() {
    let rows = [
        (Phase::Explore, "/key_files/1/path", json!(7), "key_files[1].path"),
        (Phase::Explore, "/feature_summary", json!([]), "feature_summary"),
        (Phase::Explore, "/structure", json!([]), "structure"),
        (Phase::Prd, "/users/primary/0/role", json!(null), "users.primary[0].role"),
        (Phase::Prd, "/users/primary", json!("cooks"), "users.primary"),
        (Phase::Prd, "/goals", json!(["fast"]), "goals"),
        (Phase::Requirements, "/requirements/0/priority", json!("urgent"), "requirements[0].priority"),
        (
            Phase::Requirements,
            "/requirements/0/acceptance_criteria/1",
            json!(["a"]),
            "requirements[0].acceptance_criteria[1]",
        ),
        (Phase::Design, "/components/0", json!("Store"), "components[0]"),
        (Phase::Design, "/testing_strategy/unit_tests", json!("all"), "testing_strategy.unit_tests"),
        (Phase::Tasks, "/tasks/1/estimated_hours", json!("2h"), "tasks[1].estimated_hours"),
        (Phase::Tasks, "/tasks/0/dependencies", json!(["TSK-002"]), "tasks[0].dependencies"),
        (Phase::Tasks, "/tickets", json!({}), "tickets"),
    ];
    for (phase, pointer, wrong, path) in rows {
        let mut json = examples::json(phase);
        *json.pointer_mut(pointer).unwrap() = wrong;
        assert_eq!(refused(phase, &json.to_string()), one("schema", path));
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for text in ["[]", "7", "null", "\"a\"", "[{}]"] {
        for phase in WRITTEN {
            let problems = Output::read_unfinished(phase, text).unwrap_err();
            assert_eq!((problems.len(), problems[0].code.as_str()), (1, "schema"), "{phase} {text}");
        }
    }
}

#[test]
fn control_characters_are_refused_wherever_they_stand() {
    let text = r#"{"tickets":[],"tasks":[{"title":"a\u0000b"},{"description":"a\nb\tc"}],"x":{"y\u007f":["\u001b[31m"]}}"#;
    let paths = refused(Phase::Tasks, text);
    let expected = ["tasks[0].title", "x.y\u{7f}", "x.y\u{7f}[0]"];
    assert_eq!(paths, expected.map(|path| ("control_character".to_owned(), Some(path.to_owned()))));
}

#[test]
fn a_key_that_stands_twice_is_refused_with_its_path() {
    let text = r#"{"tickets":[],"tasks":[{"id":"TSK-001","id":"TSK-002"}],"tickets":[]}"#;
    assert_eq!(
        refused(Phase::Tasks, text),
        [one("duplicate_key", "tasks[0].id"), one("duplicate_key", "tickets")].concat()
    );
}

#[test]
fn lists_have_bounds() {
    for phase in WRITTEN {
        for (field, most) in limits(phase) {
            let mut json = examples::json(phase);
            let entry = json[field][0].clone();
            json[field] = vec![entry; *most].into();
            assert!(Output::read(phase, &json.to_string()).is_ok(), "{field}");
            let extra = json[field][0].clone();
            json[field].as_array_mut().unwrap().push(extra);
            assert_eq!(refused(phase, &json.to_string()), one("too_many", field));
        }
    }
}

#[test]
fn a_text_is_read_up_to_its_limit() {
    let padded = |bytes: usize| {
        let empty = r#"{"tickets":[],"tasks":[],"feature_name":""}"#;
        empty.replace(r#""""#, &format!("\"{}\"", "a".repeat(bytes - empty.len())))
    };
    assert!(Output::read(Phase::Tasks, &padded(Output::MAX_BYTES)).is_ok());
    assert_eq!(refused(Phase::Tasks, &padded(Output::MAX_BYTES + 1)), [("too_large".to_owned(), None)]);
}

#[test]
fn what_is_no_json_is_refused_with_line_and_column() {
    for (text, line, column) in [("", 1, 0), ("{\n\"a\": }", 2, 6), ("{} {}", 1, 4), ("```json\n{}", 1, 1)] {
        let problems = Output::read(Phase::Explore, text).unwrap_err();
        let place = &problems[0].place;
        assert_eq!((problems[0].code.as_str(), place.line, place.column), ("json", Some(line), Some(column)));
    }
    assert_eq!(refused(Phase::Explore, &"[".repeat(100_000))[0].0, "json");
    assert_eq!(refused(Phase::Tasks, r#"{"tickets":[],"tasks":[{"estimated_hours":1e999}]}"#)[0].0, "json");
}

#[test]
fn a_refusal_does_not_repeat_a_long_value() {
    let text = json!({ "tickets": "x".repeat(100_000), "tasks": [] }).to_string();
    let problems = Output::read(Phase::Tasks, &text).unwrap_err();
    assert!(problems[0].message.len() < 1000, "{}", problems[0].message.len());
}

#[test]
fn sync_is_computed_and_never_read() {
    assert_eq!(refused(Phase::Sync, "{}"), [("computed_phase".to_owned(), None)]);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\",:0-9a-z \\\\u]{0,60}") {
        for phase in WRITTEN {
            let _ = Output::read(phase, &text);
        }
    }
}
