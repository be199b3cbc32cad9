//! What a test expects of an import: everything that matters of a plan, by id, without what is empty.

use plan::Plan;
use plan::layouts::Imported;
use plan::phases::CriterionKind;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub(crate) fn of(imported: &Imported) -> Value {
    let Plan { title, overview, requirements, design, tasks } = &imported.plan;
    let requirement = |it: &plan::phases::Requirement| {
        let scenarios = it.acceptance_criteria.iter().filter(|it| it.kind == CriterionKind::Scenario).count();
        let value = slim(json!({
            "title": it.title, "type": it.kind, "priority": it.priority, "origin": it.origin, "text": it.text,
            "criteria": it.acceptance_criteria.iter().map(|it| &it.text).collect::<Vec<_>>(),
            "scenarios": scenarios, "notes": it.notes, "depends_on": it.dependencies,
        }));
        (it.id.clone(), value)
    };
    let ticket = |it: &plan::phases::PlannedTicket| {
        let value = slim(json!({
            "title": it.title, "origin": it.origin, "description": it.description, "priority": it.priority,
            "requirements": it.requirements, "tasks": it.tasks, "after": it.dependencies.blocked_by,
        }));
        (it.id.clone(), value)
    };
    let task = |it: &plan::phases::PlannedTask| {
        let value = slim(json!({
            "title": it.title, "origin": it.origin, "ticket": it.parent_ticket, "description": it.description,
            "priority": it.priority, "hours": it.estimated_hours, "meets": it.requirements_addressed,
            "components": it.components, "creates": it.files_to_create, "changes": it.files_to_modify,
            "after": it.dependencies.depends_on, "run": it.run, "validate": it.validate, "done": it.done,
            "optional": it.optional,
        }));
        (it.id.clone(), value)
    };
    let components = design.iter().flat_map(|design| &design.components);
    let component =
        |it: &plan::phases::Component| (it.name.clone(), json!([it.file_path, it.responsibility]));
    let statements =
        requirements.statements.iter().map(|it| format!("{}: {}", it.id, it.text)).collect::<Vec<_>>();
    let issue = |it: &plan::Problem| {
        let place = &it.place;
        let file = place.file.as_deref().map(|file| file.rsplit('/').next().unwrap_or(file).to_owned());
        slim(json!({ "code": it.code, "file": file, "line": place.line, "item": place.item }))
    };
    let line = |(id, line): (&String, &plan::layouts::Line)| {
        (id.clone(), json!(format!("{}:{}", line.file.rsplit('/').next().unwrap_or_default(), line.line)))
    };
    slim(json!({
        "layout": imported.layout, "title": title, "feature": requirements.feature_name, "overview": overview,
        "requirements": requirements.requirements.iter().map(requirement).collect::<Map<_, _>>(),
        "statements": statements, "assumptions": requirements.assumptions, "out_of_scope": requirements.out_of_scope,
        "open_questions": requirements.open_questions,
        "components": components.map(component).collect::<Map<_, _>>(),
        "tickets": tasks.tickets.iter().map(ticket).collect::<Map<_, _>>(),
        "tasks": tasks.tasks.iter().map(task).collect::<Map<_, _>>(),
        "issues": imported.issues.iter().map(issue).collect::<Vec<_>>(),
        "lines": imported.lines.iter().map(line).collect::<Map<_, _>>(),
    }))
}

/// Without what is empty, false or null.
fn slim(value: impl Serialize) -> Value {
    let Value::Object(map) = serde_json::to_value(value).unwrap() else { panic!("no object") };
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Number(number) => number.as_u64() == Some(0),
        Value::Bool(true) => false,
    };
    map.into_iter().filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>().into()
}
