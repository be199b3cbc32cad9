//! What people say comes into the plan.

use super::*;

#[tokio::test]
async fn people_answer_approve_and_reject() {
    let desk = Desk::begin().await;
    let spec = desk.submit(GateMode::Review, None).await;
    let details = desk.plan(spec).await;
    assert_eq!(details.stage, Stage::AwaitingAnswers);
    for question in &details.questions {
        let (question, by) = (question.number, desk.site.wish().actor.id);
        let text = Text::new(&format!("By letter, says answer {question}.")).unwrap();
        desk.tell(spec, spec::Command::Answer { question, text, by }).await;
    }
    let details = desk.plan(spec).await;
    let Stage::AwaitingApproval { gate: Gate::Requirements, content_hash } = details.stage else {
        panic!("{:?}", details.stage)
    };
    let told = |text: &str| {
        desk.server.requests().iter().filter(|asked| asked.asked().text().contains(text)).count()
    };
    assert_eq!(told("By letter, says answer 1."), 2, "the PRD and the requirements heed it");
    let reason = Text::new("Nobody wants letters at night.").unwrap();
    let by = desk.site.wish().actor.id;
    desk.tell(spec, spec::Command::Reject { gate: Gate::Requirements, content_hash, reason, by }).await;
    let details = desk.plan(spec).await;
    assert_eq!(told("- rejected: Nobody wants letters at night."), 1);
    assert_eq!(details.progress(Phase::Requirements).unwrap().attempt, 2);
    desk.approve(spec).await;
    desk.plan(spec).await;
    desk.approve(spec).await;
    assert_eq!(desk.plan(spec).await.stage, Stage::Planned);
}

#[tokio::test]
async fn the_repository_is_read_at_its_commit() {
    let desk = Desk::begin().await;
    let repository = tempfile::tempdir().unwrap();
    std::fs::write(repository.path().join("README.md"), "# Notes\nA list of notes for people who forget.\n")
        .unwrap();
    std::fs::create_dir(repository.path().join("src")).unwrap();
    std::fs::write(repository.path().join("src/reminder.py"), "def remind(): pass\n").unwrap();
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "first"],
    ] {
        let git = std::process::Command::new("git").args(arguments).current_dir(repository.path()).status();
        assert!(git.unwrap().success());
    }
    let place = vocabulary::RepositoryPlace::new(repository.path().to_str().unwrap()).unwrap();
    let link = work::project::Command::LinkRepository { place, branch: None };
    desk.site.node.execute::<work::project::Project>(&desk.site.wish(), desk.project.0, link).await.unwrap();
    // Not of this commit.
    std::fs::write(repository.path().join("README.md"), "# Other\n").unwrap();
    let spec = desk.submit(GateMode::Auto, None).await;
    desk.plan(spec).await;
    let told = desk.server.requests()[0].asked().text();
    for part in [
        "Branch main, commit ",
        "src/reminder.py",
        "A list of notes for people who forget.",
        "def remind(): pass",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("# Other"));
}

#[tokio::test]
async fn a_spec_that_is_cancelled_while_a_model_writes_is_written_no_further() {
    let desk = Desk::without_answers().await;
    let slow = Pace { chunk_chars: 20, delay_ms: 5, ..Pace::default() };
    desk.server.rule(answers(Phase::Explore).at_pace(slow));
    let spec = desk.submit(GateMode::Auto, None).await;
    let cancel = async {
        desk.sections_come().await;
        desk.tell(spec, spec::Command::Cancel { reason: None }).await;
    };
    let (details, ()) = tokio::join!(desk.plan(spec), cancel);
    assert_eq!(details.stage, Stage::Cancelled);
    assert_eq!(desk.times("spec.phase_output_submitted").await, 0);
    let open = desk.times("trajectory.llm_call_started").await;
    let ended =
        desk.times("trajectory.llm_call_finished").await + desk.times("trajectory.llm_call_ambiguous").await;
    assert_eq!((open, ended), (1, 1));
    assert_eq!(desk.spent(spec).await, desk.billed().await);
}
