//! Snapshots are taken beside the commands, and the next load starts at them.

use commands::{Handled, Permission, Site};
use eventstore::Guard;
use kernel::Uuid;

use crate::counter::{Command, Counter, Event};
use crate::projects::{node, wish};
use crate::support::{TestDb, org};

impl Handled for Counter {
    type Rules = ();

    fn permission(_: &Command) -> Permission {
        Permission::WriteTasks
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_snapshot_appears_when_a_stream_has_grown_by_500() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    let raise = |times| Command::Raise { by: 1, times };
    node.execute::<Counter>(&wish(org), id, raise(499)).await.unwrap();
    node.close().await;
    assert_eq!(db.count("snapshots").await, 0);
    node.execute::<Counter>(&wish(org), id, raise(1)).await.unwrap();
    node.execute::<Counter>(&wish(org), id, raise(3)).await.unwrap();
    node.close().await;
    assert_eq!(db.count("snapshots").await, 1);

    let elsewhere = db.store();
    let loaded =
        elsewhere.load::<Counter>(org, &id.to_string(), wish(org).command_id).await.unwrap().aggregate;
    assert_eq!((loaded.version, loaded.snapshot_version, loaded.state.value), (503, 500, 503));
    let node = crate::projects::node(elsewhere);
    node.execute::<Counter>(&wish(org), id, raise(497)).await.unwrap();
    node.close().await;
    let versions: Vec<i64> = sqlx::query_scalar("select version from es.snapshots")
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap();
    assert_eq!(versions, [1000], "one snapshot a stream, the newest");
}
