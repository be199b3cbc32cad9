//! A past: tickets with tasks in twenty projects, as the aggregates themselves decide it, appended in large calls.
//! Nothing in it asks a process for an action: what is timed afterwards is reading it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use eventstore::{AppendItem, Context, NewEvent, Store, StreamWrite};
use kernel::{ActorId, CommandId, Decider, EventId, EventKind, OrgId, ProjectId, Uuid};
use vocabulary::{
    Bounded, Name, Phase, Priority, Reason, Slug, TaskId, TaskNumber, Text, TicketId, TicketNumber,
};
use work::project::{self, Project};
use work::task::{self, Plan, Task, Work};
use work::ticket::{self, Ticket};

const PROJECTS: u32 = 20;
/// Tickets of one append.
const TICKETS: u32 = 40;

/// Appends until the log has at least so many events; answers the projects.
pub(super) async fn write(store: &Store, org: OrgId, events: i64) -> anyhow::Result<Vec<ProjectId>> {
    let projects: Vec<_> = (0..PROJECTS).map(|_| ProjectId(Uuid::now_v7())).collect();
    for (n, project) in projects.iter().enumerate() {
        let name = Name::new(&format!("Past {n}"))?;
        let slug = Slug::new(&format!("past-{n}"))?;
        let create = project::Command::Create { name, slug, description: None };
        append(store, org, vec![stream::<Project>(project.0, *project, vec![create])?]).await?;
    }
    let mut number = 0;
    while store.reader().head().await? < events {
        let calls = (0..8).map(|call| {
            let project = projects[(number / TICKETS + call) as usize % projects.len()];
            let first = number + call * TICKETS;
            let streams =
                (first..first + TICKETS).map(|n| ticket(project, n + 1)).collect::<anyhow::Result<Vec<_>>>();
            async move { append(store, org, streams?.into_iter().flatten().collect()).await }
        });
        futures::future::try_join_all(calls).await?;
        number += 8 * TICKETS;
    }
    Ok(projects)
}

/// A ticket under work, with two tasks that have been started.
fn ticket(project: ProjectId, number: u32) -> anyhow::Result<Vec<StreamWrite>> {
    let id = TicketId(Uuid::now_v7());
    let tasks = [TaskId(Uuid::now_v7()), TaskId(Uuid::now_v7())];
    let by = ActorId(Uuid::nil());
    let mut orders = vec![ticket::Command::Create {
        number: TicketNumber::new(number)?,
        title: Name::new(&format!("Send invoice {number}"))?,
        description: Some(Text::new("As agreed with the customer, at the end of each month.")?),
        priority: Priority::High,
        phase: Phase::Implementation,
    }];
    for (n, task) in (0..).zip(tasks) {
        let number = TaskNumber::new(number * 2 + n)?;
        orders.push(ticket::Command::AttachTask { task, number, phase: Phase::Implementation });
    }
    orders.push(ticket::Command::Comment {
        comment: Uuid::now_v7(),
        text: Text::new("Which currency?")?,
        by,
    });
    let title = Some(Name::new(&format!("Send invoice {number} again"))?);
    orders.push(ticket::Command::Refine { title, description: None, priority: None });
    orders.push(ticket::Command::Block { reason: Reason::new("The tariff is not decided.")?, by });
    let mut streams = vec![stream::<Ticket>(id.0, project, orders)?];
    for (n, task) in (0..).zip(tasks) {
        streams.push(stream::<Task>(task.0, project, task_orders(id, number * 2 + n)?)?);
    }
    Ok(streams)
}

fn task_orders(ticket: TicketId, number: u32) -> anyhow::Result<Vec<task::Command>> {
    let plan = Plan {
        ticket,
        number: TaskNumber::new(number)?,
        title: Name::new(&format!("Check the sum {number}"))?,
        description: None,
        phase: Phase::Implementation,
        priority: Priority::Medium,
        estimate: None,
        files: Bounded::default(),
        work: Work::default(),
        prerequisites: BTreeSet::new(),
        spec: None,
    };
    Ok(vec![
        task::Command::Plan(Box::new(plan)),
        task::Command::Prioritise { priority: Priority::High },
        task::Command::StartByPerson { actor: ActorId(Uuid::nil()) },
    ])
}

/// What the orders come to on a new stream.
fn stream<D>(id: Uuid, project: ProjectId, orders: Vec<D::Command>) -> anyhow::Result<StreamWrite>
where
    D: Decider,
{
    let mut state = D::default();
    let mut events = Vec::new();
    for order in orders {
        let decided = state.decide(order).map_err(|refused| anyhow!("{}: {refused}", D::TYPE))?;
        for event in decided {
            state.evolve(&event);
            events.push(NewEvent {
                event_id: EventId(Uuid::now_v7()),
                event_type: event.event_type().into(),
                schema_version: event.schema_version(),
                payload: serde_json::to_string(&event)?,
            });
        }
    }
    Ok(StreamWrite {
        aggregate_type: D::TYPE.into(),
        aggregate_id: id.to_string(),
        project: Some(project),
        expected: 0,
        events,
    })
}

async fn append(store: &Store, org: OrgId, streams: Vec<StreamWrite>) -> anyhow::Result<()> {
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
    store.append(item).await?;
    Ok(())
}
