use kernel::{Decider as _, EventKind as _, derived_uuid, given};
use serde_json::json;

use std::collections::BTreeSet;

use super::*;

mod cycles;

fn node(kind: NodeKind, number: u16) -> Node {
    let prefix = match kind {
        NodeKind::Task => "TSK",
        NodeKind::Ticket => "TKT",
    };
    let number = format!("{prefix}-{number:03}");
    Node { id: derived_uuid(&[number.as_bytes()]), kind, number: Name::new(&number).unwrap() }
}

fn task(number: u16) -> Node {
    node(NodeKind::Task, number)
}

fn ticket(number: u16) -> Node {
    node(NodeKind::Ticket, number)
}

fn planned(node: Node, prerequisites: &[Node]) -> PlannedNode {
    PlannedNode { node, prerequisites: prerequisites.to_vec() }
}

fn plan(nodes: &[PlannedNode]) -> Command {
    Command::PlanEdges { nodes: nodes.to_vec() }
}

fn edges_planned(nodes: &[PlannedNode]) -> Event {
    Event::EdgesPlanned { nodes: nodes.to_vec() }
}

fn add(from: Node, to: Node) -> Command {
    Command::AddEdge { from, to }
}

fn added(from: Node, to: Node) -> Event {
    Event::EdgeAdded { from, to }
}

fn remove(from: Node, to: Node) -> Command {
    Command::RemoveEdge { from, to }
}

fn removed(from: Node, to: Node) -> Event {
    Event::EdgeRemoved { from, to }
}

/// Task 2 waits for task 1.
fn two_tasks() -> Event {
    edges_planned(&[planned(task(1), &[]), planned(task(2), &[task(1)])])
}

fn graph(history: &[Event]) -> WorkGraph {
    given::<WorkGraph>(history).state().clone()
}

fn refusal(history: &[Event], command: Command) -> Rejection {
    graph(history).decide(command).unwrap_err()
}

#[test]
fn a_plan_comes_in_whole_and_in_any_order() {
    let nodes = [planned(task(2), &[task(1)]), planned(task(1), &[]), planned(ticket(1), &[])];
    given::<WorkGraph>(&[]).when(plan(&nodes)).then(&[edges_planned(&nodes)]);
}

#[test]
fn a_new_node_waits_for_one_that_is_there() {
    let nodes = [planned(task(3), &[task(2), task(9)])];
    given::<WorkGraph>(&[two_tasks()]).when(plan(&nodes)).then(&[edges_planned(&nodes)]);
}

#[test]
fn of_a_plan_that_is_partly_known_only_the_new_nodes_are_news() {
    let new = planned(task(3), &[task(2)]);
    let nodes = [planned(task(2), &[task(1)]), new.clone(), new.clone()];
    given::<WorkGraph>(&[two_tasks()]).when(plan(&nodes)).then(&[edges_planned(&[new])]);
}

#[test]
fn an_edge_is_added_between_nodes_known_or_not() {
    given::<WorkGraph>(&[]).when(add(task(1), task(2))).then(&[added(task(1), task(2))]);
    let parallel = [two_tasks(), edges_planned(&[planned(task(3), &[task(2)])])];
    given::<WorkGraph>(&parallel).when(add(task(1), task(3))).then(&[added(task(1), task(3))]);
}

#[test]
fn a_removed_edge_leaves_the_way_free_for_its_opposite() {
    given::<WorkGraph>(&[two_tasks()]).when(remove(task(1), task(2))).then(&[removed(task(1), task(2))]);
    given::<WorkGraph>(&[two_tasks(), removed(task(1), task(2))])
        .when(add(task(2), task(1)))
        .then(&[added(task(2), task(1))]);
}

#[test]
fn a_changed_plan_changes_its_edges_at_once() {
    let changes = EdgeChanges {
        removed: vec![(task(1), task(2))],
        planned: vec![planned(task(3), &[task(2)])],
        added: vec![(task(2), task(1)), (task(3), task(1))],
    };
    let expected = [
        removed(task(1), task(2)),
        edges_planned(&[planned(task(3), &[task(2)])]),
        added(task(2), task(1)),
        added(task(3), task(1)),
    ];
    given::<WorkGraph>(&[two_tasks()]).when(Command::ChangeEdges(changes.clone())).then(&expected);
    let history = [&[two_tasks()], &expected[..]].concat();
    given::<WorkGraph>(&history).when(Command::ChangeEdges(changes)).then(&[]);
}

#[test]
fn a_changed_plan_closes_no_cycle_either() {
    let both = EdgeChanges { added: vec![(task(2), task(1))], ..EdgeChanges::default() };
    given::<WorkGraph>(&[two_tasks()]).when(Command::ChangeEdges(both)).then_rejected("cycle");
    let with_new = EdgeChanges {
        planned: vec![planned(task(3), &[task(2)])],
        added: vec![(task(3), task(1))],
        ..EdgeChanges::default()
    };
    given::<WorkGraph>(&[two_tasks()]).when(Command::ChangeEdges(with_new)).then_rejected("cycle");
}

#[test]
fn neighbours_are_known_in_both_directions() {
    let graph = graph(&[two_tasks(), added(task(1), task(3)), added(task(2), task(3))]);
    let ordered = |nodes: &[Node]| nodes.iter().map(|node| node.id).collect::<BTreeSet<_>>();
    assert!(graph.prerequisites_of(task(3).id).eq(ordered(&[task(1), task(2)])));
    assert!(graph.dependants_of(task(1).id).eq(ordered(&[task(2), task(3)])));
    assert_eq!(graph.prerequisites_of(task(1).id).count() + graph.dependants_of(task(3).id).count(), 0);
    assert_eq!(graph.prerequisites_of(task(9).id).count() + graph.dependants_of(task(9).id).count(), 0);
    assert_eq!((graph.node(task(3).id), graph.node(task(9).id)), (Some(task(3)), None));
}

#[test]
fn each_pair_of_an_edge_and_a_command_that_changes_nothing_is_accepted() {
    let nothing = [
        plan(&[planned(task(1), &[]), planned(task(2), &[task(1)])]),
        add(task(1), task(2)),
        remove(task(1), task(3)),
        remove(task(3), task(2)),
        remove(task(2), task(1)),
        remove(task(1), task(1)),
        plan(&[]),
    ];
    for command in nothing {
        given::<WorkGraph>(&[two_tasks()]).when(command).then(&[]);
    }
}

#[test]
fn every_illegal_pair_of_an_edge_and_a_command_is_refused_for_what_is_so() {
    let illegal = [
        // The edge is absent and its dependant known.
        (plan(&[planned(task(1), &[task(3)])]), "already_planned"),
        // It closes a cycle.
        (plan(&[planned(task(3), &[task(4)]), planned(task(4), &[task(3)])]), "cycle"),
        (add(task(2), task(1)), "cycle"),
        // It leads from a node to itself.
        (plan(&[planned(task(3), &[task(3)])]), "cycle"),
        (add(task(1), task(1)), "cycle"),
        // It joins different kinds.
        (plan(&[planned(task(3), &[ticket(1)])]), "different_kinds"),
        (add(ticket(1), task(1)), "different_kinds"),
        (remove(ticket(1), task(1)), "different_kinds"),
    ];
    // Of 6 edges x 3 commands 10 pairs are legal.
    assert_eq!(illegal.len(), 6 * 3 - 10);
    for (command, code) in illegal {
        given::<WorkGraph>(&[two_tasks()]).when(command).then_rejected(code);
    }
}

#[test]
fn a_node_is_planned_with_one_set_of_prerequisites() {
    for other in [&[][..], &[task(3)], &[task(1), task(3)]] {
        let again = plan(&[planned(task(2), other)]);
        given::<WorkGraph>(&[two_tasks()]).when(again).then_rejected("already_planned");
    }
    let twice = plan(&[planned(task(2), &[task(1)]), planned(task(2), &[])]);
    let refused = refusal(&[], twice);
    assert_eq!(refused, Rejection::AlreadyPlanned { node: task(2) });
    assert!(refused.to_string().starts_with("TSK-002 has been planned before"), "{refused}");
}

#[test]
fn a_node_called_a_ticket_and_a_task_is_neither() {
    let impostor = Node { kind: NodeKind::Ticket, ..task(1) };
    let known = refusal(&[two_tasks()], add(impostor.clone(), ticket(2)));
    assert_eq!(known, Rejection::DifferentKinds { one: task(1), other: impostor.clone() });

    let nodes = [planned(task(1), &[]), planned(ticket(2), std::slice::from_ref(&impostor))];
    assert_eq!(refusal(&[], plan(&nodes)), Rejection::DifferentKinds { one: task(1), other: impostor });

    let text = refusal(&[], add(ticket(1), task(1))).to_string();
    assert!(text.starts_with("TKT-001 is a ticket and TSK-001 is a task;"), "{text}");
}

#[test]
fn events_fold_in_any_order() {
    let events = [
        two_tasks(),
        added(task(2), task(1)),
        added(task(1), task(1)),
        added(ticket(1), task(2)),
        removed(task(1), task(2)),
        removed(task(8), task(9)),
    ];
    let mut histories: Vec<Vec<Event>> = vec![Vec::new()];
    for _ in 0..4 {
        let longer = histories.iter().flat_map(|history| {
            events.iter().map(|event| history.iter().cloned().chain([event.clone()]).collect())
        });
        histories = longer.collect();
    }
    assert_eq!(histories.len(), 6 * 6 * 6 * 6);
    for history in histories {
        // A search ends, whatever was folded.
        let _ = graph(&history).decide(add(task(3), task(2)));
        let _ = graph(&history).decide(add(task(2), task(3)));
    }
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    for history in [&[][..], &[two_tasks()], &[two_tasks(), removed(task(1), task(2))]] {
        let state = graph(history);
        let snapshot = serde_json::to_value(&state).unwrap();
        assert_eq!(serde_json::from_value::<WorkGraph>(snapshot).unwrap(), state);
    }
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    let one = json!({"id": task(1).id, "kind": "task", "number": "TSK-001"});
    let two = json!({"id": task(2).id, "kind": "task", "number": "TSK-002"});
    let stored = [
        (
            two_tasks(),
            json!({
                "$type": "work_graph.edges_planned",
                "nodes": [{"node": one}, {"node": two, "prerequisites": [one]}],
            }),
        ),
        (added(task(1), task(2)), json!({"$type": "work_graph.edge_added", "from": one, "to": two})),
        (removed(task(1), task(2)), json!({"$type": "work_graph.edge_removed", "from": one, "to": two})),
    ];
    for (event, payload) in &stored {
        assert_eq!(serde_json::to_value(event).unwrap(), *payload);
        assert_eq!(serde_json::from_value::<Event>(payload.clone()).unwrap(), *event);
        assert_eq!(payload["$type"], event.event_type());
        assert_eq!(event.schema_version(), 1);
    }
    let types: Vec<_> =
        stored.iter().map(|(event, _)| (event.event_type(), event.schema_version())).collect();
    assert_eq!(types, Event::TYPES);
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(WorkGraph::TYPE));
    }
}

#[test]
fn a_large_plan_is_planned_in_several_events_none_of_them_large() {
    let chain: Vec<_> =
        (1..=500).map(|n| planned(task(n), &(1..n).rev().take(5).map(task).collect::<Vec<_>>())).collect();
    let events = WorkGraph::default().decide(plan(&chain)).unwrap();
    assert!(events.len() > 1);
    for event in &events {
        let bytes = serde_json::to_string(event).unwrap().len();
        assert!(bytes < 200_000, "{bytes} bytes");
    }
    let all: Vec<_> = events
        .iter()
        .flat_map(|event| match event {
            Event::EdgesPlanned { nodes } => nodes.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(all, chain);
}
