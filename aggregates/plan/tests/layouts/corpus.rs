//! Folders as their tools write them: what is read, and that what is written of it is the same.

use plan::layouts::{Imported, Layout, detect, export, import, locate};
use plan::{Plan, Problem};
use serde_json::{Map, Value};

use crate::{folders, summary};

fn read_all(kind: &str) -> Vec<(folders::Folder, Imported)> {
    let folders = folders::all(kind).into_iter();
    folders
        .map(|folder| {
            let imported =
                import(&folder.files, None).unwrap_or_else(|it| panic!("{}: {it:#?}", folder.name));
            (folder, imported)
        })
        .collect()
}

fn without_documents(mut plan: Plan) -> Plan {
    if let Some(design) = &mut plan.design {
        design.document = None;
    }
    plan
}

#[test]
fn folders_are_read_as_expected() {
    let mut faults = Vec::new();
    for layout in Layout::ALL {
        for (folder, imported) in read_all(layout.as_str()) {
            assert_eq!(imported.layout, layout, "{}", folder.name);
            assert_eq!(detect(&folder.files), Ok(layout), "{}", folder.name);
            let found = summary::of(&imported);
            let mut expected = folder.expected.clone();
            if let Some(expected) = expected.as_object_mut() {
                expected.remove("lost");
            }
            if found != expected {
                let found = serde_json::to_string_pretty(&found).unwrap();
                faults.push(format!("{layout}/{} is read as\n{found}", folder.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_written_is_read_as_the_same_plan() {
    for layout in Layout::ALL {
        for (folder, imported) in read_all(layout.as_str()) {
            let written = export(&imported.plan, layout);
            assert_eq!(written.lost, [""; 0], "{}", folder.name);
            let again = import(&written.files, None).unwrap_or_else(|it| panic!("{}: {it:#?}", folder.name));
            let of = |plan: &Plan| {
                let mut plan = plan.clone();
                // `1` and `1.1` are one task; which of them it was called is not of the plan.
                plan.tasks.tasks.iter_mut().for_each(|task| task.origin = None);
                plan.tasks.tickets.iter_mut().for_each(|ticket| ticket.origin = None);
                plan
            };
            assert_eq!(of(&again.plan), of(&imported.plan), "{}", folder.name);
        }
    }
}

#[test]
fn a_document_carries_every_other_layout() {
    for layout in Layout::ALL {
        for (folder, imported) in read_all(layout.as_str()) {
            let written = export(&imported.plan, Layout::Document);
            assert_eq!(written.lost, [""; 0], "{}", folder.name);
            let again = import(&written.files, None).unwrap_or_else(|it| panic!("{}: {it:#?}", folder.name));
            assert_eq!(again.plan, imported.plan, "{}", folder.name);
        }
    }
}

#[test]
fn what_another_layout_cannot_carry_is_listed() {
    let mut faults = Vec::new();
    for from in Layout::ALL {
        for (folder, imported) in read_all(from.as_str()) {
            let mut found = Map::new();
            for to in Layout::ALL {
                let lost = export(&imported.plan, to).lost;
                if !lost.is_empty() {
                    found.insert(to.to_string(), lost.into());
                }
            }
            if folder.expected["lost"] != Value::Object(found.clone()) {
                let found = serde_json::to_string_pretty(&found).unwrap();
                faults.push(format!("{from}/{} loses\n{found}", folder.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_second_export_loses_nothing_more() {
    for from in Layout::ALL {
        for (folder, imported) in read_all(from.as_str()) {
            for to in [Layout::Kiro, Layout::SpecKit] {
                let first = export(&imported.plan, to);
                let Ok(once) = import(&first.files, Some(to)) else {
                    assert!(first.lost[0].starts_with("everything"), "{}", folder.name);
                    continue;
                };
                let second = export(&once.plan, to);
                assert_eq!(second.lost, [""; 0], "{} to {to}", folder.name);
                let twice = import(&second.files, None).unwrap();
                assert_eq!(without_documents(twice.plan), without_documents(once.plan), "{}", folder.name);
            }
        }
    }
}

#[test]
fn every_item_has_its_line() {
    for layout in Layout::ALL {
        for (folder, imported) in read_all(layout.as_str()) {
            let plan = &imported.plan;
            let requirements = plan.requirements.requirements.iter();
            let criteria = requirements
                .clone()
                .flat_map(|it| (1..=it.acceptance_criteria.len()).map(move |at| format!("{}.{at}", it.id)));
            let tickets = plan.tasks.tickets.iter().map(|it| it.id.clone());
            let tasks = plan.tasks.tasks.iter().map(|it| it.id.clone());
            for id in requirements.clone().map(|it| it.id.clone()).chain(criteria).chain(tickets).chain(tasks)
            {
                let found = imported.lines.get(&id).unwrap_or_else(|| panic!("{}: {id}", folder.name));
                let file = folder.files.iter().find(|file| file.path == found.file).unwrap();
                let line = file.text.lines().nth(found.line as usize - 1).unwrap();
                assert!(!line.trim().is_empty(), "{}: {id} is on {found:?}", folder.name);
            }
        }
    }
}

#[test]
fn a_problem_of_an_item_is_brought_to_its_line() {
    let (folder, imported) = read_all("kiro").remove(0);
    assert_eq!(folder.name, "api-limits");
    let located = |item: &str| {
        let place = locate(Problem::new("cycle", "x").about(item), &imported.lines).place;
        (place.file.unwrap_or_default(), place.line)
    };
    assert_eq!(located("TSK-002"), ("api-limits/tasks.md".to_owned(), Some(13)));
    assert_eq!(located("REQ-API-LIMITS-FUNC-001.2"), ("api-limits/requirements.md".to_owned(), Some(30)));
    assert_eq!(located("REQ-API-LIMITS-FUNC-001.9"), ("api-limits/requirements.md".to_owned(), Some(21)));
    assert_eq!(located("Bucket"), ("api-limits/design.md".to_owned(), Some(9)));
    assert_eq!(located("TSK-999"), (String::new(), None));
    let known = Problem::new("cycle", "x").about("TSK-002").at("other.md", 1);
    assert_eq!(locate(known.clone(), &imported.lines), known);
}
