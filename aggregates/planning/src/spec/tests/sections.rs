//! What is written, part by part, and never twice.

use super::*;

fn items(field: &str, ids: &[&str], last: bool) -> Section {
    let items = ids.iter().map(|id| json!({ "id": id })).collect();
    Section { field: field.to_owned(), part: Part::Items { items, last } }
}

fn write_sections(sections: Vec<Section>) -> Command {
    Command::WriteSections { phase: Phase::Explore, attempt: 1, sections }
}

#[test]
fn a_crash_loses_no_section_and_the_next_call_adds_what_is_missing() {
    let story = Story::of(GateMode::Auto).when(start(Phase::Explore, 1));
    let story = story.when(write_sections(vec![items("key_files", &["a", "b"], false)]));
    // The call is made again, and writes all of it from the beginning.
    let again = story.when(write_sections(vec![items("key_files", &["a", "b", "c"], true)]));
    let written = again.details().progress(Phase::Explore).unwrap().content.fields();
    assert_eq!(written["key_files"], json!([{ "id": "a" }, { "id": "b" }, { "id": "c" }]));
    assert_eq!(again.outcome(write_sections(vec![items("key_files", &["d"], true)])), "-", "it is complete");
    assert_eq!(again.outcome(start(Phase::Explore, 1)), "-", "the attempt has begun");
}

#[test]
fn an_output_is_the_sum_of_its_sections() {
    let fields = json!({
        "text": "é".repeat(60_000),
        "list": (0..300).map(|n| json!({ "id": n.to_string(), "long": "x".repeat(1_000) })).collect::<Vec<_>>(),
        "small": { "a": [1, 2, { "b": null }] },
    });
    let fields = fields.as_object().unwrap();
    let sections = Section::all_of(fields).unwrap();
    assert!(sections.len() > 6 && sections.iter().all(Section::fits), "{}", sections.len());
    let mut content = Content::default();
    sections.iter().for_each(|section| content.add(section));
    assert_eq!(content.fields(), fields);
    assert_eq!(content.complete().len(), 3);
}

#[test]
fn what_is_too_large_for_the_log_is_refused_by_name() {
    let large = Map::from_iter([("one".to_owned(), json!({ "a": "x".repeat(200_000) }))]);
    assert_eq!(Section::all_of(&large).unwrap_err().field, "one");
    let item = json!([{ "a": "x".repeat(200_000) }]);
    assert!(Section::all_of(&Map::from_iter([("list".to_owned(), item)])).is_err());
    let story = Story::of(GateMode::Auto).when(start(Phase::Explore, 1));
    let section =
        Section { field: "notes".to_owned(), part: Part::Whole { value: json!("x".repeat(200_000)) } };
    assert_eq!(story.outcome(write_sections(vec![section])), "!too_large");
}

/// Two endpoints have one path, two models one name: both are written.
#[test]
fn entries_one_by_one_make_the_same_as_all_at_once() {
    for phase in WRITTEN {
        let mut sections = Vec::new();
        for (field, value) in fields(phase) {
            match value {
                Value::Array(items) => {
                    let one = |item| Part::Items { items: vec![item], last: false };
                    let parts = items.into_iter().map(one);
                    sections.extend(parts.map(|part| Section { field: field.clone(), part }));
                    let part = Part::Items { items: Vec::new(), last: true };
                    sections.push(Section { field, part });
                }
                value => sections.push(Section { field, part: Part::Whole { value } }),
            }
        }
        let mut content = Content::default();
        for section in sections {
            let section = content.news(section).expect("it is new");
            content.add(&section);
        }
        assert_eq!(content.fields(), &fields(phase), "{phase}");
    }
}
