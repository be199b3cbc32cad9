use kernel::{ActorId, Uuid, derived_uuid};
use oversight::intervention::{Command, Event, Intervention, Kind, Request};
use vocabulary::{Reason, RunId};

use super::super::event::{self, Lane, Registration};
use super::Published;

const PERSON: ActorId = ActorId(Uuid::from_u128(0x20));

pub(super) fn events() -> Published {
    let registered = |event_type, history: Vec<Event>, command| Registration {
        event_type,
        history,
        command,
        lane: Lane::Events,
    };
    let reason = Reason::new("it takes no messages").expect("a literal with words");
    event::of::<Intervention>(vec![
        registered("intervention.requested", vec![], Command::Request(request())),
        registered("intervention.delivered", vec![requested()], Command::Deliver { turn: 1 }),
        registered("intervention.delivery_failed", vec![requested()], Command::FailDelivery { reason }),
        registered("intervention.expired", vec![requested()], Command::Expire),
    ])
}

fn requested() -> Event {
    Event::Requested(request())
}

fn request() -> Request {
    Request { run: RunId(derived_uuid(&[b"run"])), kind: Kind::Message, by: PERSON }
}
