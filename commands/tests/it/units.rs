//! A unit of work over several streams: all of it acts, or nothing.

use commands::{CommandError, Dispatcher, Receipt, Step};
use eventstore::{Direction, Filter};
use kernel::{OrgId, Uuid};
use work::project::Project;

use crate::counter::{Command, Counter};
use crate::projects::{create, keyed, node, rejected, rename, wish};
use crate::support::{TestDb, org};

fn raise(by: i64) -> Command {
    Command::Raise { by, times: 1 }
}

async fn both(node: &Dispatcher, org: OrgId, project: Uuid, counter: Uuid) -> Result<Receipt, CommandError> {
    let steps = vec![
        Step::on::<Counter>(counter, raise(1)),
        Step::on::<Project>(project, rename(&Uuid::now_v7().to_string())),
    ];
    node.carry_out(&wish(org), steps).await
}

#[tokio::test]
async fn the_events_of_a_unit_stand_side_by_side_in_the_order_of_its_steps() {
    let db = TestDb::new().await;
    let (node, org, project, counter) = (node(db.store()), org(), Uuid::now_v7(), Uuid::now_v7());
    let steps = vec![
        Step::on::<Project>(project, create("billing")).beginning(),
        Step::on::<Counter>(counter, raise(2)).in_project(kernel::ProjectId(project)),
    ];
    let receipt = node.carry_out(&wish(org), steps).await.unwrap();
    assert_eq!((receipt.first_position, receipt.last_position, receipt.version), (Some(1), Some(2), Some(1)));

    let page = node.store().reader().page(&Filter::default(), 0, 10, Direction::Forwards).await.unwrap();
    let kinds: Vec<_> = page.iter().map(|event| event.envelope.aggregate_type.as_str()).collect();
    assert_eq!(kinds, ["project", "counter"]);
    assert!(page.iter().all(|event| event.envelope.project_id == Some(kernel::ProjectId(project))));
    assert_eq!(page[0].envelope.command_id, page[1].envelope.command_id);

    let known = node.peek::<Counter>(org, counter).await.unwrap();
    assert_eq!((known.version, known.state.value), (1, 2));
}

#[tokio::test]
async fn a_step_that_is_refused_takes_the_others_with_it() {
    let db = TestDb::new().await;
    let (node, org, project, counter) = (node(db.store()), org(), Uuid::now_v7(), Uuid::now_v7());
    let before = db.written().await;
    // No such project.
    assert_eq!(rejected(both(&node, org, project, counter).await), ("not_found".into(), false));
    assert_eq!(db.written().await, before);
    assert_eq!(node.peek::<Counter>(org, counter).await.unwrap().version, 0);
}

#[tokio::test]
async fn a_repeat_of_a_unit_answers_the_same_and_appends_nothing() {
    let db = TestDb::new().await;
    let (first, second) = (node(db.store()), node(db.store()));
    let (org, project, counter) = (org(), Uuid::now_v7(), Uuid::now_v7());
    let steps = || {
        vec![
            Step::on::<Project>(project, create("billing")).beginning(),
            Step::on::<Counter>(counter, raise(2)).beginning(),
        ]
    };
    let once = first.carry_out(&keyed(org, "k", "body"), steps()).await.unwrap();
    let written = db.written().await;
    for node in [&first, &second] {
        let again = node.carry_out(&keyed(org, "k", "body"), steps()).await.unwrap();
        assert!(again.repeated);
        assert_eq!((again.first_position, again.last_position), (once.first_position, once.last_position));
    }
    assert_eq!(db.written().await, written);
}

#[tokio::test]
async fn a_step_that_expects_another_version_is_refused_with_the_real_one() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    node.begin::<Project>(&wish(org), id, create("billing")).await.unwrap();
    let expecting = |version| vec![Step::on::<Project>(id, rename("Invoices")).expecting(Some(version))];
    let before = db.written().await;
    let moved = node.carry_out(&wish(org), expecting(7)).await.unwrap_err();
    assert!(matches!(&moved, CommandError::Moved { actual: 1, .. }), "{moved:?}");
    assert_eq!(db.written().await, before);
    let receipt = node.carry_out(&wish(org), expecting(1)).await.unwrap();
    assert_eq!(receipt.version, Some(2));
}

#[tokio::test]
async fn a_stream_that_a_unit_names_twice_is_refused() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    let steps = vec![Step::on::<Counter>(id, raise(1)), Step::on::<Counter>(id, raise(1))];
    let error = node.carry_out(&wish(org), steps).await.unwrap_err();
    assert!(matches!(&error, CommandError::Broken(reason) if reason.contains("twice")), "{error:?}");
}

#[tokio::test]
async fn units_that_name_the_same_streams_in_another_order_never_wait_for_each_other() {
    let db = TestDb::new().await;
    let (node, org, a, b) = (node(db.store()), org(), Uuid::now_v7(), Uuid::now_v7());
    let units = (0..40).map(|n| {
        let (node, ids) = (node.clone(), if n % 2 == 0 { [a, b] } else { [b, a] });
        async move {
            let steps = ids.map(|id| Step::on::<Counter>(id, raise(1))).into();
            node.carry_out(&wish(org), steps).await.unwrap();
        }
    });
    futures::future::join_all(units).await;
    for id in [a, b] {
        assert_eq!(node.peek::<Counter>(org, id).await.unwrap().state.value, 40);
    }
}
