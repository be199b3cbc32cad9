//! The table: every stage with every command of people and planners.

use super::*;

fn stages() -> Vec<(&'static str, Story)> {
    let planning = Story::of(GateMode::Review).when(start(Phase::Explore, 1));
    let halted = planning.when(Command::Halt { reason: Halt::BudgetExhausted { needs: None } });
    let planned = accepted().when(materialize());
    let executing = planned.when(Command::StartExecution);
    vec![
        ("absent", Story::default()),
        ("planning", planning.clone()),
        ("awaiting_answers", Story::of(GateMode::Review).through(Phase::Explore)),
        ("awaiting_approval", at_requirements()),
        ("halted", halted),
        ("failed", Story::of(GateMode::Auto).failing(Phase::Explore, 3)),
        ("planned", planned),
        ("executing", executing.clone()),
        ("completed", executing.when(done())),
        ("cancelled", planning.when(Command::Cancel { reason: None })),
    ]
}

/// Each command with what it causes, `states: outcome | ...`; `*` is every stage not yet named.
fn table() -> Vec<(Command, &'static str)> {
    let hash = ContentHash::of_json(&json!({}));
    let phase = Phase::Explore;
    let none = Map::new();
    vec![
        (submit(GateMode::Auto), "absent: submitted | *: !already_exists"),
        (start(phase, 1), "absent: !not_found | planning: - | *: !not_planning"),
        (write_fields(phase, 1, &none), "absent: !not_found | planning: - | *: !not_planning"),
        (
            hand_in(phase, 1),
            "absent: !not_found | planning: phase_output_submitted phase_evaluated phase_retry_scheduled | *: !not_planning",
        ),
        (give_up(phase, 1), "absent: !not_found | planning: phase_retry_scheduled | *: !not_planning"),
        (
            Command::Halt { reason: Halt::BudgetExhausted { needs: None } },
            "absent: !not_found | planning: halted | halted failed: - | *: !not_planning",
        ),
        (
            Command::Resume { budget: None },
            "absent: !not_found | planning awaiting_answers awaiting_approval: - | halted failed: resumed
             | planned executing: !not_halted | *: !over",
        ),
        (
            answer(1),
            "absent: !not_found | awaiting_answers: question_answered | awaiting_approval: - | planned executing: !no_question
             | completed cancelled: !over | *: !no_question",
        ),
        (
            approve(Gate::Requirements, hash),
            "absent: !not_found | awaiting_approval: !content_changed | completed cancelled: !over | *: !no_approval_pending",
        ),
        (
            reject(Gate::Requirements, hash),
            "absent: !not_found | awaiting_approval: !content_changed | completed cancelled: !over | *: !no_approval_pending",
        ),
        (
            edit(hash, none.clone()),
            "absent: !not_found | awaiting_approval: !content_changed | completed cancelled: !over | *: !no_approval_pending",
        ),
        (
            Command::Materialize { tickets: vec![], tasks: vec![] },
            "absent: !not_found | planned executing: - | completed cancelled: !over | *: !not_planned",
        ),
        (
            revise(hash, &revised_plan()),
            "absent: !not_found | planned executing completed: !content_changed | cancelled: !over | *: !not_planned",
        ),
        (
            Command::ReviseWork(Box::new(RevisedWork {
                plan: hash,
                tickets: vec![],
                tasks: vec![],
                changed: vec![],
                withdrawn: vec![],
                kept: vec![],
            })),
            "absent: !not_found | planned executing: !up_to_date | completed cancelled: !over | *: !not_planned",
        ),
        (
            Command::StartExecution,
            "absent: !not_found | planned: execution_started | executing completed cancelled: - | *: !not_planned",
        ),
        (done(), "absent: !not_found | planned: execution_started completed | executing: completed | completed: - | *: !not_planned"),
        (
            accept(&["REQ-FILTERS-FUNC-002"]),
            "absent: !not_found | planned executing: !not_unproven | completed cancelled: !over | *: !not_planned",
        ),
        (
            Command::Cancel { reason: None },
            "absent: !not_found | completed: !over | cancelled: - | *: cancelled",
        ),
    ]
}

#[test]
fn every_pair_of_stage_and_command_has_the_outcome_of_the_table() {
    let stages = stages();
    assert_eq!((stages.len(), table().len()), (10, 18));
    for (command, row) in table() {
        for (stage, story) in &stages {
            let expected = row
                .split('|')
                .map(|cell| cell.split_once(':').unwrap())
                .find(|(named, _)| named.split_whitespace().any(|named| named == *stage || named == "*"))
                .map(|(_, outcome)| outcome.trim())
                .unwrap();
            assert_eq!(story.outcome(command.clone()), expected, "{command:?} while {stage}");
        }
    }
}

#[test]
fn the_words_of_the_stages_are_their_names() {
    for (word, story) in stages() {
        if word != "absent" {
            assert_eq!(story.stage(), word);
        }
    }
}
