//! Phases, written and judged.

use super::*;

#[test]
fn an_idea_becomes_a_plan_phase_after_phase() {
    let story = accepted();
    assert_eq!(story.stage(), "planned");
    for phase in Phase::ALL {
        assert!(story.details().progress(phase).unwrap().passed, "{phase}");
    }
    assert_eq!(story.details().plan(), examples::plan());
}

#[test]
fn what_follows_a_phase_is_decided_with_it() {
    let story = Story::of(GateMode::Auto);
    let begun = |phase| {
        WRITTEN
            .into_iter()
            .take_while(|before| *before < phase)
            .fold(story.clone(), |story, before| story.through(before))
    };
    let handed_in =
        |phase| begun(phase).when(start(phase, 1)).when(write(phase, 1)).outcome(hand_in(phase, 1));
    assert_eq!(handed_in(Phase::Prd), "phase_output_submitted phase_evaluated phase_passed");
    assert_eq!(handed_in(Phase::Requirements), "phase_output_submitted phase_evaluated phase_passed");
    let last = handed_in(Phase::Tasks);
    assert!(
        last.starts_with(
            "phase_output_submitted phase_evaluated phase_passed phase_started phase_section_written"
        ),
        "{last}"
    );
    assert!(last.ends_with("phase_output_submitted phase_passed plan_accepted"), "{last}");
}

#[test]
fn the_judge_decides_and_nobody_else() {
    // A cyclic plan has nearly every point, and is vetoed all the same.
    let mut tasks = fields(Phase::Tasks);
    let list = tasks["tasks"].as_array_mut().unwrap();
    let (first, second) = (list[0]["id"].clone(), list[1]["id"].clone());
    list[0]["dependencies"] = json!({ "depends_on": [second], "blocks": [] });
    list[1]["dependencies"] = json!({ "depends_on": [first], "blocks": [] });
    let before = WRITTEN[..4].iter().fold(Story::of(GateMode::Auto), |story, phase| story.through(*phase));
    let story = before.when(start(Phase::Tasks, 1)).when(write_fields(Phase::Tasks, 1, &tasks));
    assert_eq!(
        story.outcome(hand_in(Phase::Tasks, 1)),
        "phase_output_submitted phase_evaluated phase_retry_scheduled"
    );
    let story = story.when(hand_in(Phase::Tasks, 1));
    let feedback = &story.details().progress(Phase::Tasks).unwrap().feedback;
    assert!(feedback.iter().any(|problem| problem.code == "cycle"), "{feedback:?}");
    assert_eq!(story.through(Phase::Tasks).stage(), "planned", "the next attempt is judged by itself");
}

#[test]
fn a_phase_has_three_attempts_and_longer_pauses_between_them() {
    let mut story = Story::of(GateMode::Auto);
    for (attempt, pause) in [(1, 2_000_000), (2, 4_000_000)] {
        story = story.failing(Phase::Explore, 1);
        let due = Timestamp::from_micros(NOW.micros() + pause);
        let expected = Stage::Planning { phase: Phase::Explore, attempt: attempt + 1, due: Some(due) };
        assert_eq!(story.details().stage, expected);
    }
    story = story.failing(Phase::Explore, 1);
    assert_eq!(story.stage(), "failed");
    let passed = Story::of(GateMode::Auto).failing(Phase::Explore, 2).through(Phase::Explore);
    assert_eq!(passed.failing(Phase::Prd, 2).stage(), "planning", "each phase has its own");
}

#[test]
fn what_cannot_be_read_is_an_issue_and_no_crash() {
    let story = Story::of(GateMode::Auto).when(start(Phase::Explore, 1));
    let nonsense = Map::from_iter([("tech_stack".to_owned(), json!(7))]);
    let story = story.when(write_fields(Phase::Explore, 1, &nonsense)).when(hand_in(Phase::Explore, 1));
    assert_eq!(story.stage(), "planning");
    let feedback = &story.details().progress(Phase::Explore).unwrap().feedback;
    assert!(feedback.iter().any(|problem| problem.code == "schema"), "{feedback:?}");
    let nothing = Story::of(GateMode::Auto).when(start(Phase::Explore, 1));
    assert!(nothing.outcome(hand_in(Phase::Explore, 1)).ends_with("phase_retry_scheduled"));
}

#[test]
fn attempts_of_the_past_change_nothing() {
    let story = Story::of(GateMode::Auto).failing(Phase::Explore, 1);
    for command in [
        start(Phase::Explore, 1),
        write(Phase::Explore, 1),
        hand_in(Phase::Explore, 1),
        give_up(Phase::Explore, 1),
    ] {
        assert_eq!(story.outcome(command), "!other_attempt");
    }
    assert_eq!(story.outcome(hand_in(Phase::Explore, 2)), "!other_attempt", "it has not begun");
    assert_eq!(story.outcome(start(Phase::Prd, 1)), "!other_attempt");
}

#[test]
fn a_phase_that_passed_is_never_judged_again() {
    let story = Story::of(GateMode::Auto).through(Phase::Explore);
    assert_eq!(story.outcome(hand_in(Phase::Explore, 1)), "!other_attempt");
    assert_eq!(story.outcome(start(Phase::Explore, 2)), "!other_attempt");
}

#[test]
fn where_nobody_is_asked_the_plan_has_to_assume() {
    let story = Story::of(GateMode::Auto).through(Phase::Explore);
    let questions = &story.details().questions;
    assert!(!questions.is_empty());
    assert!(
        questions
            .iter()
            .all(|asked| asked.answer.as_ref().is_some_and(|text| text.as_str().contains("assume")))
    );
    assert!(story.events.iter().any(|event| matches!(event, Event::QuestionAnswered { by: None, .. })));
}
