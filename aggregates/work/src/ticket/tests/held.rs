//! What a ticket says about work on its tasks.

use kernel::Rejection as _;

use super::*;

/// What holds back a task of this phase, and in which words.
fn told(history: &[Event], phase: Phase, unfinished: Option<TicketNumber>) -> Option<(&'static str, String)> {
    ticket(history).holds_back(phase, unfinished).map(|held| (held.code(), held.to_string()))
}

fn code(history: &[Event], phase: Phase, unfinished: Option<TicketNumber>) -> Option<&'static str> {
    told(history, phase, unfinished).map(|(code, _)| code)
}

#[test]
fn work_begins_in_the_phases_that_the_ticket_has_reached() {
    let history = [created_in(Phase::Implementation)];
    let may = |phase| code(&history, phase, None);
    for phase in Phase::ALL {
        let expected = (phase > Phase::Implementation).then_some("phase_ahead");
        assert_eq!(may(phase), expected, "{phase}");
    }
    let (_, words) = told(&history, Phase::Testing, None).unwrap();
    assert!(words.contains("`omoi ticket move TKT-001 testing`"), "{words}");
    let entered =
        Event::PhaseEntered { from: Phase::Implementation, to: Phase::Testing, forced: true, by: Some(ADA) };
    assert_eq!(code(&then(&history, &[entered]), Phase::Testing, None), None);
}

#[test]
fn no_work_begins_while_the_ticket_is_blocked_or_waits_or_when_it_is_given_up() {
    let history = [created_in(Phase::Implementation)];
    let here = |more: &[Event], unfinished| code(&then(&history, more), Phase::Implementation, unfinished);
    let blocked = Event::Blocked { reason: reason("the key is missing"), by: ADA };
    let first = TicketNumber::new(7).unwrap();
    assert_eq!(here(&[], None), None);
    assert_eq!(here(&[], Some(first)), Some("ticket_waits"));
    assert_eq!(here(std::slice::from_ref(&blocked), Some(first)), Some("ticket_blocked"));
    assert_eq!(here(&[blocked.clone(), Event::Unblocked { by: BOB }], None), None);
    assert_eq!(here(&[blocked.clone(), Event::Cancelled { reason: None }], None), Some("ticket_cancelled"));
    assert_eq!(code(&[], Phase::Testing, Some(first)), None, "nobody knows it");
    let words =
        |unfinished, more: &[Event]| told(&then(&history, more), Phase::Backlog, unfinished).unwrap().1;
    assert!(words(None, &[blocked]).contains("TKT-001 is blocked: the key is missing"));
    assert!(words(Some(first), &[]).contains("waits for TKT-007"));
}
