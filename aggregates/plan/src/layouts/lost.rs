//! What a layout cannot carry: what is written is read back and compared.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{File, Layout, edges};
use crate::Plan;
use crate::phases::Requirement;

/// What an import of these files would not bring back of `plan`.
pub(super) fn lost(plan: &Plan, files: &[File], layout: Layout) -> Vec<String> {
    let read = match super::import(files, Some(layout)) {
        Ok(imported) => imported.plan,
        Err(problems) => {
            let first = problems.first().map_or("", |problem| &*problem.message);
            return vec![format!("everything: these files could not be read back: {first}")];
        }
    };
    if layout == Layout::Document {
        return differences(plan, &read, plan);
    }
    let mut lost = Vec::new();
    let arranged = edges::arranged(plan);
    let ids = |plan: &Plan| plan.tasks.tasks.iter().map(|task| task.id.clone()).collect::<Vec<_>>();
    if ids(&arranged) != ids(plan) {
        lost.push("the order of the tasks: they stand below their tickets".to_owned());
    }
    let renamed = renamed(&arranged, &read);
    if named(&renamed) != named(&arranged) {
        lost.push("the ids: requirements, tickets and tasks are numbered anew".to_owned());
    }
    lost.extend(differences(&without_origins(renamed), &without_origins(read), &arranged));
    lost
}

/// The ids of a plan.
fn named(plan: &Plan) -> Vec<&str> {
    let requirements = plan.requirements.requirements.iter().map(|it| &*it.id);
    let tickets = plan.tasks.tickets.iter().map(|it| &*it.id);
    requirements.chain(tickets).chain(plan.tasks.tasks.iter().map(|it| &*it.id)).collect()
}

/// What things were called elsewhere is not of the plan, and an imported design is told from a written one by its text.
fn without_origins(mut plan: Plan) -> Plan {
    plan.requirements.requirements.iter_mut().for_each(|it| it.origin = None);
    plan.tasks.tickets.iter_mut().for_each(|it| it.origin = None);
    plan.tasks.tasks.iter_mut().for_each(|it| it.origin = None);
    if let Some(design) = &mut plan.design {
        design.document = None;
    }
    plan
}

/// The plan with the ids that the items of `read` in the same places have.
fn renamed(plan: &Plan, read: &Plan) -> Plan {
    let old = named(plan);
    let new = named(read);
    let lengths = |plan: &Plan| {
        (plan.requirements.requirements.len(), plan.tasks.tickets.len(), plan.tasks.tasks.len())
    };
    if old == new || lengths(plan) != lengths(read) {
        return plan.clone();
    }
    let ids: BTreeMap<&str, &str> = old.iter().copied().zip(new.iter().copied()).collect();
    let name = |id: &mut String| {
        let whole = edges::whole(id);
        let found = match (ids.get(id.as_str()), ids.get(whole)) {
            (Some(id), _) => Some((*id).to_owned()),
            (None, Some(new)) => Some(format!("{new}{}", &id[whole.len()..])),
            (None, None) => None,
        };
        if let Some(found) = found {
            *id = found;
        }
    };
    let mut plan = plan.clone();
    for Requirement { id, dependencies, .. } in &mut plan.requirements.requirements {
        name(id);
        dependencies.iter_mut().for_each(name);
    }
    for ticket in &mut plan.tasks.tickets {
        name(&mut ticket.id);
        let lists = [&mut ticket.requirements, &mut ticket.tasks, &mut ticket.dependencies.blocked_by];
        lists.into_iter().flatten().for_each(name);
    }
    for task in &mut plan.tasks.tasks {
        name(&mut task.id);
        name(&mut task.parent_ticket);
        let lists = [&mut task.requirements_addressed, &mut task.dependencies.depends_on];
        lists.into_iter().flatten().for_each(name);
    }
    plan
}

/// The fields in which two plans differ, with the items that have something else there by the ids of `named`.
fn differences(plan: &Plan, read: &Plan, named: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    let mut field = |name: &str, same: bool| {
        if !same {
            found.push(name.to_owned());
        }
    };
    let (was, is) = (&plan.requirements, &read.requirements);
    field("the title of the plan", plan.title == read.title);
    field("the overview", plan.overview == read.overview);
    field("the name of the feature", was.feature_name == is.feature_name);
    field("the assumptions", was.assumptions == is.assumptions);
    field("what is out of scope", was.out_of_scope == is.out_of_scope);
    field("the open questions", was.open_questions == is.open_questions);
    field("the statements", was.statements == is.statements);
    field("the traceability", was.traceability == is.traceability);
    let (was, is) = (&plan.tasks, &read.tasks);
    field(
        "what a model thought of the hours in total",
        was.total_estimated_hours == is.total_estimated_hours,
    );
    field("what a model thought of the critical path", was.critical_path == is.critical_path);
    let (requirements, again) = (&plan.requirements.requirements, &read.requirements.requirements);
    let ids: Vec<_> = named.requirements.requirements.iter().map(|it| &*it.id).collect();
    found.extend(of_items("requirements", requirements, again, &ids));
    let ids: Vec<_> = named.tasks.tickets.iter().map(|it| &*it.id).collect();
    found.extend(of_items("tickets", &was.tickets, &is.tickets, &ids));
    let ids: Vec<_> = named.tasks.tasks.iter().map(|it| &*it.id).collect();
    found.extend(of_items("tasks", &was.tasks, &is.tasks, &ids));
    match (&plan.design, &read.design) {
        (Some(was), Some(is)) => {
            let keys = keys_that_differ(&object(was), &object(is));
            found.extend(keys.into_iter().map(|key| format!("`{key}` of the design")));
        }
        (was, is) if was.is_some() != is.is_some() => found.push("the design".to_owned()),
        _ => {}
    }
    found
}

fn of_items<T: Serialize>(what: &str, was: &[T], is: &[T], ids: &[&str]) -> Vec<String> {
    if was.len() != is.len() {
        return vec![format!("{what}: {} would be read as {}", was.len(), is.len())];
    }
    let mut fields: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for ((was, is), id) in was.iter().zip(is).zip(ids) {
        for key in keys_that_differ(&object(was), &object(is)) {
            fields.entry(key).or_default().push(id);
        }
    }
    fields.into_iter().map(|(key, ids)| format!("`{key}` of {}", some_of(what, &ids))).collect()
}

fn some_of(what: &str, ids: &[&str]) -> String {
    const SHOWN: usize = 3;
    let shown = ids[..ids.len().min(SHOWN)].join(", ");
    match ids.len() {
        1 => shown,
        n if n <= SHOWN => format!("{n} {what} ({shown})"),
        n => format!("{n} {what} ({shown}, …)"),
    }
}

fn object<T: Serialize>(item: &T) -> BTreeMap<String, Value> {
    match serde_json::to_value(item) {
        Ok(Value::Object(map)) => map.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

fn keys_that_differ(was: &BTreeMap<String, Value>, is: &BTreeMap<String, Value>) -> Vec<String> {
    let keys: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let same = |key: &str| match (was.get(key), is.get(key)) {
        // Which of several comes first is no part of an edge.
        (Some(was), Some(is)) if key == "dependencies" => sorted(was) == sorted(is),
        (was, is) => was == is,
    };
    keys.into_iter().filter(|key| !same(key)).cloned().collect()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(Value::to_string).collect();
            items.sort();
            items.into()
        }
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect(),
        other => other.clone(),
    }
}
