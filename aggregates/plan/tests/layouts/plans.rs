//! Plans of all kinds, for the tests that try them out.

use plan::Plan;
use plan::phases::{
    Component, Criterion, DataModel, Design, Interface, PlannedTask, PlannedTicket, Requirement,
    Requirements, Statement, TaskDependencies, Tasks, TestingStrategy, TicketDependencies, Traceability,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use vocabulary::Priority;

/// Text that looks like markup.
pub(crate) fn hostile() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,6} ?".boxed(),
        2 => prop::sample::select(vec![
            "- [ ] ", "### ", "# ", "_Run: x_", "```", "~~~", "|", "\\", "\n", "\r\n", "\n\n", "1. ", "> ", "<!-- ", " -->",
            "---\n", "- Hours: 3", ": ", ", ", "`", "none", "&empty;", "&#10;", "**Given** ", "Scenario:", "## Tickets",
            "\u{feff}", "\u{85}", "\u{2028}", "\u{3000}", "[P] ", "(depends on T001)", "REQ-A-FUNC-001", "  ", "\t", "#",
        ])
        .prop_map(str::to_owned)
        .boxed(),
        1 => any::<char>().prop_map(String::from).boxed(),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()).boxed()
}

/// Words that nobody would take for markup.
pub(crate) fn friendly() -> BoxedStrategy<String> {
    "[A-Z][a-zäß]{1,8}( [a-z0-9]{1,8}){0,4}".prop_map(|text| text.trim().to_owned()).boxed()
}

fn list(text: &BoxedStrategy<String>, most: usize) -> BoxedStrategy<Vec<String>> {
    prop::collection::vec(text.clone(), 0..=most).boxed()
}

fn priority() -> BoxedStrategy<Option<Priority>> {
    prop::option::of(prop::sample::select(Priority::ALL.to_vec())).boxed()
}

fn hours() -> BoxedStrategy<Option<f64>> {
    prop_oneof![
        Just(None),
        (0_u32..400).prop_map(|quarters| Some(f64::from(quarters) / 4.0)),
        any::<f64>().prop_filter("a number", |hours| hours.is_finite()).prop_map(Some),
    ]
    .boxed()
}

fn criteria(text: &BoxedStrategy<String>) -> BoxedStrategy<Vec<Criterion>> {
    let one = (text.clone(), any::<bool>()).prop_map(|(text, scenario)| {
        if scenario { Criterion::scenario(text) } else { Criterion::statement(text) }
    });
    prop::collection::vec(one, 0..3).boxed()
}

fn requirement(text: &BoxedStrategy<String>) -> BoxedStrategy<Requirement> {
    let texts = prop::array::uniform6(text.clone());
    (texts, priority(), criteria(text), list(text, 2), prop::option::of(text.clone()))
        .prop_map(
            |(
                [id, title, kind, category, text, notes],
                priority,
                acceptance_criteria,
                dependencies,
                origin,
            )| {
                Requirement {
                    id,
                    title,
                    kind,
                    category,
                    priority,
                    text,
                    acceptance_criteria,
                    dependencies,
                    notes,
                    origin,
                }
            },
        )
        .boxed()
}

fn ticket(text: &BoxedStrategy<String>) -> BoxedStrategy<PlannedTicket> {
    let lists = prop::array::uniform4(list(text, 2));
    (prop::array::uniform4(text.clone()), priority(), lists, criteria(text), prop::option::of(text.clone()))
        .prop_map(
            |(
                [id, title, description, estimate],
                priority,
                [requirements, tasks, blocked_by, blocks],
                criteria,
                origin,
            )| {
                let dependencies = TicketDependencies { blocked_by, blocks };
                let acceptance_criteria = criteria;
                PlannedTicket {
                    id,
                    title,
                    description,
                    priority,
                    estimate,
                    requirements,
                    tasks,
                    acceptance_criteria,
                    dependencies,
                    origin,
                }
            },
        )
        .boxed()
}

fn task(text: &BoxedStrategy<String>) -> BoxedStrategy<PlannedTask> {
    let texts = prop::array::uniform6(text.clone());
    let lists = prop::array::uniform7(list(text, 2));
    let options = prop::array::uniform2(prop::option::of(text.clone()));
    (texts, lists, priority(), hours(), criteria(text), options, any::<(bool, bool)>())
        .prop_map(
            |(
                texts,
                lists,
                priority,
                estimated_hours,
                acceptance_criteria,
                [run, origin],
                (done, optional),
            )| {
                let [id, title, description, parent_ticket, kind, estimate] = texts;
                let [
                    files_to_create,
                    files_to_modify,
                    depends_on,
                    blocks,
                    requirements_addressed,
                    components,
                    validate,
                ] = lists;
                PlannedTask {
                    id,
                    title,
                    description,
                    parent_ticket,
                    kind,
                    priority,
                    estimate,
                    estimated_hours,
                    files_to_create,
                    files_to_modify,
                    acceptance_criteria,
                    dependencies: TaskDependencies { depends_on, blocks },
                    requirements_addressed,
                    components,
                    run,
                    validate,
                    done,
                    optional,
                    origin,
                }
            },
        )
        .boxed()
}

fn value(text: &BoxedStrategy<String>) -> BoxedStrategy<Value> {
    let text = text.clone();
    prop_oneof![
        Just(Value::Null),
        text.clone().prop_map(Value::String),
        any::<i64>().prop_map(Value::from),
        prop::collection::vec(text.clone(), 0..3).prop_map(|items| json!(items)),
        (text.clone(), text).prop_map(|(key, value)| json!({ key: value })),
    ]
    .boxed()
}

fn component(text: &BoxedStrategy<String>) -> BoxedStrategy<Component> {
    let interface = (text.clone(), value(text), value(text))
        .prop_map(|(method, inputs, outputs)| Interface { method, inputs, outputs });
    (prop::array::uniform5(text.clone()), prop::collection::vec(interface, 0..3), list(text, 2))
        .prop_map(|([name, kind, file_path, description, responsibility], interfaces, dependencies)| {
            Component { name, kind, file_path, description, responsibility, interfaces, dependencies }
        })
        .boxed()
}

fn design(text: &BoxedStrategy<String>) -> BoxedStrategy<Design> {
    let texts = prop::array::uniform5(text.clone());
    let values = prop::array::uniform2(prop::collection::vec(value(text), 0..2));
    (texts, prop::collection::vec(component(text), 0..3), values, prop::option::of(text.clone()))
        .prop_map(
            |(
                [feature_name, overview, diagram, name, words],
                components,
                [points, considerations],
                document,
            )| {
                Design {
                    feature_name,
                    architecture_overview: overview,
                    architecture_diagram: diagram,
                    components,
                    data_models: vec![DataModel { name: name.clone(), ..DataModel::default() }],
                    integration_points: points,
                    error_handling: [(name, Value::String(words.clone()))].into(),
                    testing_strategy: TestingStrategy::Words(words),
                    security_considerations: considerations,
                    document,
                    ..Design::default()
                }
            },
        )
        .boxed()
}

fn requirements(text: &BoxedStrategy<String>) -> BoxedStrategy<Requirements> {
    let statement = (text.clone(), text.clone()).prop_map(|(id, text)| Statement { id, text });
    let traceability = (list(text, 2), list(text, 2))
        .prop_map(|(prd_sections, design_components)| Traceability { prd_sections, design_components });
    (
        text.clone(),
        prop::collection::vec(requirement(text), 0..4),
        prop::array::uniform3(list(text, 2)),
        prop::option::of(traceability),
        prop::collection::vec(statement, 0..3),
    )
        .prop_map(
            |(
                feature_name,
                requirements,
                [assumptions, out_of_scope, open_questions],
                traceability,
                statements,
            )| {
                Requirements {
                    feature_name,
                    requirements,
                    assumptions,
                    out_of_scope,
                    open_questions,
                    traceability,
                    statements,
                }
            },
        )
        .boxed()
}

/// Any plan at all; its ids name nothing.
pub(crate) fn any_plan(text: &BoxedStrategy<String>) -> BoxedStrategy<Plan> {
    let tasks = (
        text.clone(),
        prop::collection::vec(ticket(text), 0..4),
        prop::collection::vec(task(text), 0..4),
        hours(),
        list(text, 2),
    )
        .prop_map(|(feature_name, tickets, tasks, total_estimated_hours, critical_path)| Tasks {
            feature_name,
            tickets,
            tasks,
            total_estimated_hours,
            critical_path,
        });
    (text.clone(), text.clone(), requirements(text), prop::option::of(design(text)), tasks)
        .prop_map(|(title, overview, requirements, design, tasks)| Plan {
            title,
            overview,
            requirements,
            design,
            tasks,
        })
        .boxed()
}

/// The same, put together: tasks belong to tickets, and what is named is there.
pub(crate) fn whole_plan(text: &BoxedStrategy<String>) -> BoxedStrategy<Plan> {
    (any_plan(text), prop::collection::vec(any::<(u8, u8, u8)>(), 4))
        .prop_map(|(plan, dice)| joined(plan, &dice))
        .boxed()
}

fn joined(mut plan: Plan, dice: &[(u8, u8, u8)]) -> Plan {
    for feature in [&mut plan.requirements.feature_name, &mut plan.tasks.feature_name] {
        "feature".clone_into(feature);
    }
    let requirements = &mut plan.requirements.requirements;
    for (at, it) in requirements.iter_mut().enumerate() {
        it.id = format!("REQ-FEATURE-FUNC-{:03}", at + 1);
        it.dependencies.clear();
    }
    let tickets = &mut plan.tasks.tickets;
    if tickets.is_empty() {
        plan.tasks.tasks.clear();
    }
    for (at, it) in tickets.iter_mut().enumerate() {
        it.id = format!("TKT-{:03}", at + 1);
        it.tasks.clear();
        it.requirements.clear();
        it.dependencies = TicketDependencies::default();
        if at > 0 && dice[at].2.is_multiple_of(2) {
            it.dependencies.blocked_by = vec![format!("TKT-{:03}", usize::from(dice[at].1) % at + 1)];
        }
    }
    let mut order: Vec<usize> =
        dice.iter().map(|(ticket, ..)| usize::from(*ticket) % tickets.len().max(1)).collect();
    order.sort_unstable();
    for (at, task) in plan.tasks.tasks.iter_mut().enumerate() {
        task.id = format!("TSK-{:03}", at + 1);
        let ticket = &mut tickets[order[at]];
        task.parent_ticket.clone_from(&ticket.id);
        ticket.tasks.push(task.id.clone());
        task.dependencies = TaskDependencies::default();
        if at > 0 && !dice[at].1.is_multiple_of(3) {
            task.dependencies.depends_on = vec![format!("TSK-{:03}", usize::from(dice[at].0) % at + 1)];
        }
        task.requirements_addressed.clear();
        if !requirements.is_empty() {
            let met = &requirements[usize::from(dice[at].2) % requirements.len()];
            task.requirements_addressed = vec![met.id.clone()];
            if !ticket.requirements.contains(&met.id) {
                ticket.requirements.push(met.id.clone());
            }
        }
    }
    plan
}

/// Without what Kiro has no place for.
pub(crate) fn for_kiro(mut plan: Plan) -> Plan {
    plan.design = None;
    plan.requirements.traceability = None;
    plan.tasks.total_estimated_hours = None;
    plan.tasks.critical_path.clear();
    for it in &mut plan.requirements.requirements {
        "functional".clone_into(&mut it.kind);
        "FUNC".clone_into(&mut it.category);
        it.acceptance_criteria.iter_mut().for_each(|it| it.kind = plan::phases::CriterionKind::Statement);
    }
    for it in &mut plan.tasks.tickets {
        it.estimate.clear();
        it.acceptance_criteria.clear();
    }
    // A ticket of Kiro that has no task is one.
    plan.tasks.tickets.retain(|it| !it.tasks.is_empty());
    let kept: Vec<_> = plan.tasks.tickets.iter().map(|it| it.id.clone()).collect();
    for (at, it) in plan.tasks.tickets.iter_mut().enumerate() {
        it.id = format!("TKT-{:03}", at + 1);
        it.dependencies.blocked_by.retain(|id| kept.contains(id));
        for id in it.dependencies.blocked_by.iter_mut() {
            *id = format!("TKT-{:03}", kept.iter().position(|known| known == id).unwrap() + 1);
        }
    }
    for it in &mut plan.tasks.tasks {
        it.parent_ticket =
            format!("TKT-{:03}", kept.iter().position(|id| *id == it.parent_ticket).unwrap() + 1);
        it.kind.clear();
        it.estimate.clear();
        it.acceptance_criteria.clear();
    }
    plan
}

/// Without what spec-kit has no place for.
pub(crate) fn for_spec_kit(plan: Plan) -> Plan {
    let mut plan = for_kiro(plan);
    for it in &mut plan.requirements.requirements {
        "story".clone_into(&mut it.kind);
    }
    plan.requirements.statements.iter_mut().for_each(|it| it.id = format!("FR-{}", it.id));
    plan
}
