//! What happened before: tickets that were said better again and again, as the aggregate itself decides it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use eventstore::{AppendItem, Context, NewEvent, Store, StreamWrite};
use kernel::{ActorId, CommandId, Decider as _, EventId, EventKind as _, OrgId, ProjectId, Uuid};
use vocabulary::{Name, Phase, Priority, TicketNumber};
use work::ticket::{self, Ticket};

/// How often each ticket is said better.
const CHANGES: usize = 4;

/// Appends so many tickets of a project, at once.
pub(super) async fn write(store: &Store, org: OrgId, project: ProjectId, tickets: u32) {
    let streams = (1..=tickets).map(|number| ticket(project, number)).collect();
    let context = Context {
        org,
        actor: ActorId(Uuid::nil()),
        command_id: CommandId(Uuid::now_v7()),
        request_hash: [0; 32],
        correlation_id: Uuid::now_v7(),
        causation_id: None,
        epoch: None,
        metadata: BTreeMap::new(),
    };
    let item = AppendItem { context, outcome: Cow::Borrowed("accepted"), streams, guards: Vec::new() };
    store.append(item).await.expect("it is appended");
}

/// A ticket as it comes about, said better a few times.
fn ticket(project: ProjectId, number: u32) -> StreamWrite {
    let name = |text: String| Name::new(&text).expect("a name");
    let mut orders = vec![ticket::Command::Create {
        number: TicketNumber::new(number).expect("it is positive"),
        title: name(format!("Ticket {number}")),
        description: None,
        priority: Priority::High,
        phase: Phase::Design,
    }];
    orders.extend((0..CHANGES).map(|change| ticket::Command::Refine {
        title: Some(name(format!("Ticket {number}, said better {change}"))),
        description: None,
        priority: None,
    }));
    let mut state = Ticket::default();
    let mut events = Vec::new();
    for order in orders {
        for event in state.decide(order).expect("it may be done") {
            state.evolve(&event);
            events.push(NewEvent {
                event_id: EventId(Uuid::now_v7()),
                event_type: event.event_type().into(),
                schema_version: event.schema_version(),
                payload: serde_json::to_string(&event).expect("JSON"),
            });
        }
    }
    let id = Uuid::now_v7().to_string();
    StreamWrite {
        aggregate_type: "ticket".into(),
        aggregate_id: id,
        project: Some(project),
        expected: 0,
        events,
    }
}
