//! The first aggregate, from the command to the log.

use commands::{Actor, CommandError, Dispatcher, Grants, Intent, Receipt, Role};
use eventstore::{Direction, Filter, GuardFault, Store};
use kernel::{ActorId, OrgId, Uuid};
use vocabulary::{Name, Slug};
use work::project::{Command, Project};

use crate::support::{TestDb, org};

pub(crate) fn create(slug: &str) -> Command {
    Command::Create { name: name("Billing"), slug: Slug::new(slug).unwrap(), description: None }
}

pub(crate) fn rename(to: &str) -> Command {
    Command::Rename { name: name(to) }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn node(store: Store) -> Dispatcher {
    Dispatcher::new(store, 100)
}

fn owner(org: OrgId, id: Uuid) -> Actor {
    Actor { org, id: ActorId(id), grants: Grants::Role(Role::Owner) }
}

/// A wish without a key; another one each time.
pub(crate) fn wish(org: OrgId) -> Intent {
    Intent::new(owner(org, Uuid::now_v7()), b"request")
}

/// A wish with the client's key.
pub(crate) fn keyed(org: OrgId, key: &str, request: &str) -> Intent {
    Intent::keyed(owner(org, Uuid::nil()), "POST /projects", key, request.as_bytes())
}

pub(crate) async fn carry_out(
    node: &Dispatcher,
    intent: &Intent,
    id: Uuid,
    command: Command,
) -> Result<Receipt, CommandError> {
    node.execute::<Project>(intent, id, command).await
}

pub(crate) fn rejected(answer: Result<Receipt, CommandError>) -> (String, bool) {
    match answer {
        Err(CommandError::Rejected { code, repeated, .. }) => (code, repeated),
        other => panic!("it was to be rejected: {other:?}"),
    }
}

#[tokio::test]
async fn a_project_is_created_renamed_and_archived() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    let mut intent = wish(org);
    intent.causation_id = Some(Uuid::now_v7());
    intent.metadata.insert("traceparent".into(), "00-1-2-01".into());
    let created = node.begin::<Project>(&intent, id, create("billing")).await.unwrap();
    assert_eq!((created.first_position, created.last_position, created.repeated), (Some(1), Some(1), false));
    for command in [rename("Invoices"), Command::Archive] {
        carry_out(&node, &wish(org), id, command).await.unwrap();
    }
    assert_eq!(rejected(carry_out(&node, &wish(org), id, rename("Late")).await), ("archived".into(), false));

    let page = node.store().reader().page(&Filter::default(), 0, 10, Direction::Forwards).await.unwrap();
    let events: Vec<_> = page.iter().map(|e| (e.envelope.sequence, e.event.as_str())).collect();
    assert_eq!(
        events,
        [
            (1, r#"{"$type":"project.created","name":"Billing","slug":"billing"}"#),
            (2, r#"{"$type":"project.renamed","name":"Invoices"}"#),
            (3, r#"{"$type":"project.archived"}"#)
        ]
    );
    let first = &page[0].envelope;
    assert_eq!((first.org_id, first.project_id.map(|p| p.0), first.actor), (org, Some(id), intent.actor.id));
    assert_eq!((first.command_id, first.correlation_id), (intent.command_id, intent.correlation_id));
    assert_eq!((first.causation_id, Some(first.recorded_at)), (intent.causation_id, created.recorded_at));
    assert!(page[0].metadata.contains("traceparent"));
    assert!(page.iter().all(|e| e.envelope.project_id == first.project_id));
}

#[tokio::test]
async fn two_projects_of_an_organization_never_share_a_slug() {
    let db = TestDb::new().await;
    let (node, org, first) = (node(db.store()), org(), Uuid::now_v7());
    carry_out(&node, &wish(org), first, create("billing")).await.unwrap();
    carry_out(&node, &wish(org), first, Command::Archive).await.unwrap();
    let before = db.written().await;
    let taken = carry_out(&node, &wish(org), Uuid::now_v7(), create("billing")).await.unwrap_err();
    assert!(matches!(taken, CommandError::Guard { index: 0, fault: GuardFault::Taken }), "{taken:?}");
    assert_eq!(db.written().await, before);
    carry_out(&node, &wish(self::org()), Uuid::now_v7(), create("billing")).await.unwrap();
    carry_out(&node, &wish(org), Uuid::now_v7(), create("invoices")).await.unwrap();
}

#[tokio::test]
async fn an_id_in_use_is_noticed_although_it_was_said_to_be_new() {
    let db = TestDb::new().await;
    let (a, b, org, id) = (node(db.store()), node(db.store()), org(), Uuid::now_v7());
    carry_out(&a, &wish(org), id, create("billing")).await.unwrap();
    let answer = b.begin::<Project>(&wish(org), id, create("other")).await;
    assert_eq!(rejected(answer), ("already_exists".into(), false));
    // Of another organization: it neither exists nor can it be made.
    let foreign = b.begin::<Project>(&wish(self::org()), id, create("other")).await.unwrap_err();
    assert!(matches!(foreign, CommandError::Conflict { actual: 0, .. }), "{foreign:?}");
    assert_eq!(db.count("events").await, 1);
}
