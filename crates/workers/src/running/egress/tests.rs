use std::collections::BTreeMap;

use eventstore::{Context, Options};
use kernel::{ActorId, CommandId, OrgId, ProjectId, Uuid};
use ports::BoxFuture;
use ports::outside::OutsideError;

use super::*;
use crate::running::journal::Journal;

#[derive(Debug)]
struct Nowhere;

impl Outside for Nowhere {
    fn addresses<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, OutsideError>> {
        Box::pin(std::future::ready(Err(OutsideError::Unknown)))
    }
}

/// The way out of a run whose database is away.
fn egress() -> Egress {
    let store = Store::open(&Options::new("postgres://nobody@127.0.0.1:1/nothing")).unwrap();
    let context = Context {
        org: OrgId(Uuid::nil()),
        actor: ActorId(Uuid::nil()),
        command_id: CommandId(Uuid::nil()),
        request_hash: [0; 32],
        correlation_id: Uuid::nil(),
        causation_id: None,
        epoch: None,
        metadata: BTreeMap::new(),
    };
    let journal = Journal::begin(&store, context, (Uuid::nil(), 1), ProjectId(Uuid::nil()), "host");
    Egress::new(AllowedHosts::default(), Arc::new(Nowhere), store, Arc::new(journal))
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_now_is_refused_and_its_record_is_still_owed() {
    let egress = egress();
    let refused = egress.decide(&Wanted::read("example.org:443").unwrap(), CONNECT_METHOD).await.unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("away", StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(egress.0.ways.len(), 1);
    // The run does not end before it is written, and the end of a way is owed as well.
    assert!(timeout(Duration::from_secs(600), egress.close()).await.is_err());
    let to = Wanted::read("example.org:443").unwrap();
    let ended = timeout(Duration::from_secs(600), egress.0.ended(&to, "closed", 1, 2)).await;
    assert!(ended.is_err());
}
