//! Tickets of which some hold their tasks back.

use std::collections::BTreeSet;

use kernel::{ActorId, Uuid};
use proptest::collection::vec;
use proptest::prelude::*;
use vocabulary::{Bounded, CommandLine, Name, Phase, Priority, Reason, TaskNumber, TicketId, TicketNumber};
use work::task::{Plan, Work};
use work::ticket::Event;
use work::work_graph::{Node, NodeKind};

/// A task's ticket, and those that it depends on.
#[derive(Clone, Debug)]
pub(crate) struct TicketCase {
    /// The phase of the task.
    pub(crate) task: Phase,
    /// What happened to the ticket.
    pub(crate) own: Stands,
    /// What happened to those that it depends on.
    pub(crate) others: Vec<Stands>,
}

/// What happened to a ticket that was created in the implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    Open,
    Blocked,
    Unblocked,
    MovedBack,
    Completed,
    OpenAgain,
    Cancelled,
}

impl TicketCase {
    /// One that holds back nothing.
    pub(crate) fn free() -> Self {
        Self { task: Phase::Implementation, own: Stands::Open, others: Vec::new() }
    }

    /// Whether work on the task may begin.
    pub(crate) fn lets_go(&self) -> bool {
        let reached = match self.own {
            Stands::Blocked | Stands::Cancelled => return false,
            Stands::Open | Stands::Unblocked => Phase::Implementation,
            Stands::MovedBack | Stands::OpenAgain => Phase::Design,
            Stands::Completed => Phase::Done,
        };
        self.task <= reached && self.others.iter().all(|other| *other == Stands::Completed)
    }

    /// What happened to the ticket `id` and to those that it depends on; their ids follow on its own.
    pub(crate) fn events(&self, id: Uuid) -> Vec<(Uuid, Event)> {
        let other = |n: usize| Uuid::from_u128(id.as_u128() + 1 + u128::try_from(n).unwrap());
        let mut told = vec![(id, created())];
        for (n, stands) in self.others.iter().enumerate() {
            told.push((id, Event::DependencyAdded { on: TicketId(other(n)) }));
            told.push((other(n), created()));
            told.extend(stands.events().into_iter().map(|event| (other(n), event)));
        }
        told.extend(self.own.events().into_iter().map(|event| (id, event)));
        told
    }
}

impl Stands {
    fn events(self) -> Vec<Event> {
        let by = ActorId(Uuid::nil());
        let blocked = || Event::Blocked { reason: Reason::new("the key is missing").unwrap(), by };
        let entered = |from, to| Event::PhaseEntered { from, to, forced: true, by: Some(by) };
        let done = || [entered(Phase::Implementation, Phase::Done), Event::Completed];
        match self {
            Self::Open => Vec::new(),
            Self::Blocked => vec![blocked()],
            Self::Unblocked => vec![blocked(), Event::Unblocked { by }],
            Self::MovedBack => vec![entered(Phase::Implementation, Phase::Design)],
            Self::Completed => done().into(),
            Self::OpenAgain => [&done()[..], &[entered(Phase::Done, Phase::Design)]].concat(),
            Self::Cancelled => vec![Event::Cancelled { reason: None }],
        }
    }
}

fn created() -> Event {
    Event::Created {
        number: TicketNumber::new(4).unwrap(),
        title: name("A ticket"),
        description: None,
        priority: Priority::Low,
        phase: Phase::Implementation,
        spec: None,
    }
}

pub(crate) fn ticket() -> impl Strategy<Value = TicketCase> {
    use Stands::{Blocked, Cancelled, Completed, MovedBack, Open, OpenAgain, Unblocked};
    let task =
        prop_oneof![8 => Just(Phase::Implementation), 1 => Just(Phase::Design), 1 => Just(Phase::Testing)];
    let rare = || prop::sample::select(vec![Blocked, MovedBack, OpenAgain, Cancelled]);
    let own = prop_oneof![6 => Just(Open), 2 => Just(Unblocked), 1 => Just(Completed), 2 => rare()];
    let other = prop_oneof![8 => Just(Completed), 1 => Just(Open), 1 => rare()];
    let others = prop_oneof![2 => Just(Vec::new()), 1 => vec(other, 1..4)];
    (task, own, others).prop_map(|(task, own, others)| TicketCase { task, own, others })
}

/// The plan of a task of this phase under this ticket.
pub(crate) fn plan(ticket: Uuid, phase: Phase, work: Work, priority: Priority) -> Plan {
    Plan {
        ticket: TicketId(ticket),
        number: TaskNumber::new(7).unwrap(),
        title: name("A task"),
        description: None,
        phase,
        priority,
        estimate: None,
        files: Bounded::default(),
        work,
        prerequisites: BTreeSet::new(),
        spec: None,
    }
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn node(id: Uuid) -> Node {
    Node { id, kind: NodeKind::Task, number: name("TSK-007") }
}

pub(crate) fn commands() -> Bounded<CommandLine, 0, 20> {
    Bounded::new(vec![CommandLine::new("make test").unwrap()]).unwrap()
}
