use kernel::{ProjectId, Uuid};
use projections::merge_queue::LandedAnswer;
use projections::spec_report::{AgentTally, Changed, Cost, ParkedWork, TicketReport, Times};
use vocabulary::{
    BranchName, CommandLine, CommitId, MergeId, Name, Reason, SpecId, TaskId, TaskNumber, Text, TicketId,
    TicketNumber,
};
use work::task::CommandResult;

use super::*;

const ADA: ActorId = ActorId(Uuid::from_u128(0xada));

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_795_944_600 + seconds) * 1_000_000)
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).unwrap()
}

fn task(number: u32, title: &str, evidence: Option<Evidence>) -> TaskReport {
    let done = evidence == Some(Evidence::Verified);
    TaskReport {
        id: TaskId(Uuid::from_u128(0x100 + u128::from(number))),
        local: Some(format!("TSK-00{number}")),
        number: TaskNumber::new(number).unwrap(),
        title: name(title),
        ticket: TicketId(Uuid::from_u128(0x200)),
        status: if evidence.is_some() { "completed" } else { "cancelled" },
        withdrawn: false,
        evidence,
        commit: evidence.map(|_| commit("b")),
        merged_as: evidence.filter(|_| done).map(|_| commit("c")),
        changed: done.then_some(Changed { files: 2, added: 48, removed: 3 }),
        runs: usize::from(done) * 2,
        agents: if done { vec![name("builder")] } else { Vec::new() },
        drivers: if done { vec![name("native")] } else { Vec::new() },
        runs_ms: if done { 65_000 } else { 0 },
        cost: Usd::from_micros(if done { 123_400 } else { 0 }),
        started_at: evidence.map(|_| at(60)),
        completed_at: evidence.map(|_| at(600)),
    }
}

fn requirement(number: u32, title: &str, proofs: Vec<ProofAnswer>) -> RequirementReport {
    RequirementReport {
        id: format!("REQ-TODO-FUNC-00{number}"),
        title: title.to_owned(),
        text: "WHEN a thing is added, the list SHALL keep it.".to_owned(),
        evidence: proofs.iter().map(|proof| proof.evidence).max(),
        proofs,
        open: Vec::new(),
        accepted: None,
    }
}

fn proof(of: &TaskReport, evidence: Evidence, command: &str) -> ProofAnswer {
    ProofAnswer {
        task: of.id,
        number: of.number,
        title: of.title.clone(),
        evidence,
        commit: of.commit.clone(),
        commands: vec![CommandResult { cmd: CommandLine::new(command).unwrap(), exit: 0 }],
        by: Some(ADA).filter(|_| evidence == Evidence::Attested),
    }
}

/// A spec that is completed: one requirement is verified, one attested, and one was accepted as it is.
fn report() -> SpecReportAnswer {
    let tasks = vec![
        task(1, "Keep the list", Some(Evidence::Verified)),
        task(2, "Write the manual", Some(Evidence::Attested)),
        task(3, "Sort the list", None),
    ];
    let accepted = Accepted {
        requirements: vec!["REQ-TODO-FUNC-003".to_owned()],
        reason: Text::new("Nobody sorts it yet.").unwrap(),
        by: ADA,
        at: at(700),
    };
    let deed =
        |did, of: Option<&str>, seconds| Deed { by: ADA, did, of: of.map(str::to_owned), at: at(seconds) };
    SpecReportAnswer {
        id: SpecId(Uuid::from_u128(0x5e)),
        project: Some(ProjectId(Uuid::from_u128(1))),
        title: name("Todo"),
        stage: Stage::Completed,
        times: Times {
            submitted_at: at(0),
            started_at: Some(at(60)),
            completed_at: Some(at(720)),
            runs_ms: 65_000,
        },
        cost: Cost {
            planning: Usd::from_micros(20_000),
            runs: Usd::from_micros(123_400),
            merge: Usd::from_micros(900),
            total: Usd::from_micros(144_300),
        },
        requirements: vec![
            requirement(1, "Add a thing", vec![proof(&tasks[0], Evidence::Verified, "cargo test")]),
            requirement(2, "Say how", vec![proof(&tasks[1], Evidence::Attested, "test -s README.md")]),
            RequirementReport {
                open: vec![tasks[2].number],
                accepted: Some(accepted.clone()),
                ..requirement(3, "Sort the list", Vec::new())
            },
        ],
        unproven: Vec::new(),
        accepted: vec![accepted],
        tickets: vec![TicketReport {
            id: TicketId(Uuid::from_u128(0x200)),
            local: "TKT-001".to_owned(),
            number: TicketNumber::new(1).unwrap(),
            title: name("The list"),
            status: "done",
            withdrawn: false,
        }],
        tasks,
        agents: vec![AgentTally {
            agent: name("builder"),
            driver: name("native"),
            runs: 2,
            succeeded: 1,
            runs_ms: 65_000,
            cost: Usd::from_micros(123_400),
        }],
        people: vec![
            deed(Did::Submitted, None, 0),
            deed(Did::Attested, Some("TSK-002"), 650),
            deed(Did::Accepted, Some("REQ-TODO-FUNC-003"), 700),
        ],
        merge: Some(MergeReport {
            id: MergeId(Uuid::from_u128(7)),
            status: MergeState::Ready,
            branch: BranchName::new("omoi/spec-todo").unwrap(),
            head: Some(commit("d")),
            target: Some(BranchName::new("main").unwrap()),
            base: Some(commit("a")),
            not_in: Vec::new(),
            landed: None,
        }),
        position: 128,
        stale: None,
    }
}

#[test]
fn a_report_says_what_holds_what_was_built_and_what_it_took() {
    let page = page(&report());
    for line in [
        "# Todo",
        "| status | completed |",
        "| requirements | 2 of 3 rest on evidence, 1 accepted without |",
        "| tasks | 2 of 3 completed, in 2 runs |",
        "| cost | $0.14: planning $0.02, runs $0.12, conflicts under $0.01 |",
        "| from start to completion | 11 min 0 s |",
        "| time of runs | 1 min 5 s |",
        "### REQ-TODO-FUNC-001: Add a thing",
        "> WHEN a thing is added, the list SHALL keep it.",
        "**Verified**",
        "- TSK-001 Keep the list: verified, `bbbbbbbbbbbb`",
        "  - `cargo test` ended with 0",
        "**Attested, not verified**",
        "- TSK-002 Write the manual: attested, not verified by `00000000-0000-0000-0000-000000000ada`, `bbbbbbbbbbbb`",
        "**Accepted without evidence** by `00000000-0000-0000-0000-000000000ada` on 2026-11-29 09:41:40 UTC: Nobody sorts it yet.",
        "- not completed: TSK-003",
        "### TKT-001 The list (done)",
        "| TSK-001 | Keep the list | completed | verified | 2 | builder (native) | 1 min 5 s | $0.12 | 2 files, +48 -3 | `bbbbbbbbbbbb` |",
        "| TSK-003 | Sort the list | cancelled |  | 0 |  | 0 s | $0.00 |  |  |",
        "- agent builder (native): 2 runs, 1 succeeded, 1 min 5 s, $0.12",
        "- 2026-11-29 09:41:40 UTC: `00000000-0000-0000-0000-000000000ada` accepted REQ-TODO-FUNC-003 without evidence",
        "- `omoi/spec-todo` at `dddddddddddd`: merged and verified, it waits for an approval",
        "- waits for approval: `omoi merge approve 00000000-0000-0000-0000-000000000007`",
    ] {
        assert!(page.lines().any(|said| said == line), "{line}\nis not in\n{page}");
    }
    assert!(!page.contains("Nothing shows it"), "{page}");
}

#[test]
fn what_nothing_shows_is_said_aloud() {
    let mut report = report();
    report.requirements[2].accepted = None;
    report.unproven = vec!["REQ-TODO-FUNC-003".to_owned()];
    report.stage = Stage::Executing;
    report.times.completed_at = None;
    report.merge = None;
    let page = page(&report);
    for line in [
        "| status | executing; 1 requirement without evidence |",
        "**Nothing shows it.**",
        "| completed | not yet |",
    ] {
        assert!(page.lines().any(|said| said == line), "{line}\nis not in\n{page}");
    }
    assert!(!page.contains("from start to completion") && !page.contains("came together"), "{page}");
}

#[test]
fn who_only_gives_a_title_or_a_command_writes_no_part_of_the_report() {
    let mut report = report();
    let hostile = "<img src=x> | **done** [x](http://evil.example)";
    report.title = name(hostile);
    report.tasks[0].title = name(hostile);
    report.tickets[0].title = name(hostile);
    report.requirements[0].title = format!("x\n\n## Evidence\n{hostile}");
    report.requirements[0].text = "- all is well\n\n| a |\n|---|\n1. and\u{202e} more".to_owned();
    report.requirements[0].proofs[0].commands[0].cmd = CommandLine::new("echo `x` | tee <b>").unwrap();
    report.accepted.clear();
    let merge = report.merge.as_mut().unwrap();
    merge.branch = BranchName::new("a|b`c").unwrap();
    merge.landed = Some(LandedAnswer { commit: commit("e"), at: kernel::Timestamp::default() });
    merge.not_in = vec![ParkedWork {
        number: TaskNumber::new(2).unwrap(),
        state: CandidateState::Parked,
        commit: commit("f"),
        reason: Some(Reason::new("# it <u>conflicts</u>").unwrap()),
    }];
    let page = page(&report);
    let sections: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(sections, ["## Evidence", "## What was built", "## By whom", "## How it came together"]);
    let title = "# \\<img src=x\\> \\| \\*\\*done\\*\\* \\[x\\](http:\\//evil.example)";
    assert_eq!(page.lines().next(), Some(title));
    for line in page.lines().filter(|line| line.starts_with("| TSK-001")) {
        assert_eq!(line.replace("\\|", "").matches('|').count(), 11, "{line}");
    }
    assert!(page.contains("> \\- all is well \\| a \\| \\|---\\| 1. and\u{fffd} more\n"), "{page}");
    assert!(page.contains("  - ``echo `x` | tee <b>`` ended with 0\n"), "{page}");
    assert!(page.contains("- TSK-002 is parked: \\# it \\<u\\>conflicts\\</u\\>; its work is"), "{page}");
}

#[test]
fn times_and_money_are_said_as_people_say_them() {
    let said: Vec<String> = [0, 900, 1_000, 61_000, 3_600_000, 7_380_000].map(spoken).into();
    assert_eq!(said, ["0 s", "under a second", "1 s", "1 min 1 s", "1 h 0 min", "2 h 3 min"]);
    let paid: Vec<String> = [0, 1, 10_000, 12_345_678].map(|micros| dollars(Usd::from_micros(micros))).into();
    assert_eq!(paid, ["$0.00", "under $0.01", "$0.01", "$12.34"]);
}

/// The example of the document.
#[test]
fn the_example_of_the_document_is_a_report() {
    let example = include_str!("../../../../openapi/examples/spec_report.json");
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    assert_eq!(serde_json::to_value(report()).unwrap(), example);
}
