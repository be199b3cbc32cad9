use kernel::ActorId;
use serde_json::json;
use vocabulary::{Hours, Priority, Reason, Slug, TaskId, TaskNumber, Text, TicketId};
use work::task::{EvidenceKind, Plan};
use work::work_graph::{Node, NodeKind, PlannedNode};
use work::{task, ticket, work_graph};

use super::answer::render;
use super::drawings::Drawing;
use super::*;
use crate::Row;
use crate::testing::{Folded, PROJECT};

fn id(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 100)
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A log about one project, and its graph.
#[derive(Default)]
struct Log(Folded<TaskGraph>);

impl Log {
    fn created() -> Self {
        let mut log = Self::default();
        let (name, slug) = (name("Billing"), Slug::new("billing").unwrap());
        log.0.append(
            PROJECT,
            "project",
            Fact::Project(project::Event::Created { name, slug, description: None }),
        );
        log
    }

    fn task(&mut self, number: u32, event: task::Event) {
        self.0.append(id(number), "task", Fact::Task(event));
    }

    fn ticket(&mut self, number: u32, event: ticket::Event) {
        self.0.append(id(number), "ticket", Fact::Ticket(event));
    }

    fn graph(&mut self, event: work_graph::Event) {
        self.0.append(PROJECT, "work_graph", Fact::WorkGraph(event));
    }

    fn rows(&self) -> Vec<Row<GraphRow>> {
        self.0.answer().rows
    }

    /// The rows of a kind: id and what is stored.
    fn stored(&self, kind: &str) -> Vec<(String, serde_json::Value)> {
        let rows = self.rows().into_iter().filter(|row| row.kind == kind);
        rows.map(|row| (row.id, serde_json::to_value(&row.row).unwrap())).collect()
    }

    fn answer(&self) -> Option<TaskGraphAnswer> {
        render(self.0.answer(), |nodes, edges| Drawing::new(nodes, edges).into())
    }
}

fn planned(number: u32, minutes: Option<u32>) -> task::Event {
    task::Event::Planned(Box::new(Plan {
        ticket: TicketId(id(90)),
        number: TaskNumber::new(number).unwrap(),
        title: name("Send invoices"),
        description: Some(Text::new("At length.").unwrap()),
        phase: Phase::Implementation,
        priority: Priority::High,
        estimate: minutes.map(|minutes| Hours::from_minutes(minutes).unwrap()),
        files: task::Files::default(),
        work: task::Work::default(),
        prerequisites: [].into(),
        spec: None,
    }))
}

fn created(number: u32) -> ticket::Event {
    ticket::Event::Created {
        number: TicketNumber::new(number).unwrap(),
        title: name("Invoices"),
        description: None,
        priority: Priority::High,
        phase: Phase::Backlog,
        spec: None,
    }
}

fn task_node(number: u32) -> Node {
    Node { id: id(number), kind: NodeKind::Task, number: name(&format!("TSK-{number:03}")) }
}

fn ticket_node(number: u32) -> Node {
    Node { id: id(number), kind: NodeKind::Ticket, number: name(&format!("TKT-{number:03}")) }
}

fn edge(from: u32, to: u32) -> String {
    format!("{}/{}", id(from), id(to))
}

const ATTESTED: task::Event = task::Event::Completed { kind: EvidenceKind::Attested };

#[test]
fn without_a_project_there_is_no_graph() {
    let mut log = Log::default();
    log.task(1, planned(1, None));
    assert_eq!(log.answer(), None);
}

#[test]
fn a_new_project_has_an_empty_graph() {
    let graph = log_json(&Log::created());
    let empty = json!({"position": 1, "stale": null, "nodes": [], "edges": [], "critical_path": []});
    assert_eq!(graph, empty);
}

fn log_json(log: &Log) -> serde_json::Value {
    serde_json::to_value(log.answer().unwrap()).unwrap()
}

#[test]
fn a_plan_makes_a_row_of_each_edge() {
    let mut log = Log::created();
    let nodes = vec![
        PlannedNode { node: task_node(1), prerequisites: vec![] },
        PlannedNode { node: task_node(2), prerequisites: vec![task_node(1)] },
        PlannedNode { node: task_node(3), prerequisites: vec![task_node(1), task_node(2)] },
    ];
    log.graph(work_graph::Event::EdgesPlanned { nodes });
    let ids: Vec<String> = log.stored(EDGE).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [edge(1, 2), edge(1, 3), edge(2, 3)]);
    let row = json!({"is": "edge", "from": id(1), "to": id(2), "first_position": 2});
    assert_eq!(log.stored(EDGE)[0].1, row);
}

#[test]
fn an_edge_keeps_its_first_position_until_it_is_removed() {
    let mut log = Log::created();
    let added = || work_graph::Event::EdgeAdded { from: task_node(1), to: task_node(2) };
    let positions = |log: &Log| -> Vec<i64> {
        log.stored(EDGE).iter().map(|(_, row)| row["first_position"].as_i64().unwrap()).collect()
    };
    log.graph(added());
    log.graph(added());
    assert_eq!(positions(&log), [2]);
    log.graph(work_graph::Event::EdgeRemoved { from: task_node(1), to: task_node(2) });
    assert_eq!(positions(&log), [0; 0]);
    log.graph(added());
    assert_eq!(positions(&log), [5]);
}

#[test]
fn a_task_is_folded_by_the_task_itself() {
    let blocked = || task::Event::Blocked {
        by: task::Blocker::Person { actor: ActorId::default() },
        reason: Text::new("no account").unwrap(),
    };
    let failed = || task::Event::Failed { reason: Reason::new("no disk").unwrap() };
    for (events, status) in [
        (vec![], "planned"),
        (vec![task::Event::BecameReady { retried: false }], "ready"),
        (vec![task::Event::BecameReady { retried: false }, blocked()], "blocked"),
        (vec![failed()], "failed"),
        (vec![ATTESTED], "completed"),
        (vec![task::Event::Cancelled { reason: None }], "cancelled"),
    ] {
        let mut log = Log::created();
        log.task(1, planned(1, Some(90)));
        events.into_iter().for_each(|event| log.task(1, event));
        assert_eq!(log.answer().unwrap().nodes[0].status, status);
        let (_, row) = &log.stored(TASK)[0];
        assert_eq!((&row["is"], &row["first_position"]), (&json!("task"), &json!(2)));
        let plan = &row["task"]["plan"];
        assert_eq!((&plan["number"], plan.get("description")), (&json!("TSK-001"), None));
    }
}

#[test]
fn what_happens_to_an_unplanned_task_makes_no_row() {
    let mut log = Log::created();
    log.task(1, ATTESTED);
    log.task(1, task::Event::DependencyAdded { on: TaskId(id(2)) });
    assert_eq!(log.stored(TASK), []);
}

#[test]
fn a_ticket_is_shown_once_it_has_an_edge() {
    let mut log = Log::created();
    log.ticket(7, created(7));
    log.ticket(8, created(8));
    log.ticket(9, created(9));
    assert_eq!(log.answer().unwrap().nodes, []);
    log.graph(work_graph::Event::EdgeAdded { from: ticket_node(8), to: ticket_node(7) });
    let by = Some(ActorId::default());
    let (from, to) = (Phase::Backlog, Phase::Testing);
    log.ticket(8, ticket::Event::PhaseEntered { from, to, forced: false, by });
    log.ticket(7, ticket::Event::Refined { title: Some(name("Bills")), description: None, priority: None });
    log.ticket(7, ticket::Event::Cancelled { reason: None });
    let node = |number: u32, title: &str, status: &str, x: u32| {
        let text = format!("TKT-{number:03}");
        json!({"id": id(number), "kind": "ticket", "number": text, "title": title, "status": status,
               "x": x, "y": 0, "hours": null, "critical": false})
    };
    let graph = log_json(&log);
    assert_eq!(graph["nodes"], json!([node(7, "Bills", "cancelled", 1), node(8, "Invoices", "testing", 0)]));
    assert_eq!(graph["edges"], json!([{"from": id(8), "to": id(7), "kind": "ticket"}]));
}

#[test]
fn events_that_the_graph_does_not_show_touch_no_row() {
    let mut log = Log::created();
    log.ticket(7, created(7));
    let before = log.0.rows.clone();
    log.ticket(7, ticket::Event::Unblocked { by: ActorId::default() });
    log.0.append(PROJECT, "project", Fact::Project(project::Event::Restored));
    assert_eq!(log.0.rows, before);
}

#[test]
fn the_answer_has_places_and_the_critical_path() {
    let mut log = Log::created();
    for (number, minutes) in [(1, Some(60)), (2, Some(90)), (3, None), (4, Some(600))] {
        log.task(number, planned(number, minutes));
    }
    for (from, to) in [(1, 2), (1, 3)] {
        log.graph(work_graph::Event::EdgeAdded { from: task_node(from), to: task_node(to) });
    }
    log.task(4, ATTESTED);
    let node = |number: u32, status: &str, x: u32, y: u32, hours: serde_json::Value, critical: bool| {
        let text = format!("TSK-{number:03}");
        json!({"id": id(number), "kind": "task", "number": text, "title": "Send invoices", "status": status,
               "x": x, "y": y, "hours": hours, "critical": critical})
    };
    let expected = json!({
        "position": 8,
        "stale": null,
        "nodes": [
            node(1, "planned", 0, 0, json!(1), true),
            node(2, "planned", 1, 0, json!(1.5), true),
            node(3, "planned", 1, 1, json!(null), false),
            node(4, "completed", 0, 1, json!(10), false),
        ],
        "edges": [
            {"from": id(1), "to": id(2), "kind": "task"},
            {"from": id(1), "to": id(3), "kind": "task"},
        ],
        "critical_path": [id(1), id(2)],
    });
    assert_eq!(log_json(&log), expected);
}

#[test]
fn an_edge_is_shown_when_both_its_ends_are() {
    let mut log = Log::created();
    log.task(1, planned(1, None));
    log.graph(work_graph::Event::EdgeAdded { from: task_node(1), to: task_node(2) });
    assert_eq!(log.answer().unwrap().edges, []);
    log.task(2, planned(2, None));
    assert_eq!(log.answer().unwrap().edges.len(), 1);
}

#[test]
fn a_row_reads_back_as_it_was_written() {
    let mut log = Log::created();
    log.task(1, planned(1, Some(90)));
    log.ticket(7, created(7));
    log.graph(work_graph::Event::EdgeAdded { from: task_node(1), to: task_node(2) });
    for row in log.rows() {
        let text = serde_json::to_string(&row.row).unwrap();
        assert_eq!(serde_json::from_str::<GraphRow>(&text).unwrap(), row.row);
    }
    assert_eq!(log.rows().len(), 4);
}
