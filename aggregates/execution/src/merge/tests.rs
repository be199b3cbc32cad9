//! Each command in each state, and the stories that a table does not tell.

use std::slice::from_ref;

use kernel::{EventKind as _, Uuid, given};
use vocabulary::{Bounded, CommandLine, FilePattern, RunId, TaskNumber};

use super::*;
use crate::checked::Checked;

const ADA: ActorId = ActorId(Uuid::from_u128(20));
const OF: Of = Of::Spec(SpecId(Uuid::from_u128(1)));

fn task(n: u128) -> TaskId {
    TaskId(Uuid::from_u128(100 + n))
}

fn commit(digit: char) -> CommitId {
    CommitId::new(&digit.to_string().repeat(40)).unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

fn branch(text: &str) -> BranchName {
    BranchName::new(text).unwrap()
}

fn finished(n: u128) -> Finished {
    Finished {
        task: task(n),
        number: TaskNumber::new(u32::try_from(n).unwrap()).unwrap(),
        title: name("Parse the header"),
        run: Some(RunId(Uuid::from_u128(7))),
        commit: commit(char::from_digit(u32::try_from(n).unwrap(), 10).unwrap()),
    }
}

fn add(n: u128) -> Command {
    Command::Add {
        of: OF,
        title: name("Invoices"),
        branch: branch("omoi/spec-invoices"),
        finished: finished(n),
    }
}

fn queued() -> Event {
    Event::Queued { of: OF, title: name("Invoices"), branch: branch("omoi/spec-invoices") }
}

fn added(n: u128) -> Event {
    Event::CandidateAdded(finished(n))
}

fn base() -> Event {
    Event::BaseTaken { target: branch("main"), commit: commit('a') }
}

fn joined(tasks: &[u128], commits: &str) -> Bounded<Joined, 1, 64> {
    let joined = tasks.iter().zip(commits.chars());
    let joined = joined.map(|(n, at)| Joined { task: Some(task(*n)), commit: commit(at) });
    Bounded::new(joined.collect()).unwrap()
}

fn begin(head: char, tasks: &[u128], commits: &str) -> Command {
    Command::BeginStep { head: commit(head), follows: None, joined: joined(tasks, commits) }
}

fn begun(step: u32, head: char, tasks: &[u128], commits: &str) -> Event {
    Event::StepBegun { step, head: commit(head), follows: None, joined: joined(tasks, commits) }
}

fn trial(tasks: &[u128], at: char) -> Trial {
    Trial { tasks: Bounded::new(tasks.iter().map(|n| task(*n)).collect()).unwrap(), commit: commit(at) }
}

fn checked(exit: i32) -> Bounded<Checked, 0, 50> {
    let cmd = CommandLine::new("make test").unwrap();
    Bounded::new(vec![Checked { cmd, exit, duration_ms: 8, output: None }]).unwrap()
}

fn judge(tasks: &[u128], at: char, passed: bool) -> Command {
    Command::Judge { trial: trial(tasks, at), passed, commands: checked(i32::from(!passed)) }
}

fn passed(step: u32, tasks: &[u128], at: char) -> Event {
    Event::VerificationPassed { step, trial: trial(tasks, at), commands: checked(0) }
}

fn failed(step: u32, tasks: &[u128], at: char) -> Event {
    Event::VerificationFailed { step, trial: trial(tasks, at), commands: checked(1) }
}

fn merged(step: u32, head: char, tasks: &[u128]) -> Event {
    let tasks = Bounded::new(tasks.iter().map(|n| task(*n)).collect()).unwrap();
    Event::StepMerged { step, head: commit(head), tasks }
}

fn parked(n: u128, code: &str) -> Event {
    Event::Parked { task: task(n), code: name(code), reason: reason("by hand"), with: None }
}

fn park(n: u128) -> Command {
    Command::Park { task: task(n), code: name("conflict"), reason: reason("by hand"), with: None }
}

fn red(green: usize, with: Option<u128>) -> Command {
    Command::FinishStep(Verdict::Red { green, with: with.map(task), reason: reason("it fails") })
}

fn conflict(n: u128, head: char) -> Command {
    let paths = Bounded::new(vec![FilePattern::new("src/a.rs").unwrap()]).unwrap();
    Command::FindConflict { task: task(n), head: commit(head), files: 1, paths }
}

fn found(n: u128, head: char) -> Event {
    let paths = Bounded::new(vec![FilePattern::new("src/a.rs").unwrap()]).unwrap();
    Event::ConflictFound { task: task(n), head: commit(head), files: 1, paths }
}

fn model() -> Resolver {
    Resolver::Model { provider: name("local") }
}

/// One candidate, merged.
fn one_merged() -> Vec<Event> {
    vec![queued(), added(1), base(), begun(1, 'a', &[1], "b"), passed(1, &[1], 'b'), merged(1, 'b', &[1])]
}

/// Whole: nothing more is to come.
fn whole() -> Vec<Event> {
    [one_merged(), vec![Event::WorkCompleted, Event::Merged { head: commit('b') }]].concat()
}

fn status(history: &[Event]) -> &'static str {
    given::<Merge>(history).state().details().unwrap().status()
}

#[test]
fn a_merge_begins_with_its_first_candidate_and_takes_each_once() {
    given::<Merge>(&[]).when(add(1)).then(&[queued(), added(1)]);
    given::<Merge>(&[queued(), added(1)]).when(add(1)).then(&[]);
    given::<Merge>(&[queued(), added(1)]).when(add(2)).then(&[added(2)]);
    for command in [park(1), Command::NoteWorkCompleted, begin('a', &[1], "b"), approve('a')] {
        given::<Merge>(&[]).when(command).then_rejected("not_found");
    }
    assert_eq!(status(&[queued(), added(1)]), "merging");
}

fn approve(head: char) -> Command {
    Command::Approve { head: commit(head), by: ADA }
}

#[test]
fn it_stands_on_what_people_work_on_since_once() {
    let take = || Command::TakeBase { target: branch("main"), commit: commit('a') };
    given::<Merge>(&[queued(), added(1)]).when(take()).then(&[base()]);
    given::<Merge>(&[queued(), added(1), base()]).when(take()).then(&[]);
}

#[test]
fn a_step_holds_what_waits_and_is_begun_once() {
    let before = [queued(), added(1), added(2), base()];
    let both = || begin('a', &[1, 2], "bc");
    given::<Merge>(&before).when(both()).then(&[begun(1, 'a', &[1, 2], "bc")]);
    given::<Merge>(&before).when(begin('f', &[1], "b")).then_rejected("head_moved");
    given::<Merge>(&before).when(begin('a', &[3], "b")).then_rejected("unknown_candidate");
    given::<Merge>(&before[..3]).when(both()).then_rejected("not_waiting");
    let going = [&before[..], &[begun(1, 'a', &[1, 2], "bc")]].concat();
    given::<Merge>(&going).when(both()).then(&[]);
    given::<Merge>(&going).when(begin('a', &[1], "b")).then_rejected("in_step");
    for command in [park(1), conflict(1, 'a')] {
        given::<Merge>(&going).when(command).then_rejected("in_step");
    }
    let parked = [&before[..], &[parked(1, "conflict")]].concat();
    given::<Merge>(&parked).when(both()).then_rejected("not_waiting");
}

#[test]
fn what_was_not_verified_is_never_merged() {
    let going = vec![queued(), added(1), added(2), base(), begun(1, 'a', &[1, 2], "bc")];
    let green = || Command::FinishStep(Verdict::Green);
    given::<Merge>(&going).when(green()).then_rejected("not_verified");
    given::<Merge>(&going).when(judge(&[1, 2], 'c', true)).then(&[passed(1, &[1, 2], 'c')]);
    let known = [going.clone(), vec![passed(1, &[1, 2], 'c')]].concat();
    given::<Merge>(&known).when(judge(&[1, 2], 'c', true)).then(&[]);
    given::<Merge>(&known).when(green()).then(&[merged(1, 'c', &[1, 2])]);
    // The first one alone was never tried.
    let red_together = [going, vec![failed(1, &[1, 2], 'c')]].concat();
    given::<Merge>(&red_together).when(red(1, None)).then_rejected("not_verified");
    given::<Merge>(&[queued(), added(1), base()]).when(green()).then_rejected("no_step");
}

#[test]
fn what_holds_is_merged_and_the_culprit_waits_for_a_person() {
    let history = [
        queued(),
        added(1),
        added(2),
        added(3),
        base(),
        begun(1, 'a', &[1, 2, 3], "bcd"),
        failed(1, &[1, 2, 3], 'd'),
        passed(1, &[1], 'b'),
        failed(1, &[1, 2], 'c'),
        passed(1, &[2], 'e'),
    ];
    let found = Event::Bisected {
        step: 1,
        culprit: Some(task(2)),
        with: Some(task(1)),
        verifications: 4,
        reason: reason("it fails"),
    };
    let culprit =
        Event::Parked { task: task(2), code: name("red"), reason: reason("it fails"), with: Some(task(1)) };
    let events = [found, culprit, merged(1, 'b', &[1])];
    given::<Merge>(&history).when(red(1, Some(1))).then(&events);
    let after = [&history[..], &events].concat();
    assert_eq!(status(&after), "merging");
    let state = given::<Merge>(&after).state().clone();
    let details = state.details().unwrap();
    assert_eq!(details.head, Some(commit('b')));
    assert_eq!(details.candidate(task(3)).unwrap().standing, Standing::Waiting);
    assert_eq!(details.step, None);
}

#[test]
fn what_the_head_has_already_needs_no_verification() {
    let before = [one_merged(), vec![added(2), begun(2, 'b', &[2], "b")]].concat();
    given::<Merge>(&before).when(Command::FinishStep(Verdict::Green)).then(&[merged(2, 'b', &[2])]);
}

#[test]
fn it_is_whole_once_all_is_done_and_all_is_merged_or_left_out() {
    let merged_one = one_merged();
    assert_eq!(status(&merged_one), "queued");
    let is_whole = Event::Merged { head: commit('b') };
    given::<Merge>(&merged_one)
        .when(Command::NoteWorkCompleted)
        .then(&[Event::WorkCompleted, is_whole.clone()]);
    let leave = Command::LeaveOut { task: task(2), reason: reason("twice"), by: ADA };
    let left = Event::CandidateLeftOut { task: task(2), reason: reason("twice"), by: ADA };
    let waiting = [merged_one, vec![added(2), Event::WorkCompleted, parked(2, "conflict")]].concat();
    assert_eq!(status(&waiting), "parked");
    given::<Merge>(&waiting).when(leave.clone()).then(&[left.clone(), is_whole]);
    // Nothing at all is no whole.
    let nothing = [queued(), added(2), base(), Event::WorkCompleted, parked(2, "conflict")];
    given::<Merge>(&nothing).when(leave).then(&[left]);
    given::<Merge>(&whole()).when(Command::NoteWorkCompleted).then(&[]);
    let gone = Command::LeaveOut { task: task(1), reason: reason("twice"), by: ADA };
    given::<Merge>(&whole()).when(gone).then_rejected("already_merged");
}

#[test]
fn there_may_be_more_to_come_after_all() {
    given::<Merge>(&whole()).when(Command::NoteWorkExtended).then(&[Event::WorkExtended]);
    given::<Merge>(&one_merged()).when(Command::NoteWorkExtended).then(&[]);
    let extended = [whole(), vec![Event::WorkExtended]].concat();
    assert_eq!(status(&extended), "queued");
    given::<Merge>(&extended).when(approve('b')).then_rejected("not_whole");
}

#[test]
fn approval_is_of_the_head_that_was_seen() {
    let approved = Event::Approved { head: commit('b'), by: ADA };
    given::<Merge>(&one_merged()).when(approve('b')).then_rejected("not_whole");
    given::<Merge>(&whole()).when(approve('a')).then_rejected("head_moved");
    given::<Merge>(&whole()).when(approve('b')).then(from_ref(&approved));
    let wanted = [whole(), vec![approved]].concat();
    assert_eq!((status(&whole()), status(&wanted)), ("ready", "approved"));
    given::<Merge>(&wanted).when(approve('b')).then(&[]);
    let land = Command::NoteLanded { from: commit('a') };
    let landed = Event::Landed { target: branch("main"), from: commit('a'), head: commit('b') };
    given::<Merge>(&whole()).when(land.clone()).then_rejected("not_approved");
    given::<Merge>(&wanted).when(land).then(from_ref(&landed));
    let over = [wanted, vec![landed]].concat();
    assert_eq!(status(&over), "landed");
    given::<Merge>(&over).when(approve('b')).then_rejected("already_landed");
    // More work needs another approval.
    let more = [over, vec![added(2)]].concat();
    assert_eq!(status(&more), "merging");
}

#[test]
fn what_the_default_branch_has_become_is_verified_and_approved_anew() {
    let wanted = [whole(), vec![Event::Approved { head: commit('b'), by: ADA }]].concat();
    let alone = || Bounded::new(vec![Joined { task: None, commit: commit('d') }]).unwrap();
    let follow = Command::BeginStep { head: commit('b'), follows: Some(commit('c')), joined: alone() };
    let begun = Event::StepBegun { step: 2, head: commit('b'), follows: Some(commit('c')), joined: alone() };
    given::<Merge>(&wanted).when(follow).then(from_ref(&begun));
    let green = [wanted.clone(), vec![begun.clone(), passed(2, &[], 'd')]].concat();
    let followed = Event::BaseFollowed { target: branch("main"), commit: commit('c'), head: commit('d') };
    given::<Merge>(&green).when(Command::FinishStep(Verdict::Green)).then(from_ref(&followed));
    let after = [green, vec![followed]].concat();
    assert_eq!(status(&after), "ready");
    given::<Merge>(&after).when(approve('b')).then_rejected("head_moved");
    // It does not hold with it: nobody tries again and again.
    let red_trial = [wanted, vec![begun, failed(2, &[], 'd')]].concat();
    let bisected =
        Event::Bisected { step: 2, culprit: None, with: None, verifications: 1, reason: reason("it fails") };
    let refused =
        Event::LandingRefused { head: commit('b'), code: name("base_red"), reason: reason("it fails") };
    given::<Merge>(&red_trial).when(red(0, None)).then(&[bisected.clone(), refused.clone()]);
    assert_eq!(status(&[red_trial, vec![bisected, refused]].concat()), "ready");
}

#[test]
fn a_conflict_is_resolved_by_somebody_or_parked() {
    let before = vec![queued(), added(1), base()];
    let start = || Command::StartResolution { task: task(1), by: model() };
    given::<Merge>(&before).when(start()).then_rejected("not_conflicted");
    given::<Merge>(&before).when(conflict(1, 'a')).then(&[found(1, 'a')]);
    given::<Merge>(&before).when(conflict(1, 'b')).then_rejected("head_moved");
    let conflicted = [before, vec![found(1, 'a')]].concat();
    let started = |attempt| Event::ResolutionStarted { task: task(1), attempt, by: model() };
    given::<Merge>(&conflicted).when(start()).then(&[started(1)]);
    given::<Merge>(&conflicted).when(park(1)).then(&[parked(1, "conflict")]);
    let resolving = [conflicted.clone(), vec![started(1)]].concat();
    given::<Merge>(&resolving).when(start()).then(&[]);
    let proposed = Event::ResolutionProposed { task: task(1), commit: commit('e'), by: model() };
    let propose = || Command::Propose { task: task(1), commit: commit('e') };
    given::<Merge>(&conflicted).when(propose()).then_rejected("not_resolving");
    given::<Merge>(&resolving).when(propose()).then(from_ref(&proposed));
    let state = given::<Merge>(&[resolving.clone(), vec![proposed]].concat()).state().clone();
    let one = state.details().unwrap().candidate(task(1)).unwrap().clone();
    assert_eq!(one.standing, Standing::Waiting);
    assert_eq!(one.resolved, Some(Resolved { commit: commit('e'), by: model() }));
    let missed = Event::ResolutionFailed { task: task(1), attempt: 1, reason: reason("it cannot") };
    let give_up = Command::GiveUpResolution { task: task(1), reason: reason("it cannot") };
    given::<Merge>(&resolving).when(give_up).then(from_ref(&missed));
    let again = [resolving, vec![missed, found(1, 'a')]].concat();
    given::<Merge>(&again).when(start()).then(&[started(2)]);
}

#[test]
fn people_try_again_resolve_by_hand_and_leave_out() {
    let before = [queued(), added(1), added(2), base(), parked(1, "conflict"), parked(2, "red")];
    let retry = |n: Option<u128>| Command::Retry { task: n.map(task), by: ADA };
    let retried = |n: Option<u128>| Event::Retried { task: n.map(task), by: ADA };
    given::<Merge>(&before).when(retry(Some(1))).then(&[retried(Some(1))]);
    given::<Merge>(&before).when(retry(Some(3))).then_rejected("unknown_candidate");
    given::<Merge>(&before[..4]).when(retry(None)).then_rejected("nothing_parked");
    let again = [&before[..], &[retried(None)]].concat();
    assert_eq!(status(&again), "merging");
    given::<Merge>(&again).when(retry(None)).then_rejected("nothing_parked");
    let by_hand =
        |n: Option<u128>| Command::ResolveByHand { task: n.map(task), commit: commit('e'), by: ADA };
    let resolved = Event::Resolved { task: Some(task(1)), commit: commit('e'), by: ADA };
    given::<Merge>(&before).when(by_hand(Some(1))).then(&[resolved]);
    given::<Merge>(&before).when(by_hand(Some(3))).then_rejected("unknown_candidate");
    given::<Merge>(&one_merged()).when(by_hand(Some(1))).then_rejected("already_merged");
    let of_base = Event::Resolved { task: None, commit: commit('e'), by: ADA };
    given::<Merge>(&whole()).when(by_hand(None)).then(from_ref(&of_base));
    let refuse = || Command::RefuseLanding { code: name("base_conflict"), reason: reason("by hand") };
    given::<Merge>(&whole()).when(refuse()).then_rejected("not_approved");
    let refused =
        Event::LandingRefused { head: commit('b'), code: name("base_conflict"), reason: reason("by hand") };
    given::<Merge>(&[whole(), vec![of_base]].concat()).when(refuse()).then(&[refused]);
}

#[test]
fn whoever_gives_it_up_leaves_everything_where_it_is() {
    let abandon = || Command::Abandon { reason: None, by: ADA };
    let abandoned = Event::Abandoned { reason: None, by: ADA };
    let going = vec![queued(), added(1), base(), begun(1, 'a', &[1], "b")];
    given::<Merge>(&going).when(abandon()).then(from_ref(&abandoned));
    let over = [going, vec![abandoned]].concat();
    assert_eq!(status(&over), "abandoned");
    given::<Merge>(&over).when(abandon()).then(&[]);
    for command in
        [add(2), park(1), approve('a'), judge(&[1], 'b', true), Command::FinishStep(Verdict::Green)]
    {
        given::<Merge>(&over).when(command).then_rejected("abandoned");
    }
    given::<Merge>(&over).when(Command::NoteWorkCompleted).then(&[Event::WorkCompleted]);
}

#[test]
fn scores_are_told_once_for_a_head_and_what_waits() {
    let before = [queued(), added(1), base()];
    let fit = |conflicts| vec![Fit { task: task(1), conflicts, shared: 0 }];
    let score = |head, fits| Command::Score { head: commit(head), fits };
    let scored = Event::Scored { head: commit('a'), fits: fit(0) };
    given::<Merge>(&before).when(score('a', fit(0))).then(from_ref(&scored));
    given::<Merge>(&before).when(score('b', fit(0))).then_rejected("head_moved");
    given::<Merge>(&[&before[..], from_ref(&scored)].concat()).when(score('a', fit(0))).then(&[]);
    let more = [&before[..], &[scored, added(2), parked(2, "red")]].concat();
    given::<Merge>(&more).when(score('a', fit(0))).then(&[Event::Scored { head: commit('a'), fits: fit(0) }]);
}

#[test]
fn a_merge_of_a_spec_or_ticket_is_one() {
    let ticket = Of::Ticket(TicketId(Uuid::from_u128(1)));
    assert_eq!(OF.merge(), OF.merge());
    assert_ne!(OF.merge(), ticket.merge());
}

#[test]
fn state_events_and_commands_survive_json() {
    let history = [
        whole(),
        vec![
            Event::Approved { head: commit('b'), by: ADA },
            Event::LandingRefused { head: commit('b'), code: name("x"), reason: reason("y") },
            added(2),
            found(2, 'b'),
            Event::ResolutionStarted { task: task(2), attempt: 1, by: model() },
            Event::ResolutionFailed { task: task(2), attempt: 1, reason: reason("z") },
            parked(2, "conflict"),
            Event::Resolved { task: Some(task(2)), commit: commit('e'), by: ADA },
            Event::Abandoned { reason: Some(reason("w")), by: ADA },
        ],
    ]
    .concat();
    for (until, event) in history.iter().enumerate() {
        let state = given::<Merge>(&history[..=until]).state().clone();
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Merge>(&text).unwrap(), state);
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(json["$type"], event.event_type());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), *event);
    }
    for command in [add(1), begin('a', &[1], "b"), judge(&[1], 'b', true), red(0, Some(1)), approve('a')] {
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command);
    }
    // What follows on nothing changes nothing.
    assert_eq!(*given::<Merge>(&[base()]).state(), Merge::Absent);
}
