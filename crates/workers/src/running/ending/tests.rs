//! Each end, and what its task is told.

use ports::llm::Said;
use vocabulary::{Bounded, CommandLine};
use work::task::CommandResult;

use super::*;

fn commit() -> CommitId {
    CommitId::new(&"a".repeat(40)).unwrap()
}

fn results(exit: i32) -> CommandResults {
    let cmd = CommandLine::new("make test").unwrap();
    Bounded::new(vec![CommandResult { cmd, exit }]).unwrap()
}

/// Outcome and code of the run, and what its task is told.
fn told(ending: &Ending) -> (Outcome, &'static str, String) {
    let Command::End(End { outcome, code, .. }) = ending.end() else { unreachable!("it makes ends") };
    assert_eq!(code.as_str(), ending.code);
    let task = match ending.for_task(7, Timestamp::default(), Some(commit())) {
        task::Command::SubmitEvidence(evidence) => {
            assert_eq!((evidence.kind, evidence.epoch), (EvidenceKind::Verified, Some(7)));
            "evidence".to_owned()
        }
        task::Command::Fail(failure) => {
            assert_eq!((failure.epoch, failure.commit), (Some(7), Some(commit())));
            format!("{:?}", failure.class)
        }
        task::Command::ExpireClaim { epoch: 7, commit: Some(_) } => "free".to_owned(),
        task::Command::LoseClaim { epoch: 7, commit: Some(_), .. } => "lost".to_owned(),
        other => panic!("{other:?}"),
    };
    (outcome, ending.code, task)
}

#[test]
fn each_end_has_its_outcome_and_its_word_to_the_task() {
    let stop = Reason::new("enough").unwrap();
    let missing = GitError::NotARepository;
    let away = GitError::Unreachable { said: Said::new("no route") };
    let rows = [
        (Ending::judged(results(0), commit(), &[]), Outcome::Succeeded, "verified", "evidence"),
        (
            Ending::judged(results(1), commit(), &["make test (1)".into()]),
            Outcome::Failed,
            "not_verified",
            "evidence",
        ),
        (Ending::no_changes(), Outcome::Failed, "no_changes", "Transient"),
        (Ending::agent("agent_missing", "no claude"), Outcome::Failed, "agent_missing", "Permanent"),
        (Ending::agent("agent_garbage", "?"), Outcome::Failed, "agent_garbage", "Transient"),
        (Ending::agent("what nobody knows", "?"), Outcome::Failed, "agent_gone", "Transient"),
        (Ending::gave_up("too hard"), Outcome::Failed, "gave_up", "Transient"),
        (Ending::worker_gone("killed"), Outcome::Failed, "worker_gone", "Transient"),
        (Ending::git(&missing), Outcome::Failed, "not_a_repository", "Permanent"),
        (Ending::git(&away), Outcome::Failed, "repository_unreachable", "Transient"),
        (
            Ending::conflict(&["TSK-001".into(), "TSK-002".into()], &["a".into()]),
            Outcome::Failed,
            "conflict",
            "Permanent",
        ),
        (Ending::disk(&std::io::Error::other("full")), Outcome::Failed, "disk", "Transient"),
        (Ending::timed_out("idle", "nothing was seen"), Outcome::TimedOut, "idle", "Transient"),
        (Ending::interrupted(), Outcome::Cancelled, "interrupted", "Permanent"),
        (Ending::stopped(&stop), Outcome::Cancelled, "stopped", "Permanent"),
        (Ending::node_lost(), Outcome::Lost, "node_lost", "lost"),
        (Ending::node_stopped(), Outcome::Lost, "node_stopped", "free"),
    ];
    for (ending, outcome, code, task) in rows {
        assert_eq!(told(&ending), (outcome, code, task.to_owned()), "{ending:?}");
    }
}

#[test]
fn a_conflict_names_both_and_the_files() {
    let ending = Ending::conflict(&["TSK-001".into(), "TSK-003".into()], &["src/a.rs".into()]);
    assert!(ending.reason.contains("TSK-003") && ending.reason.contains("TSK-001"), "{}", ending.reason);
    assert!(ending.reason.contains("src/a.rs"), "{}", ending.reason);
}

#[test]
fn whatever_an_agent_says_of_its_end_is_a_line_of_bounded_length() {
    let ending = Ending::gave_up(&format!("one\ntwo\u{7}{}", "x".repeat(5_000)));
    let Command::End(End { reason, .. }) = ending.end() else { unreachable!("it makes ends") };
    assert!(reason.as_str().starts_with("one two ") && reason.as_str().chars().count() <= 1_000);
    assert!(matches!(Ending::gave_up("").end(), Command::End(_)));
}
