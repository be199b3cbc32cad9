//! A past: tickets with tasks in twenty projects, as the aggregates themselves decide it, appended in large calls.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::anyhow;
use eventstore::{AppendItem, Context, NewEvent, Store, StreamWrite};
use kernel::{ActorId, CommandId, Decider, EventId, EventKind, OrgId, ProjectId, Uuid};
use vocabulary::{
    Bounded, CommandLine, Name, Phase, Priority, Slug, TaskId, TaskNumber, Text, TicketId, TicketNumber,
};
use work::project::{self, Project};
use work::task::{self, CommandResult, Evidence, EvidenceKind, Plan, Task, Work};
use work::ticket::{self, EvidenceNote, TaskOutcome, Ticket};

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

/// A ticket with two tasks, one after the other, from its creation to its end.
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
    for task in tasks {
        let evidence = Some(EvidenceNote::Attested);
        orders.push(ticket::Command::NoteTaskOutcome { task, outcome: TaskOutcome::Completed, evidence });
    }
    orders.push(ticket::Command::Advance { gates: vocabulary::Gates::default() });
    let mut streams = vec![stream::<Ticket>(id.0, project, orders)?];
    for (n, task) in (0..).zip(tasks) {
        let before = if n == 0 { None } else { Some(tasks[0]) };
        streams.push(stream::<Task>(task.0, project, task_orders(id, number * 2 + n, before)?)?);
    }
    Ok(streams)
}

fn task_orders(ticket: TicketId, number: u32, before: Option<TaskId>) -> anyhow::Result<Vec<task::Command>> {
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
        prerequisites: before.into_iter().collect(),
    };
    let mut orders = vec![task::Command::Plan(Box::new(plan))];
    if before.is_some() {
        orders.push(task::Command::BecomeReady { satisfied: before.into_iter().collect() });
    }
    orders.push(task::Command::StartByPerson { actor: ActorId(Uuid::nil()) });
    let result = CommandResult { cmd: CommandLine::new("make test")?, exit: 0 };
    orders.push(task::Command::SubmitEvidence(Evidence {
        kind: EvidenceKind::Attested,
        commands: Bounded::new(vec![result])?,
        commit: None,
        epoch: None,
        await_validation: false,
    }));
    Ok(orders)
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
