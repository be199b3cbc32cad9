//! Every type of event of a merge, by a second node's dispatcher: what brings work together has no route.

use std::time::Duration;

use commands::{Actor, Dispatcher, Intent, Step};
use eventstore::{Lease, Leases};
use execution::checked::Checked;
use execution::merge::{Command, Finished, Fit, Joined, Merge, Of, Resolver, Trial, Verdict};
use kernel::{ProjectId, Uuid};
use vocabulary::{
    Bounded, BranchName, CommandLine, CommitId, FilePattern, Name, Reason, SpecId, TaskId, TaskNumber,
};

/// Longer than any tour takes.
const LEASE: Duration = Duration::from_secs(600);

/// Makes every type of event of merges happen.
pub(crate) async fn merges_tour(dispatcher: &Dispatcher, actor: Actor, project: ProjectId) {
    for way in [Way::lands, Way::is_parked] {
        let of = Of::Spec(SpecId(Uuid::now_v7()));
        let tour = Tour { dispatcher, actor, project, of };
        let lease = tour.hold().await;
        for command in way(&Way { actor, of }) {
            tour.tell(command).await;
        }
        assert!(tour.leases().release(&lease).await.expect("the database"), "it was held all the time");
    }
}

struct Tour<'a> {
    dispatcher: &'a Dispatcher,
    actor: Actor,
    project: ProjectId,
    of: Of,
}

impl Tour<'_> {
    fn leases(&self) -> Leases {
        Leases::new(self.dispatcher.store().pools(), "tour")
    }

    /// Keeps whoever brings work together from taking this one up.
    async fn hold(&self) -> Lease {
        let name = format!("merge/{}", self.of.merge());
        let lease = self.leases().acquire(self.actor.org, &name, LEASE).await;
        lease.expect("the database").expect("nobody else has it")
    }

    async fn tell(&self, command: Command) {
        let wish = Intent::new(self.actor, b"tour");
        let step = Step::on::<Merge>(self.of.merge().0, command).in_project(self.project);
        self.dispatcher.carry_out(&wish, vec![step]).await.expect("it is legal");
    }
}

/// The ways of a merge; each ends abandoned, so that nobody takes it up afterwards.
struct Way {
    actor: Actor,
    of: Of,
}

impl Way {
    fn lands(&self) -> Vec<Command> {
        let by = self.actor.id;
        let approve = |head| Command::Approve { head: commit(head), by };
        let refuse = Command::RefuseLanding { code: name("working_copy_changed"), reason: reason("changes") };
        vec![
            self.add(1),
            self.add(2),
            base(),
            Command::Score { head: commit("a"), fits: vec![fit(1), fit(2)] },
            begin(),
            judge(&[1, 2], "c", true),
            Command::FinishStep(Verdict::Green),
            Command::NoteWorkCompleted,
            Command::NoteWorkExtended,
            Command::NoteWorkCompleted,
            approve("c"),
            refuse,
            approve("c"),
            Command::BeginStep {
                head: commit("c"),
                follows: Some(commit("e")),
                joined: Bounded::new(vec![Joined { task: None, commit: commit("f") }]).expect("one"),
            },
            judge(&[], "f", true),
            Command::FinishStep(Verdict::Green),
            approve("f"),
            Command::NoteLanded { from: commit("e") },
            Command::Abandon { reason: Some(reason("it is over")), by },
        ]
    }

    fn is_parked(&self) -> Vec<Command> {
        let by = self.actor.id;
        let conflict = || Command::FindConflict {
            task: task(2),
            head: commit("b"),
            files: 1,
            paths: Bounded::new(vec![FilePattern::new("src/lib.rs").expect("a path")]).expect("one"),
        };
        let start = || Command::StartResolution {
            task: task(2),
            by: Resolver::Model { provider: name("anthropic") },
        };
        let (with, green) = (Some(task(1)), 1);
        vec![
            self.add(1),
            self.add(2),
            base(),
            begin(),
            judge(&[1, 2], "c", false),
            judge(&[1], "b", true),
            Command::FinishStep(Verdict::Red { green, with, reason: reason("it fails") }),
            Command::Retry { task: Some(task(2)), by },
            conflict(),
            start(),
            Command::GiveUpResolution { task: task(2), reason: reason("it cannot") },
            conflict(),
            start(),
            Command::Propose { task: task(2), commit: commit("d") },
            Command::Park { task: task(2), code: name("conflict"), reason: reason("by hand"), with: None },
            Command::ResolveByHand { task: Some(task(2)), commit: commit("d"), by },
            Command::LeaveOut { task: task(2), reason: reason("twice"), by },
            Command::Abandon { reason: None, by },
        ]
    }

    fn add(&self, n: u32) -> Command {
        let branch = format!("omoi/spec-{}", self.of.merge());
        let finished = Finished {
            task: task(n),
            number: TaskNumber::new(n).expect("a number"),
            title: name("A task"),
            run: None,
            commit: commit(&n.to_string()),
        };
        let branch = BranchName::new(&branch).expect("a branch");
        Command::Add { of: self.of, title: name("All that can happen"), branch, finished }
    }
}

fn base() -> Command {
    Command::TakeBase { target: BranchName::new("main").expect("a branch"), commit: commit("a") }
}

fn begin() -> Command {
    let joined = |n, digit| Joined { task: Some(task(n)), commit: commit(digit) };
    let joined = Bounded::new(vec![joined(1, "b"), joined(2, "c")]).expect("two");
    Command::BeginStep { head: commit("a"), follows: None, joined }
}

fn judge(tasks: &[u32], digit: &str, passed: bool) -> Command {
    let tasks = Bounded::new(tasks.iter().map(|n| task(*n)).collect()).expect("few");
    let cmd = CommandLine::new("make test").expect("a command");
    let checked = Checked { cmd, exit: i32::from(!passed), duration_ms: 5, output: None };
    let commands = Bounded::new(vec![checked]).expect("one");
    Command::Judge { trial: Trial { tasks, commit: commit(digit) }, passed, commands }
}

fn fit(n: u32) -> Fit {
    Fit { task: task(n), conflicts: 0, shared: 0 }
}

fn task(n: u32) -> TaskId {
    TaskId(Uuid::from_u128(n.into()))
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).expect("forty digits")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a reason")
}
