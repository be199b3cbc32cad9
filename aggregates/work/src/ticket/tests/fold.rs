//! The fold is total, and a snapshot is the state.

use super::*;

/// One of each event, and the two ways of entering a phase.
fn events() -> Vec<Event> {
    let mut events: Vec<Event> = super::stored::stored().into_iter().map(|(event, _)| event).collect();
    events.push(entered(Phase::Done, Phase::Design));
    events
}

#[test]
fn any_event_may_follow_any_other() {
    let events = events();
    let mut histories: Vec<Vec<Event>> = vec![Vec::new()];
    for _ in 0..3 {
        histories = histories
            .iter()
            .flat_map(|history| events.iter().map(|event| then(history, std::slice::from_ref(event))))
            .collect();
    }
    assert_eq!(histories.len(), events.len().pow(3));
    for history in histories {
        let exists = history.iter().any(|event| matches!(event, Event::Created { .. }));
        let ticket = ticket(&history);
        assert_eq!(ticket.card().is_some(), exists, "{history:?}");
        assert_eq!(ticket.possible().is_empty(), !exists, "{history:?}");
        if !matches!(ticket, Ticket::Open(_)) {
            let block = ticket.card().and_then(|card| card.blocked.as_ref());
            assert_eq!(block, None, "{history:?}");
        }
    }
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    let full = vec![
        created(),
        attached(1, Phase::Implementation),
        completed_with(1, EvidenceNote::Verified),
        attached(2, Phase::Testing),
        requested(Phase::Implementation),
        granted(Phase::Implementation),
        requested(Phase::Testing),
        rejected(Phase::Testing),
        requested(Phase::Deployment),
        Event::DependencyAdded { on: OTHER },
        Event::CommitLinked { sha: sha(), url: Some(url("commit/0f3c")) },
        Event::PullRequestLinked { number: NonZeroU32::MIN, url: url("pull/1") },
        Event::Reordered { rank: rank("i") },
        blocked(),
    ];
    let done = then(&full, &[entered(Phase::Implementation, Phase::Done), Event::Completed]);
    let dropped = then(&full, &[cancelled()]);
    for history in [vec![], vec![created()], full, done, dropped] {
        let state = ticket(&history);
        let snapshot = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Ticket>(&snapshot).unwrap(), state, "{snapshot}");
    }
}
