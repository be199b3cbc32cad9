//! The fold is total, and a snapshot is the state.

use super::stored::stored;
use super::*;

#[test]
fn any_event_may_follow_any_other() {
    let events: Vec<Event> = stored().into_iter().map(|(event, _)| event).collect();
    let mut histories: Vec<Vec<Event>> = vec![Vec::new()];
    for _ in 0..3 {
        histories = histories
            .iter()
            .flat_map(|history| events.iter().map(|event| then(history, std::slice::from_ref(event))))
            .collect();
    }
    assert_eq!(histories.len(), 14 * 14 * 14);
    for history in histories {
        let exists = history.iter().any(|event| matches!(event, Event::Created { .. }));
        assert_eq!(organization(&history).profile().is_some(), exists, "{history:?}");
    }
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    let full = [
        added(BOB, Role::Admin),
        sent(1, offer(address(4))),
        sent(2, offer(address(3))),
        accepted(2, CYD),
        added(CYD, Role::Viewer),
        sent(3, offer(address(5))),
        taken_back(3),
        issued(1, grant(ADA)),
        issued(2, KeyGrant { holder: KeyHolder::Project { project: PROJECT }, ..grant(BOB) }),
        issued(3, grant(BOB)),
        revoked(3, Revocation::Requested),
        Event::LimitsSet(limits(7)),
    ];
    let full = then(&founded(), &full);
    let stopped = then(&full, &[suspended()]);
    let closed = then(&full, &[Event::Closed]);
    for history in [vec![], founded(), full, stopped, closed] {
        let state = organization(&history);
        let snapshot = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Organization>(&snapshot).unwrap(), state, "{snapshot}");
    }
}
