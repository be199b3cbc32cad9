use execution::content::Content;
use execution::run::Outcome;
use execution::trajectory::{self, FileChange, Subject, ToolKind};
use kernel::{Timestamp, Uuid};
use vocabulary::{Bounded, CommandLine, CommitId, FilePattern, Name, Reason, Sealed, SpecId, TaskId};

use super::*;
use crate::testing::{Folded, runs};

const ID: Uuid = Uuid::from_u128(0x30);

#[derive(Default)]
struct Story(Folded<RunTrajectory>);

impl Story {
    fn run(&mut self, event: Event) {
        self.append(ID, "run", Fact::Run(event));
    }

    fn seen(&mut self, event: trajectory::Event) {
        self.append(ID, "trajectory", Fact::Trajectory(event));
    }

    fn append(&mut self, id: Uuid, kind: &str, fact: Fact) {
        self.0.at = Timestamp::from_micros(self.0.position + 1);
        self.0.append(id, kind, fact);
    }

    /// As it is stored, read back and answered.
    fn shown(&self) -> RunAnswer {
        let rows = self.0.answer().rows;
        let row = rows.into_iter().find(|row| row.kind == RUN).expect("there is a run");
        let stored = serde_json::to_string(&row.row).unwrap();
        let RunRow::Run(head) = serde_json::from_str(&stored).unwrap() else { panic!("a run is no index") };
        head.answer(RunId(ID), self.0.position, None).expect("it was started")
    }
}

fn words() -> Content {
    Content::Event { sealed: Sealed::new("c2VhbGVk").unwrap() }
}

fn at() -> Timestamp {
    Timestamp::default()
}

fn ran(exit: Option<i32>) -> trajectory::Event {
    trajectory::Event::CommandRan {
        at: at(),
        turn: 1,
        command: words(),
        exit,
        duration_ms: 5,
        output: None,
        output_bytes: 0,
    }
}

fn line(text: &str) -> Line<200> {
    Line::new(text).unwrap()
}

#[test]
fn what_is_seen_of_an_agent_is_counted() {
    use trajectory::Event as Seen;
    let mut story = Story::default();
    story.run(runs::started(1));
    story.run(runs::sandbox_requested());
    story.run(runs::sandbox_ready());
    story.seen(Seen::TurnStarted { at: at(), turn: 1, prompt: words() });
    story.seen(Seen::ThoughtEmitted { at: at(), turn: 1, text: words(), raw: None });
    story.seen(Seen::MessageEmitted { at: at(), turn: 1, text: words(), raw: None });
    story.seen(Seen::ToolCalled {
        at: at(),
        turn: 1,
        call: line("1"),
        tool: line("Edit"),
        kind: ToolKind::Edit,
        input: words(),
        raw: None,
    });
    let path = FilePattern::new("src/lib.rs").unwrap();
    story.seen(Seen::FileChanged {
        at: at(),
        turn: 1,
        path,
        change: FileChange::Modified,
        added: Some(1),
        removed: None,
        diff: None,
    });
    [Some(0), Some(1), None].into_iter().for_each(|exit| story.seen(ran(exit)));
    story.seen(runs::paid(0x30, 250));
    story.seen(Seen::TurnEnded { at: at(), turn: 1, stop: Name::new("end_turn").unwrap() });
    let seen = story.shown().seen;
    assert_eq!((seen.turns, seen.thoughts, seen.messages, seen.tools, seen.files), (1, 1, 1, 1, 1));
    assert_eq!((seen.commands, seen.failed_commands, seen.events), (3, 2, 10));
    assert_eq!((seen.calls.input_tokens, seen.calls.output_tokens, seen.calls.cost.micros()), (10, 2, 250));
    assert_eq!(
        (seen.first_at, seen.last_at),
        (Some(Timestamp::from_micros(4)), Some(Timestamp::from_micros(13)))
    );
    let last = Activity { r#type: "trajectory.turn_ended".to_owned(), turn: Some(1) };
    assert_eq!(seen.last, Some(last));
}

#[test]
fn a_run_is_shown_as_its_events_made_it() {
    let mut story = Story::default();
    story.run(runs::started(1));
    let shown = story.shown();
    assert_eq!((shown.line.status, shown.line.outcome, shown.version), ("starting", None, 1));
    story.run(runs::sandbox_requested());
    story.run(runs::sandbox_ready());
    assert_eq!(story.shown().line.status, "active");
    story.run(Event::EvidenceGathered(Box::new(execution::run::Evidence {
        commit: CommitId::new("0c1d2e3f").unwrap(),
        base: CommitId::new("0c1d2e3e").unwrap(),
        changed: Bounded::default(),
        files: 2,
        added: 10,
        removed: 1,
        restored: Bounded::default(),
        commands: Bounded::new(vec![execution::run::Checked {
            cmd: CommandLine::new("make test").unwrap(),
            exit: 0,
            duration_ms: 9,
            output: Some(words()),
        }])
        .unwrap(),
        report: None,
    })));
    story.run(Event::SandboxLost { reason: Reason::new("its parent was killed").unwrap() });
    story.run(runs::ended(Outcome::Lost));
    story.run(Event::SandboxReleased);
    let shown = story.shown();
    assert_eq!((shown.line.status, shown.line.outcome), ("ended", Some(Outcome::Lost)));
    assert_eq!(
        (shown.line.task, shown.line.ended_at),
        (TaskId(Uuid::from_u128(1)), Some(Timestamp::from_micros(6)))
    );
    assert!(shown.sandbox_lost && shown.released);
    assert_eq!(shown.agent_version, Some(line("1.2.3")));
    let evidence = shown.evidence.expect("it was gathered");
    assert_eq!((evidence.files, evidence.commands[0].exit), (2, 0));
    assert_eq!(shown.position, 7);
}

#[test]
fn attempts_at_planning_and_runs_that_nobody_started_make_no_row() {
    let mut story = Story::default();
    let of = Subject::Planning {
        spec: SpecId(Uuid::from_u128(5)),
        phase: Name::new("design").unwrap(),
        attempt: 1,
    };
    let cost = kernel::Usd::from_micros(9);
    story.seen(trajectory::Event::LlmCallAmbiguous { call: Uuid::from_u128(7), of: of.clone(), cost });
    story.seen(ran(Some(0)));
    assert!(story.0.answer().rows.is_empty());
    story.run(runs::started(1));
    story.seen(trajectory::Event::LlmCallAmbiguous { call: Uuid::from_u128(7), of, cost });
    assert_eq!(story.shown().seen, Seen::default());
}

#[test]
fn runs_are_found_by_their_project_and_by_their_task_in_the_order_in_which_they_began() {
    let mut story = Story::default();
    let others = [9, 8, 7].map(Uuid::from_u128);
    for run in others {
        story.append(run, "run", Fact::Run(runs::started(1)));
        story.append(run, "run", Fact::Run(runs::ended(Outcome::Failed)));
    }
    story.run(runs::started(2));
    let rows = story.0.answer().rows;
    let begun: Vec<RunRow> = rows.iter().filter(|row| row.kind == BEGUN).map(|row| row.row.clone()).collect();
    let all = [others[0], others[1], others[2], ID].map(|run| RunRow::Begun { run: RunId(run) });
    assert_eq!(begun, all);
    let of_tasks: Vec<RunRow> =
        rows.iter().filter(|row| row.kind == TASK).map(|row| row.row.clone()).collect();
    let of = |runs: &[Uuid]| RunRow::Task { runs: runs.iter().copied().map(RunId).collect() };
    assert_eq!(of_tasks, [of(&others), of(&[ID])]);
}
