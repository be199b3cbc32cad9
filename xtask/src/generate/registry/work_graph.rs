use kernel::derived_uuid;
use vocabulary::Name;
use work::work_graph::{Command, Event, Node, NodeKind, PlannedNode, WorkGraph};

use super::super::event::{self, Lane, Registration};
use super::Published;

pub(super) fn events() -> Published {
    let first = || task("TSK-001");
    let second = || task("TSK-002");
    let edge = || Event::EdgeAdded { from: first(), to: second() };

    event::of::<WorkGraph>(vec![
        Registration {
            event_type: "work_graph.edges_planned",
            history: vec![],
            command: Command::PlanEdges {
                nodes: vec![
                    PlannedNode { node: first(), prerequisites: vec![] },
                    PlannedNode { node: second(), prerequisites: vec![first()] },
                ],
            },
            lane: Lane::Events,
        },
        Registration {
            event_type: "work_graph.edge_added",
            history: vec![],
            command: Command::AddEdge { from: first(), to: second() },
            lane: Lane::Events,
        },
        Registration {
            event_type: "work_graph.edge_removed",
            history: vec![edge()],
            command: Command::RemoveEdge { from: first(), to: second() },
            lane: Lane::Events,
        },
    ])
}

fn task(number: &str) -> Node {
    let id = derived_uuid(&[number.as_bytes()]);
    let number = Name::new(number).expect("a literal that is a name");
    Node { id, kind: NodeKind::Task, number }
}
