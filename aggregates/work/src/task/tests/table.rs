//! The transition table: every state with every command.

use kernel::{Decider as _, EventKind as _, Rejection as _};

use super::*;

const STATES: [&str; 14] = [
    "absent",
    "planned",
    "ready",
    "blocked_planned",
    "blocked_ready",
    "blocked_awaiting",
    "claimed",
    "run_running",
    "person_running",
    "validating",
    "awaiting",
    "failed",
    "completed",
    "cancelled",
];

fn history(state: &str) -> Vec<Event> {
    let awaiting = || {
        let at = Timestamp::from_micros(2_000_000);
        then(
            &running(BY_RUN),
            &[attempt_failed(1, FailureClass::Transient), Event::RetryScheduled { attempt: 1, at }],
        )
    };
    let evidence = submitted(1, EvidenceKind::Verified, &[0]);
    match state {
        "absent" => vec![],
        "planned" => vec![planned()],
        "ready" => vec![planned(), READY],
        "blocked_planned" => vec![planned(), blocked(ADA_BLOCKS)],
        "blocked_ready" => vec![planned(), READY, blocked(ADA_BLOCKS)],
        "blocked_awaiting" => then(&awaiting(), &[blocked(ADA_BLOCKS)]),
        "claimed" => vec![planned(), READY, claimed(1, BY_RUN)],
        "run_running" => running(BY_RUN),
        "person_running" => running(BY_ADA),
        "validating" => then(&running(BY_RUN), &[evidence]),
        "awaiting" => awaiting(),
        "failed" => then(&running(BY_RUN), &[Event::Failed { reason: reason("no disk left") }]),
        "completed" => then(&running(BY_RUN), &[evidence, Event::Completed { kind: EvidenceKind::Verified }]),
        "cancelled" => vec![planned(), Event::Cancelled { reason: None }],
        other => panic!("no state {other}"),
    }
}

/// Every command with what it causes in the states that do not refuse everything: `states: outcome | ...`, an
/// outcome being event names, `-` for a success without events, or `!code`. `*` is every state not yet named.
fn table() -> Vec<(Command, &'static str)> {
    vec![
        (Command::Plan(plan(&[])), "absent: planned became_ready | *: !already_exists"),
        (Command::Import(plan(&[FIRST])), "absent: planned completed | *: !already_exists"),
        (
            Command::AddDependency { task: ITSELF, on: OTHER },
            "claimed run_running person_running validating: !claimed_already | failed: !already_failed
             | *: dependency_added",
        ),
        (
            Command::RemoveDependency { on: FIRST },
            "planned blocked_planned: dependency_removed became_ready
             | ready blocked_ready awaiting blocked_awaiting: dependency_removed
             | failed: !already_failed | *: !claimed_already",
        ),
        (
            Command::BecomeReady { satisfied: tasks(&[FIRST]) },
            "planned: became_ready | ready blocked_ready: - | blocked_planned: !blocked
             | failed: !already_failed | *: !not_planned",
        ),
        (
            Command::Claim { run: RUN, epoch: 1 },
            "ready: claimed | planned awaiting: !not_ready
             | blocked_planned blocked_ready blocked_awaiting: !blocked
             | failed: !already_failed | *: !claimed_already",
        ),
        (
            Command::Start { epoch: 1 },
            "claimed: started | run_running person_running: !already_running
             | failed: !already_failed | *: !not_claimed",
        ),
        (
            Command::StartByPerson { actor: ADA },
            "ready: claimed started | planned awaiting: !not_ready
             | blocked_planned blocked_ready blocked_awaiting: !blocked
             | failed: !already_failed | *: !claimed_already",
        ),
        (
            Command::ExpireClaim { epoch: 1, commit: None },
            "claimed run_running: claim_expired | person_running: !held_by_person
             | failed: !already_failed | *: !not_claimed",
        ),
        (
            Command::LoseClaim { epoch: 1, commit: None, now: Timestamp::default() },
            "claimed run_running: claim_expired retry_scheduled | person_running: !held_by_person
             | failed: !already_failed | *: !not_claimed",
        ),
        (
            Command::Fail(failure(FailureClass::Transient, None)),
            "claimed run_running person_running validating: attempt_failed retry_scheduled
             | failed: !already_failed | *: !not_running",
        ),
        (Command::RetryDue { attempt: 1 }, "awaiting blocked_awaiting: became_ready | *: -"),
        (Command::Retry, "awaiting failed: became_ready | blocked_awaiting: !blocked | *: !not_failed"),
        (
            Command::SubmitEvidence(verified(1, &[0])),
            "run_running: evidence_submitted validation_passed completed
             | person_running: !held_by_person | failed: !already_failed | *: !not_running",
        ),
        (
            Command::SubmitEvidence(evidence(EvidenceKind::Attested, None, &[0])),
            "person_running: evidence_submitted validation_passed completed
             | run_running: !held_by_run | failed: !already_failed | *: !not_running",
        ),
        (
            Command::PassValidation { iteration: 1 },
            "validating: validation_passed completed | failed: !already_failed | *: !not_validating",
        ),
        (
            Command::RequestRevision { iteration: 1, feedback: text("no test") },
            "validating: revision_requested | failed: !already_failed | *: !not_validating",
        ),
        (
            block(Blocker::Person { actor: BOB }),
            "claimed run_running person_running validating: !claimed_already
             | failed: !already_failed | *: blocked",
        ),
        (
            Command::Unblock { by: ADA_BLOCKS },
            "blocked_planned blocked_ready blocked_awaiting: unblocked
             | failed: !already_failed | *: !not_blocked",
        ),
        (
            Command::Revise {
                revision: Box::new(Revision { priority: Some(Priority::High), ..Revision::default() }),
                waits: Waits::default(),
            },
            "*: revised",
        ),
        (
            Command::Withdraw { reason: text("gone") },
            "planned ready blocked_planned blocked_ready: cancelled | failed: !already_failed
             | *: !claimed_already",
        ),
        (Command::Prioritise { priority: Priority::High }, "*: priority_changed"),
        (Command::Cancel { reason: None }, "*: cancelled"),
    ]
}

/// What the table says of `state`; what holds for every command but `Plan` and `Import` is said here once.
fn expected<'a>(command: &Command, row: &'a str, state: &str) -> &'a str {
    if !matches!(command, Command::Plan(_) | Command::Import(_)) {
        match state {
            "absent" => return "!not_found",
            "completed" => return "!already_completed",
            "cancelled" => return "!already_cancelled",
            _ => {}
        }
    }
    let mut cells = row.split('|').map(|cell| cell.split_once(':').unwrap());
    let (_, outcome) = cells
        .find(|(states, _)| states.split_whitespace().any(|named| named == state || named == "*"))
        .unwrap_or_else(|| panic!("the row of {command:?} is silent about {state}"));
    outcome.trim()
}

fn outcome(state: &str, command: Command) -> String {
    match given::<Task>(&history(state)).state().decide(command) {
        Err(rejection) => format!("!{}", rejection.code()),
        Ok(events) if events.is_empty() => "-".into(),
        Ok(events) => {
            let names: Vec<_> = events.iter().map(|event| &event.event_type()["task.".len()..]).collect();
            names.join(" ")
        }
    }
}

#[test]
fn every_pair_of_state_and_command_has_the_outcome_of_the_table() {
    let (mut legal, mut illegal) = (0, 0);
    for (command, row) in table() {
        for state in STATES {
            let expected = expected(&command, row, state);
            assert_eq!(outcome(state, command.clone()), expected, "{command:?} while {state}");
            if expected.starts_with('!') { illegal += 1 } else { legal += 1 }
        }
    }
    assert_eq!(table().len(), 22 + 1, "every command, and evidence of both kinds");
    assert_eq!(legal, LEGAL);
    assert_eq!(illegal, STATES.len() * table().len() - LEGAL);
}

/// Counted by hand, row by row.
const LEGAL: usize =
    1 + 1 + 6 + 6 + 3 + 1 + 1 + 1 + 2 + 2 + 4 + 11 + 2 + 1 + 1 + 1 + 1 + 6 + 3 + 11 + 4 + 11 + 11;

#[test]
fn the_table_names_only_states_that_exist() {
    for (command, row) in table() {
        for cell in row.split('|') {
            for state in cell.split_once(':').unwrap().0.split_whitespace() {
                assert!(state == "*" || STATES.contains(&state), "{state} in the row of {command:?}");
            }
        }
    }
}

#[test]
fn the_status_has_one_word() {
    let words = STATES.map(|state| given::<Task>(&history(state)).state().status_name());
    let expected = [
        "absent",
        "planned",
        "ready",
        "blocked",
        "blocked",
        "blocked",
        "claimed",
        "running",
        "running",
        "validating",
        "awaiting_retry",
        "failed",
        "completed",
        "cancelled",
    ];
    assert_eq!(words, expected);
}

/// The verbs of a person as commands that are sensible in the given state.
fn verbs() -> Vec<(&'static str, Command)> {
    vec![
        ("start", Command::StartByPerson { actor: ADA }),
        ("fail", Command::Fail(failure(FailureClass::Transient, None))),
        ("submit-evidence", Command::SubmitEvidence(evidence(EvidenceKind::Attested, None, &[0]))),
        ("retry", Command::Retry),
        ("block", block(Blocker::Person { actor: BOB })),
        ("unblock", Command::Unblock { by: ADA_BLOCKS }),
        ("prioritise", Command::Prioritise { priority: Priority::High }),
        ("cancel", Command::Cancel { reason: None }),
        ("depend", Command::AddDependency { task: ITSELF, on: OTHER }),
        ("undepend", Command::RemoveDependency { on: FIRST }),
    ]
}

#[test]
fn what_is_called_possible_is_what_is_decided() {
    for state in STATES {
        let given = given::<Task>(&history(state));
        let task = given.state();
        for (verb, command) in verbs() {
            let accepted = task.decide(command).is_ok();
            assert_eq!(task.possible().contains(&verb), accepted, "{verb} while {state}");
        }
    }
}

#[test]
fn a_rejection_says_the_status_and_what_is_possible_instead() {
    let refuse = |state: &str, command| {
        given::<Task>(&history(state)).state().decide(command).unwrap_err().to_string()
    };
    assert_eq!(
        refuse("run_running", Command::StartByPerson { actor: ADA }),
        "the task is running; possible now: fail, prioritise, cancel"
    );
    assert_eq!(
        refuse("blocked_ready", Command::Claim { run: RUN, epoch: 1 }),
        "the task is blocked; possible now: block, depend, unblock, undepend, prioritise, cancel"
    );
    assert_eq!(refuse("completed", Command::Retry), "the task is completed; possible now: nothing");
}
