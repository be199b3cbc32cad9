//! Folders that are no plan: every problem at once, where it is, under the code that stands for it.

use plan::Problem;
use plan::layouts::{Layout, import};
use serde_json::Value;

use crate::folders;

fn found(problem: &Problem, folder: &str) -> String {
    let place = &problem.place;
    let file = place.file.as_deref().unwrap_or_default();
    let file = file.strip_prefix(folder).map_or(file, |file| file.trim_start_matches('/'));
    let number = |number: Option<u32>| number.map_or(String::new(), |number| format!(":{number}"));
    format!("{} {file}{}{}  {}", problem.code, number(place.line), number(place.column), problem.message)
}

/// Whether a problem is the one that is described; a column is looked at where one is said.
fn is(problem: &Problem, expected: &Value) -> bool {
    let place = &problem.place;
    let text = |key: &str| expected.get(key).and_then(Value::as_str);
    let number = |key: &str| expected.get(key).and_then(Value::as_u64);
    let file = place.file.as_deref().unwrap_or_default();
    problem.code == text("code").unwrap()
        && text("file").map_or(file.is_empty(), |name| file.ends_with(name))
        && place.line.map(u64::from) == number("line")
        && number("column").is_none_or(|column| place.column.map(u64::from) == Some(column))
        && text("says").is_none_or(|says| problem.message.contains(says))
}

#[test]
fn broken_folders_say_what_is_wrong_and_where() {
    let mut faults = Vec::new();
    let folders = folders::all("broken");
    assert!(folders.len() >= 25, "{}", folders.len());
    for folder in folders {
        let layout = folder.expected.get("layout").and_then(Value::as_str).map(|name| name.parse().unwrap());
        let problems = match import(&folder.files, layout) {
            Ok(_) => Vec::new(),
            Err(problems) => problems,
        };
        let expected = folder.expected["problems"].as_array().unwrap();
        let all_expected = expected.iter().all(|it| problems.iter().any(|problem| is(problem, it)));
        if !all_expected || expected.len() != problems.len() {
            let found: Vec<_> = problems.iter().map(|it| found(it, &folder.name)).collect();
            faults.push(format!("{}:\n  {}", folder.name, found.join("\n  ")));
        }
    }
    assert!(faults.is_empty(), "these have other problems than expected\n{}", faults.join("\n"));
}

#[test]
fn a_layout_that_is_not_that_of_the_files_is_a_problem() {
    let kiro = folders::all("kiro").remove(0);
    for (layout, code, file) in
        [(Layout::SpecKit, "missing_file", Some("spec.md")), (Layout::Document, "not_a_plan", None)]
    {
        let problems = import(&kiro.files, Some(layout)).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert_eq!((&*problems[0].code, problems[0].place.file.as_deref()), (code, file));
    }
}
