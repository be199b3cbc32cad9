use kernel::{EventKind as _, Uuid, given};

use super::*;

fn request(kind: Kind) -> Request {
    Request { run: RunId(Uuid::from_u128(7)), kind, by: ActorId(Uuid::from_u128(1)) }
}

fn requested() -> Event {
    Event::Requested(request(Kind::Message))
}

fn reason() -> Reason {
    Reason::new("it takes no messages").unwrap()
}

/// Every way to its end: the order, and what happened then.
fn ends() -> [(Command, Event); 3] {
    [
        (Command::Deliver { turn: 2 }, Event::Delivered { turn: 2 }),
        (Command::FailDelivery { reason: reason() }, Event::DeliveryFailed { reason: reason() }),
        (Command::Expire, Event::Expired),
    ]
}

#[test]
fn somebody_steps_in_once() {
    let wish = || Command::Request(request(Kind::Message));
    given::<Intervention>(&[]).when(wish()).then(&[requested()]);
    for history in [vec![requested()], vec![requested(), Event::Expired]] {
        given::<Intervention>(&history).when(wish()).then(&[]);
        let other = Command::Request(request(Kind::Interrupt));
        given::<Intervention>(&history).when(other).then_rejected("already_exists");
    }
}

#[test]
fn it_ends_once_and_in_one_way() {
    for (at, (command, event)) in ends().into_iter().enumerate() {
        given::<Intervention>(&[]).when(command.clone()).then_rejected("not_found");
        given::<Intervention>(&[requested()]).when(command).then(std::slice::from_ref(&event));
        for (other, (again, _)) in ends().into_iter().enumerate() {
            let settled = given::<Intervention>(&[requested(), event.clone()]).when(again);
            if other == at {
                settled.then(&[]);
            } else {
                settled.then_rejected("already_settled");
            }
        }
    }
    let another_turn = Command::Deliver { turn: 3 };
    given::<Intervention>(&[requested(), Event::Delivered { turn: 2 }])
        .when(another_turn)
        .then_rejected("already_settled");
}

#[test]
fn state_events_and_commands_survive_json() {
    for (command, event) in ends() {
        let state = given::<Intervention>(&[requested(), event.clone()]).state().clone();
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Intervention>(&text).unwrap(), state);
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command);
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["$type"], event.event_type());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
    }
    let wish = Command::Request(request(Kind::Interrupt));
    let text = serde_json::to_string(&wish).unwrap();
    assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), wish);
    // What follows on nothing changes nothing.
    assert_eq!(*given::<Intervention>(&[Event::Expired]).state(), Intervention::Absent);
}
