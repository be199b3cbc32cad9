use execution::checked::Checked;
use execution::merge::{Command, Event, Finished, Fit, Joined, Merge, Of, Resolver, Trial, Verdict};
use kernel::{ActorId, Decider as _, Uuid, derived_uuid};
use vocabulary::{
    Bounded, BranchName, CommandLine, CommitId, FilePattern, Name, Reason, RunId, SpecId, TaskId, TaskNumber,
};

use super::super::event::{self, Lane, Registration};
use super::Published;

pub(super) fn events() -> Published {
    let registered = |event_type, commands: Vec<Command>, command| Registration {
        event_type,
        history: history(commands),
        command,
        lane: Lane::Events,
    };
    let base = || Command::TakeBase { target: branch("main"), commit: commit("a") };
    let stood = || vec![add(1), add(2), base()];
    let conflicted = || [stood(), vec![find_conflict()]].concat();
    let resolving = || [conflicted(), vec![start_resolution()]].concat();
    let parked = || [stood(), vec![park()]].concat();
    let going = || [stood(), vec![begin()]].concat();
    let merged = || [going(), vec![judge(true), Command::FinishStep(Verdict::Green)]].concat();
    let whole = || [merged(), vec![Command::NoteWorkCompleted]].concat();
    let approved = || [whole(), vec![approve()]].concat();
    let following = || [approved(), vec![follow(), judge_base(true)]].concat();
    event::of::<Merge>(vec![
        registered("merge.queued", vec![], add(1)),
        registered("merge.candidate_added", vec![add(1)], add(2)),
        registered("merge.work_completed", vec![add(1)], Command::NoteWorkCompleted),
        registered(
            "merge.work_extended",
            vec![add(1), Command::NoteWorkCompleted],
            Command::NoteWorkExtended,
        ),
        registered("merge.base_taken", vec![add(1)], base()),
        registered("merge.scored", stood(), score()),
        registered("merge.step_begun", stood(), begin()),
        registered("merge.verification_passed", going(), judge(true)),
        registered("merge.verification_failed", going(), judge(false)),
        registered("merge.bisected", [going(), vec![judge(false)]].concat(), red()),
        registered(
            "merge.step_merged",
            [going(), vec![judge(true)]].concat(),
            Command::FinishStep(Verdict::Green),
        ),
        registered("merge.base_followed", following(), Command::FinishStep(Verdict::Green)),
        registered("merge.conflict_found", stood(), find_conflict()),
        registered("merge.resolution_started", conflicted(), start_resolution()),
        registered(
            "merge.resolution_proposed",
            resolving(),
            Command::Propose { task: task(1), commit: commit("d") },
        ),
        registered(
            "merge.resolution_failed",
            resolving(),
            Command::GiveUpResolution { task: task(1), reason: reason("the model did not keep to the form") },
        ),
        registered("merge.parked", stood(), park()),
        registered("merge.retried", parked(), Command::Retry { task: Some(task(1)), by: person() }),
        registered(
            "merge.resolved",
            parked(),
            Command::ResolveByHand { task: Some(task(1)), commit: commit("d"), by: person() },
        ),
        registered(
            "merge.candidate_left_out",
            parked(),
            Command::LeaveOut { task: task(1), reason: reason("the other one does the same"), by: person() },
        ),
        registered("merge.merged", merged(), Command::NoteWorkCompleted),
        registered("merge.approved", whole(), approve()),
        registered(
            "merge.landing_refused",
            approved(),
            Command::RefuseLanding {
                code: name("working_copy_changed"),
                reason: reason("main is checked out in a working copy with changes: commit or stash them"),
            },
        ),
        registered("merge.landed", approved(), Command::NoteLanded { from: commit("a") }),
        registered(
            "merge.abandoned",
            vec![add(1)],
            Command::Abandon { reason: Some(reason("it was merged by hand")), by: person() },
        ),
    ])
}

/// What these commands make of a merge that is not there yet.
fn history(commands: Vec<Command>) -> Vec<Event> {
    let (mut merge, mut history) = (Merge::default(), Vec::new());
    for command in commands {
        for event in merge.decide(command).expect("the commands of an example are carried out") {
            merge.evolve(&event);
            history.push(event);
        }
    }
    history
}

fn add(n: u32) -> Command {
    let title = if n == 1 { "Parse the header" } else { "Send it by mail" };
    let finished = Finished {
        task: task(n),
        number: TaskNumber::new(n).expect("a number"),
        title: name(title),
        run: Some(RunId(derived_uuid(&[b"run"]))),
        commit: commit(if n == 1 { "1" } else { "2" }),
    };
    let of = Of::Spec(SpecId(derived_uuid(&[b"spec"])));
    Command::Add {
        of,
        title: name("Invoices by mail"),
        branch: branch("omoi/spec-invoices-by-mail"),
        finished,
    }
}

fn score() -> Command {
    let fit = |n, shared| Fit { task: task(n), conflicts: 0, shared };
    Command::Score { head: commit("a"), fits: vec![fit(1, 0), fit(2, 1)] }
}

fn begin() -> Command {
    let joined = |n, digit| Joined { task: Some(task(n)), commit: commit(digit) };
    let joined = Bounded::new(vec![joined(1, "b"), joined(2, "c")]).expect("two");
    Command::BeginStep { head: commit("a"), follows: None, joined }
}

fn judge(passed: bool) -> Command {
    let tasks = Bounded::new(vec![task(1), task(2)]).expect("two");
    Command::Judge { trial: Trial { tasks, commit: commit("c") }, passed, commands: commands(passed) }
}

fn follow() -> Command {
    let joined = Bounded::new(vec![Joined { task: None, commit: commit("f") }]).expect("one");
    Command::BeginStep { head: commit("c"), follows: Some(commit("e")), joined }
}

fn judge_base(passed: bool) -> Command {
    let trial = Trial { tasks: Bounded::default(), commit: commit("f") };
    Command::Judge { trial, passed, commands: commands(passed) }
}

fn commands(passed: bool) -> Bounded<Checked, 0, 50> {
    let cmd = CommandLine::new("make test").expect("a command");
    let checked = Checked { cmd, exit: i32::from(!passed) * 2, duration_ms: 812, output: None };
    Bounded::new(vec![checked]).expect("one")
}

fn red() -> Command {
    let reason = reason("with TSK-001 on it, `make test` ended with 2");
    Command::FinishStep(Verdict::Red { green: 0, with: None, reason })
}

fn find_conflict() -> Command {
    let paths = Bounded::new(vec![FilePattern::new("src/mail.rs").expect("a path")]).expect("one");
    Command::FindConflict { task: task(1), head: commit("a"), files: 1, paths }
}

fn start_resolution() -> Command {
    Command::StartResolution { task: task(1), by: Resolver::Model { provider: name("anthropic") } }
}

fn park() -> Command {
    Command::Park {
        task: task(1),
        code: name("conflict"),
        reason: reason("TSK-001 does not go with omoi/spec-invoices-by-mail in src/mail.rs"),
        with: None,
    }
}

fn approve() -> Command {
    Command::Approve { head: commit("c"), by: person() }
}

fn task(n: u32) -> TaskId {
    TaskId(derived_uuid(&[b"task", &n.to_be_bytes()]))
}

fn person() -> ActorId {
    ActorId(Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057))
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).expect("forty digits")
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).expect("a literal that is a branch")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a literal with words")
}
