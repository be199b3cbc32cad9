use execution::checked::Checked;
use execution::merge::{Finished, Joined, Of, Trial};
use kernel::Uuid;
use vocabulary::{Bounded, BranchName, CommandLine, Name, Reason, SpecId, TaskNumber};

use super::*;
use crate::testing::Folded;

const MERGE_ID: Uuid = Uuid::from_u128(9);

fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(100 + n))
}

fn commit(digit: char) -> CommitId {
    CommitId::new(&digit.to_string().repeat(40)).unwrap()
}

fn added(n: u32) -> Event {
    Event::CandidateAdded(Finished {
        task: task(n.into()),
        number: TaskNumber::new(n).unwrap(),
        title: Name::new("Parse the header").unwrap(),
        run: None,
        commit: commit(char::from_digit(n, 10).unwrap()),
    })
}

fn tell(folded: &mut Folded<MergeQueue>, events: Vec<Event>) {
    for event in events {
        folded.at = Timestamp::from_micros(folded.position * 10);
        folded.append(MERGE_ID, "merge", Fact::Merge(event));
    }
}

fn shown(folded: &Folded<MergeQueue>) -> MergeAnswer {
    folded.answer().rows.remove(0).row.answer(MergeId(MERGE_ID)).unwrap()
}

fn begun() -> Vec<Event> {
    let joined = |n, at| Joined { task: Some(task(n)), commit: commit(at) };
    vec![
        Event::Queued {
            of: Of::Spec(SpecId(Uuid::from_u128(1))),
            title: Name::new("Invoices").unwrap(),
            branch: BranchName::new("omoi/spec-invoices").unwrap(),
        },
        added(1),
        added(2),
        Event::BaseTaken { target: BranchName::new("main").unwrap(), commit: commit('a') },
        Event::StepBegun {
            step: 1,
            head: commit('a'),
            follows: None,
            joined: Bounded::new(vec![joined(1, 'b'), joined(2, 'c')]).unwrap(),
        },
    ]
}

fn verified(tasks: &[u128], at: char, exit: i32) -> Event {
    let trial =
        Trial { tasks: Bounded::new(tasks.iter().map(|n| task(*n)).collect()).unwrap(), commit: commit(at) };
    let cmd = CommandLine::new("make test").unwrap();
    let commands = Bounded::new(vec![Checked { cmd, exit, duration_ms: 8, output: None }]).unwrap();
    if exit == 0 {
        Event::VerificationPassed { step: 1, trial, commands }
    } else {
        Event::VerificationFailed { step: 1, trial, commands }
    }
}

#[test]
fn a_merge_shows_what_is_tried_and_what_is_in_it() {
    let mut folded = Folded::<MergeQueue>::default();
    tell(&mut folded, begun());
    let trying = shown(&folded);
    assert_eq!((trying.status, trying.waits), (MergeState::Merging, None));
    assert!(trying.candidates.iter().all(|one| one.state == CandidateState::Trying), "{trying:?}");
    assert_eq!(trying.steps[0].outcome, StepOutcome::Running);

    let tasks = Bounded::new(vec![task(1), task(2)]).unwrap();
    tell(
        &mut folded,
        vec![verified(&[1, 2], 'c', 0), Event::StepMerged { step: 1, head: commit('c'), tasks }],
    );
    let merged = shown(&folded);
    assert_eq!((merged.status, merged.waits), (MergeState::Queued, Some(Waits::Tasks)));
    assert_eq!((merged.head, merged.verifications), (Some(commit('c')), 1));
    let brought: Vec<_> = merged.candidates.iter().map(|one| one.merged_as.clone().unwrap()).collect();
    assert_eq!(brought, [commit('b'), commit('c')]);
    assert_eq!(merged.steps[0].outcome, StepOutcome::Green);
    assert_eq!(merged.steps[0].commands[0].exit, 0);
}

#[test]
fn what_does_not_hold_is_named_with_the_other_one() {
    let mut folded = Folded::<MergeQueue>::default();
    tell(&mut folded, begun());
    let reason = || Reason::new("`make test` ended with 2").unwrap();
    tell(
        &mut folded,
        vec![
            verified(&[1, 2], 'c', 2),
            verified(&[1], 'b', 0),
            verified(&[2], 'd', 0),
            Event::Bisected {
                step: 1,
                culprit: Some(task(2)),
                with: Some(task(1)),
                verifications: 3,
                reason: reason(),
            },
            Event::Parked {
                task: task(2),
                code: Name::new("red").unwrap(),
                reason: reason(),
                with: Some(task(1)),
            },
            Event::StepMerged { step: 1, head: commit('b'), tasks: Bounded::new(vec![task(1)]).unwrap() },
        ],
    );
    let shown = shown(&folded);
    assert_eq!((shown.status, shown.waits), (MergeState::Parked, Some(Waits::Person)));
    let step = &shown.steps[0];
    assert_eq!((step.outcome, step.verifications), (StepOutcome::Red, 3));
    assert_eq!((step.culprit, step.with), (Some(task(2)), Some(task(1))));
    let park = shown.candidates[1].park.clone().unwrap();
    assert_eq!((park.code.as_str(), park.with), ("red", Some(task(1))));
    assert_eq!(shown.candidates[0].merged_as, Some(commit('b')));
    assert_eq!(shown.candidates[1].merged_as, None);
}

#[test]
fn a_row_survives_json() {
    let mut folded = Folded::<MergeQueue>::default();
    tell(&mut folded, begun());
    let row = folded.answer().rows.remove(0).row;
    let text = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Stored>(&text).unwrap(), row);
}
