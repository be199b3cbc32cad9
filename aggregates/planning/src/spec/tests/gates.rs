//! People are asked, and what they say counts for what they saw.

use super::*;

#[test]
fn questions_wait_for_people_and_the_last_answer_lets_planning_go_on() {
    let story = Story::of(GateMode::Review).through(Phase::Explore);
    assert_eq!(story.stage(), "awaiting_answers");
    let open = u32::try_from(story.details().questions.len()).unwrap();
    let almost = (1..open).fold(story, |story, question| story.when(answer(question)));
    assert_eq!(almost.stage(), "awaiting_answers");
    assert_eq!(almost.outcome(answer(1)), "-", "the same answer again");
    let other = Command::Answer { question: 1, text: text("Everybody."), by: ada() };
    assert_eq!(almost.outcome(other), "!no_question", "an answer stands");
    assert_eq!(almost.outcome(answer(99)), "!no_question");
    let story = almost.when(answer(open));
    assert_eq!(story.details().stage, Stage::Planning { phase: Phase::Prd, attempt: 1, due: None });
}

#[test]
fn a_gate_is_a_state_that_waits() {
    let story = at_requirements();
    assert_eq!(story.stage(), "awaiting_approval");
    assert_eq!(story.outcome(start(Phase::Design, 1)), "!not_planning");
    assert_eq!(story.outcome(materialize()), "!not_planned");
    assert_eq!(story.outcome(approve(Gate::Design, story.shown())), "!no_approval_pending");
    let story = story.when(approve(Gate::Requirements, story.shown()));
    assert_eq!(story.details().stage, Stage::Planning { phase: Phase::Design, attempt: 1, due: None });
    let story = story.through(Phase::Design);
    assert_eq!(story.stage(), "awaiting_approval");
    let story = story.when(approve(Gate::Design, story.shown())).through(Phase::Tasks);
    assert_eq!(story.stage(), "planned");
}

#[test]
fn an_approval_counts_for_exactly_what_was_shown() {
    let story = at_requirements();
    let other = ContentHash::of_json(&json!({}));
    assert_eq!(story.outcome(approve(Gate::Requirements, other)), "!content_changed");
    let seen = story.shown();
    let edited = story.when(edit(
        seen,
        other_requirements(|fields| {
            fields.insert("assumptions".to_owned(), json!(["Filters are private."]));
        }),
    ));
    assert_ne!(edited.shown(), seen);
    assert_eq!(edited.outcome(approve(Gate::Requirements, seen)), "!content_changed");
    assert_eq!(edited.outcome(approve(Gate::Requirements, edited.shown())), "approval_granted");
    let granted = edited.when(approve(Gate::Requirements, edited.shown()));
    assert_eq!(granted.outcome(approve(Gate::Requirements, edited.shown())), "-", "a repeat");
    assert_eq!(granted.outcome(approve(Gate::Requirements, seen)), "!no_approval_pending");
}

#[test]
fn an_edit_is_a_version_that_is_judged_and_shown_anew() {
    let story = at_requirements();
    let changed = other_requirements(|fields| {
        fields.insert("out_of_scope".to_owned(), json!(["Sharing."]));
    });
    assert_eq!(
        story.outcome(edit(story.shown(), changed.clone())).replace(" phase_section_written", ""),
        "content_edited phase_output_submitted phase_evaluated phase_passed approval_requested"
    );
    let edited = story.when(edit(story.shown(), changed));
    let progress = edited.details().progress(Phase::Requirements).unwrap();
    assert_eq!((progress.attempt, progress.writer), (2, Hand::Person));
    assert_eq!(story.outcome(edit(story.shown(), fields(Phase::Requirements))), "-", "the same content");
}

#[test]
fn an_edit_that_cannot_be_is_refused_by_name_and_changes_nothing() {
    let story = at_requirements();
    let doubled = other_requirements(|fields| {
        let list = fields["requirements"].as_array_mut().unwrap();
        list.push(list[0].clone());
    });
    match story.refused(edit(story.shown(), doubled)) {
        Rejection::Vetoed { problems } => {
            assert!(problems.iter().any(|problem| problem.code == "duplicate_id"), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
    // A low score is no reason to refuse what a person wants.
    let bare = other_requirements(|fields| {
        fields.retain(|field, _| matches!(field.as_str(), "feature_name" | "requirements"));
        for requirement in fields["requirements"].as_array_mut().unwrap() {
            requirement["acceptance_criteria"] = json!([]);
            requirement["text"] = json!("Filters.");
        }
    });
    let story = story.when(edit(story.shown(), bare));
    assert_eq!(story.stage(), "awaiting_approval");
}

#[test]
fn a_no_goes_back_to_the_phase_with_its_reason() {
    let story = at_requirements();
    let story = story.when(reject(Gate::Requirements, story.shown()));
    assert_eq!(story.details().stage, Stage::Planning { phase: Phase::Requirements, attempt: 2, due: None });
    let feedback = &story.details().progress(Phase::Requirements).unwrap().feedback;
    assert_eq!(feedback[0].message, "Say who may see them.");
    let begun = story.when(start(Phase::Requirements, 2));
    assert_eq!(begun.details().progress(Phase::Requirements).unwrap().feedback, *feedback);
    assert!(begun.details().progress(Phase::Requirements).unwrap().content.is_empty());
    assert_eq!(story.through(Phase::Requirements).stage(), "awaiting_approval");
}
