//! Planning stands still, goes on, or ends.

use super::*;

#[test]
fn an_attempt_that_was_halted_goes_on_where_it_stood() {
    let story = Story::of(GateMode::Auto).when(start(Phase::Explore, 1));
    let some = Map::from_iter([("notes".to_owned(), json!("So far."))]);
    let story = story.when(write_fields(Phase::Explore, 1, &some));
    let halted = story.when(Command::Halt { reason: Halt::BudgetExhausted { needs: None } });
    assert_eq!(halted.stage(), "halted");
    assert_eq!(halted.outcome(Command::Halt { reason: Halt::BudgetExhausted { needs: None } }), "-");
    assert_eq!(halted.outcome(hand_in(Phase::Explore, 1)), "!not_planning");
    let budget = Some(Usd::from_micros(9_000_000));
    let resumed = halted.when(Command::Resume { budget });
    assert_eq!(resumed.details().budget, budget);
    assert_eq!(resumed.attempt(), 1);
    let content = &resumed.details().progress(Phase::Explore).unwrap().content;
    assert_eq!(content.fields()["notes"], json!("So far."));
    assert_eq!(resumed.outcome(Command::Resume { budget: None }), "-", "it goes on already");
}

#[test]
fn a_phase_that_failed_has_new_attempts_once_it_is_resumed() {
    let failed = Story::of(GateMode::Auto).failing(Phase::Explore, 3);
    assert_eq!(failed.stage(), "failed");
    let resumed = failed.when(Command::Resume { budget: None });
    assert_eq!(resumed.attempt(), 4);
    assert_eq!(resumed.failing(Phase::Explore, 2).stage(), "planning");
    assert_eq!(resumed.failing(Phase::Explore, 3).stage(), "failed");
    assert_eq!(resumed.through(Phase::Explore).stage(), "planning");
}

#[test]
fn a_halt_before_a_phase_began_does_not_skip_it() {
    let halted = Story::of(GateMode::Auto)
        .through(Phase::Explore)
        .when(Command::Halt { reason: Halt::BudgetExhausted { needs: None } });
    let resumed = halted.when(Command::Resume { budget: None });
    assert_eq!(resumed.details().stage, Stage::Planning { phase: Phase::Prd, attempt: 1, due: None });
}

#[test]
fn a_spec_that_was_given_up_stays_so() {
    let cancelled = at_requirements().when(Command::Cancel { reason: None });
    assert_eq!(cancelled.stage(), "cancelled");
    assert!(cancelled.details().possible().is_empty());
    assert_eq!(cancelled.outcome(Command::Cancel { reason: None }), "-");
    assert_eq!(cancelled.outcome(Command::Resume { budget: None }), "!over");
}
