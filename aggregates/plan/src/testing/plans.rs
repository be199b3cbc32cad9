//! Any valid plan: small, but with every kind of link, in any written order.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::string_regex;
use vocabulary::Priority;

use crate::Plan;
use crate::ids::CATEGORIES;
use crate::phases::{
    Component, Criterion, Design, PlannedTask, PlannedTicket, Requirement, Requirements, TaskDependencies,
    Tasks, TicketDependencies,
};

/// A pair of entries, and on which side the link is written.
type Link = (Index, Index, bool);

#[derive(Clone, Debug)]
struct Dice {
    feature: &'static str,
    number: u32,
    categories: Vec<&'static str>,
    criteria: Vec<Vec<Criterion>>,
    components: usize,
    tasks_of_tickets: Vec<usize>,
    hours: Vec<u32>,
    titles: Vec<String>,
    texts: Vec<String>,
    requirement_links: Vec<Link>,
    task_links: Vec<Link>,
    ticket_links: Vec<Link>,
    covers: Vec<(Index, Option<Index>)>,
    builds: Vec<Index>,
    order: Vec<u16>,
}

/// Any plan that no invariant vetoes, whoever wrote it.
pub fn valid_plan() -> impl Strategy<Value = Plan> {
    let shape = (
        select(vec!["A", "AUTH", "SAVED-FILTERS", "2FA"]),
        prop_oneof![Just(1_u32), 2..2000_u32],
        vec(select(CATEGORIES.to_vec()), 1..6),
        vec(vec(criterion(), 0..4), 6),
        0..4_usize,
        vec(1..4_usize, 1..4),
    );
    let words = (vec(prop_oneof![1..=16_u32, Just(40_000)], 12), vec(title(), 12), vec(text(), 12));
    let link = || (any::<Index>(), any::<Index>(), any::<bool>());
    let links = (vec(link(), 0..4), vec(link(), 0..12), vec(link(), 0..3));
    let traces =
        (vec((any::<Index>(), any::<Option<Index>>()), 9), vec(any::<Index>(), 4), vec(any::<u16>(), 24));
    (shape, words, links, traces).prop_map(|(shape, words, links, traces)| {
        let (feature, number, categories, criteria, components, tasks_of_tickets) = shape;
        let (hours, titles, texts) = words;
        let (requirement_links, task_links, ticket_links) = links;
        let (covers, builds, order) = traces;
        build(&Dice {
            feature,
            number,
            categories,
            criteria,
            components,
            tasks_of_tickets,
            hours,
            titles,
            texts,
            requirement_links,
            task_links,
            ticket_links,
            covers,
            builds,
            order,
        })
    })
}

// Patterns are compiled once: a `&str` as a strategy would be for each text.
fn title() -> impl Strategy<Value = String> {
    string_regex("[A-Za-zäöü0-9<&][A-Za-zäöü0-9 ,.'\"`*#-]{0,30}[A-Za-z0-9)]").expect("a pattern")
}

fn text() -> impl Strategy<Value = String> {
    let lines = string_regex("[A-Za-zäöü][A-Za-zäöü \n\t.|-]{0,60}[a-z.]").expect("a pattern");
    prop_oneof![Just(String::new()), lines]
}

fn criterion() -> impl Strategy<Value = Criterion> {
    (title(), any::<bool>()).prop_map(|(text, scenario)| {
        if scenario { Criterion::scenario(text) } else { Criterion::statement(text) }
    })
}

fn build(dice: &Dice) -> Plan {
    let mut requirements = requirements(dice);
    let components: Vec<Component> = (0..dice.components).map(|at| component(dice, at)).collect();
    let (mut tickets, mut tasks) = tickets_and_tasks(dice);

    for (earlier, later, _) in pairs(&dice.requirement_links, requirements.len()) {
        let id = requirements[earlier].id.clone();
        requirements[later].dependencies.push(id);
    }
    // A task of a ticket is written after all tasks of the tickets before it, so links that point forward never
    // contradict each other.
    for (earlier, later, by_the_later) in pairs(&dice.task_links, tasks.len()) {
        let (before, after) = (tasks[earlier].id.clone(), tasks[later].id.clone());
        if by_the_later {
            tasks[later].dependencies.depends_on.push(before);
        } else {
            tasks[earlier].dependencies.blocks.push(after);
        }
    }
    for (earlier, later, by_the_later) in pairs(&dice.ticket_links, tickets.len()) {
        let (before, after) = (tickets[earlier].id.clone(), tickets[later].id.clone());
        if by_the_later {
            tickets[later].dependencies.blocked_by.push(before);
        } else {
            tickets[earlier].dependencies.blocks.push(after);
        }
    }
    for (at, (task, criterion)) in dice.covers.iter().enumerate() {
        let requirement = &requirements[at % requirements.len()];
        let id = &requirement.id;
        let task = task.index(tasks.len());
        let link = match (criterion, requirement.acceptance_criteria.len()) {
            (Some(criterion), count) if count > 0 => format!("{id}.{}", criterion.index(count) + 1),
            _ => id.clone(),
        };
        if let Some(ticket) = tickets.iter_mut().find(|ticket| ticket.id == tasks[task].parent_ticket) {
            ticket.requirements.push(id.clone());
        }
        tasks[task].requirements_addressed.push(link);
    }
    for (at, component) in components.iter().enumerate() {
        let task = dice.builds[at].index(tasks.len());
        tasks[task].components.push(component.name.clone());
    }
    Plan {
        title: dice.titles[0].clone(),
        overview: dice.texts[0].clone(),
        requirements: Requirements {
            feature_name: dice.feature.to_lowercase(),
            requirements: shuffled(requirements, &dice.order),
            ..Requirements::default()
        },
        design: Some(Design {
            feature_name: dice.feature.to_lowercase(),
            components: shuffled(components, &dice.order),
            ..Design::default()
        }),
        tasks: Tasks {
            feature_name: dice.feature.to_lowercase(),
            tickets: shuffled(tickets, &dice.order),
            tasks: shuffled(tasks, &dice.order),
            ..Tasks::default()
        },
    }
}

fn requirements(dice: &Dice) -> Vec<Requirement> {
    let requirement = |(at, category): (usize, &&str)| Requirement {
        id: format!("REQ-{}-{category}-{:03}", dice.feature, number(dice, at)),
        title: dice.titles[at].clone(),
        kind: "functional".to_owned(),
        category: (*category).to_owned(),
        priority: Some(Priority::High),
        text: format!("The system SHALL do {}.", number(dice, at)),
        acceptance_criteria: dice.criteria[at].clone(),
        dependencies: Vec::new(),
        notes: String::new(),
        origin: None,
    };
    dice.categories.iter().enumerate().map(requirement).collect()
}

fn component(dice: &Dice, at: usize) -> Component {
    Component {
        name: format!("Part{}", number(dice, at)),
        responsibility: dice.titles[at].clone(),
        file_path: format!("src/part_{at}.rs"),
        ..Component::default()
    }
}

fn tickets_and_tasks(dice: &Dice) -> (Vec<PlannedTicket>, Vec<PlannedTask>) {
    let mut tickets = Vec::new();
    let mut tasks = Vec::new();
    for (at, count) in dice.tasks_of_tickets.iter().enumerate() {
        let id = format!("TKT-{:03}", number(dice, at));
        let first = tasks.len();
        for at in first..first + count {
            tasks.push(PlannedTask {
                id: format!("TSK-{:03}", number(dice, at)),
                title: dice.titles[at].clone(),
                description: dice.texts[at].clone(),
                parent_ticket: id.clone(),
                kind: "implementation".to_owned(),
                priority: Some(Priority::Medium),
                estimated_hours: Some(f64::from(dice.hours[at]) / 4.0),
                files_to_create: vec![format!("src/new_{at}.rs")],
                files_to_modify: vec!["src/lib.rs".to_owned()],
                acceptance_criteria: vec![Criterion::statement(&dice.titles[at])],
                dependencies: TaskDependencies::default(),
                ..PlannedTask::default()
            });
        }
        tickets.push(PlannedTicket {
            id,
            title: dice.titles[at].clone(),
            description: dice.texts[at].clone(),
            priority: Some(Priority::Low),
            tasks: tasks[first..].iter().map(|task| task.id.clone()).collect(),
            dependencies: TicketDependencies::default(),
            ..PlannedTicket::default()
        });
    }
    (tickets, tasks)
}

fn number(dice: &Dice, at: usize) -> u32 {
    dice.number + u32::try_from(at).expect("a small plan")
}

/// Each link as (earlier, later, written by the later); none of an entry to itself.
fn pairs(links: &[Link], count: usize) -> Vec<(usize, usize, bool)> {
    links
        .iter()
        .map(|(one, other, side)| (one.index(count), other.index(count), *side))
        .filter(|(one, other, _)| one != other)
        .map(|(one, other, side)| (one.min(other), one.max(other), side))
        .collect()
}

fn shuffled<T>(entries: Vec<T>, order: &[u16]) -> Vec<T> {
    let mut keyed: Vec<_> = order.iter().cycle().zip(entries).collect();
    keyed.sort_by_key(|(key, _)| **key);
    keyed.into_iter().map(|(_, entry)| entry).collect()
}
