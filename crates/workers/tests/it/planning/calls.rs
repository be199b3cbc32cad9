//! What models do, and what it costs.

use simulators::llm::WrongJson;

use super::*;

#[tokio::test]
async fn an_idea_becomes_a_plan() {
    let desk = Desk::begin().await;
    let spec = desk.submit(GateMode::Auto, None).await;
    let details = desk.plan(spec).await;
    assert_eq!(details.stage, Stage::Planned);
    assert_eq!(desk.server.requests().len(), 5, "a call a phase");
    for phase in WRITTEN {
        let progress = details.progress(phase).unwrap();
        assert!(progress.passed, "{phase}");
        assert_eq!(json!(progress.content.fields()), examples::json(phase), "{phase}");
    }
    assert_eq!(details.plan().tasks, examples::tasks());
    assert_eq!(desk.times("trajectory.llm_call_started").await, 5);
    assert_eq!(desk.times("trajectory.usage_recorded").await, 5);
    assert!(desk.times("spec.phase_section_written").await > 60, "they come while the model writes");
    assert!(desk.billed().await > 0);
    assert_eq!(desk.spent(spec).await, desk.billed().await);
}

#[tokio::test]
async fn each_phase_is_told_what_it_needs() {
    let desk = Desk::begin().await;
    let spec = desk.submit(GateMode::Auto, None).await;
    desk.plan(spec).await;
    let told: Vec<String> = desk.server.requests().iter().map(|request| request.asked().text()).collect();
    assert!(told.iter().all(|text| text.contains("People forget what they have written down.")));
    assert!(told[0].contains("There is no repository."));
    let story = &examples::prd().user_stories[0].want;
    assert!(
        told[2..].iter().all(|text| text.contains(story)),
        "the PRD reaches requirements, design and tasks"
    );
    assert!(told[1].contains("Nobody was asked."), "the questions were answered by an assumption");
    let component = &examples::design().components[0].name;
    assert!(told[4].contains(component), "the design reaches the tasks");
    assert!(told[4].contains("## Write now\ntasks") || told[4].contains("## Write now\n"), "{}", told[4]);
}

/// Each fault once in the first answer to each phase, and the plan is the same.
#[tokio::test]
async fn whatever_the_server_does_first_the_plan_is_the_same() {
    let undisturbed = undisturbed().await;
    let wrong = |wrong| Fault::WrongJson { wrong };
    for fault in [
        Fault::RateLimited { retry_after: Some("0".into()) },
        Fault::Overloaded { retry_after: None },
        Fault::ServerError,
        Fault::BadGateway,
        Fault::ErrorBody,
        Fault::Html,
        Fault::Cut { after: 0 },
        Fault::Cut { after: 7 },
        Fault::ErrorEvent { after: 5 },
        Fault::BrokenEvent { after: 6 },
        Fault::Uncounted,
        wrong(WrongJson::Truncated),
        wrong(WrongJson::NotJson),
        wrong(WrongJson::ViolatesSchema),
    ] {
        let desk = Desk::with_fault(&fault).await;
        let spec = desk.submit(GateMode::Auto, None).await;
        let details = desk.plan(spec).await;
        assert_eq!(details.stage, Stage::Planned, "{fault:?}: {:?}", details.phases.keys());
        assert_eq!(contents(&details), undisturbed, "{fault:?}");
        assert_eq!(desk.spent(spec).await, desk.billed().await, "{fault:?}");
    }
}

/// Whoever is silent is not waited for without end.
#[tokio::test]
async fn a_server_that_hangs_is_asked_again() {
    let undisturbed = undisturbed().await;
    for fault in [Fault::Hangs, Fault::Silent { after: 6 }, Fault::Drips, Fault::LongLine] {
        let desk = Desk::with_fault_in(&[Phase::Prd], &fault).await;
        let spec = desk.submit(GateMode::Auto, None).await;
        let details = desk.plan(spec).await;
        assert_eq!(details.stage, Stage::Planned, "{fault:?}");
        assert_eq!(contents(&details), undisturbed, "{fault:?}");
        assert_eq!(desk.spent(spec).await, desk.billed().await, "{fault:?}");
    }
}

/// What was written before the answer broke off is neither asked for nor written again.
#[tokio::test]
async fn an_answer_that_breaks_off_is_gone_on_with() {
    let desk = Desk::with_fault(&Fault::Cut { after: 5 }).await;
    let spec = desk.submit(GateMode::Auto, None).await;
    let details = desk.plan(spec).await;
    assert_eq!(details.stage, Stage::Planned);
    assert!(details.phases.values().all(|progress| progress.attempt == 1), "the same attempt went on");
    let told: Vec<String> = desk.server.requests().iter().map(|request| request.asked().text()).collect();
    let gone_on = told.iter().filter(|text| text.contains("## Written already")).count();
    assert!(gone_on >= 3, "{gone_on} of {}", told.len());
    assert_eq!(desk.times("trajectory.llm_call_started").await, desk.server.requests().len() as i64);
}

#[tokio::test]
async fn a_model_that_never_writes_what_it_is_asked_for_fails_the_phase() {
    let desk = Desk::without_answers().await;
    desk.server.rule(Rule::new("poem").says("Roses are red."));
    let spec = desk.submit(GateMode::Auto, None).await;
    let details = desk.plan(spec).await;
    let Stage::Failed { phase: Phase::Explore, reason } = details.stage else {
        panic!("{:?}", details.stage)
    };
    assert!(reason.as_str().contains("the model did not write"), "{reason}");
    assert_eq!(desk.server.requests().len(), 3 * 6, "three attempts, each with five repairs");
    assert_eq!(desk.times("spec.phase_retry_scheduled").await, 2);
}

#[tokio::test]
async fn a_phase_that_is_judged_too_bad_is_written_again_with_what_was_found() {
    let desk = Desk::without_answers().await;
    let mut poor = examples::json(Phase::Requirements);
    poor["requirements"][0]["text"] = "It should be nice and/or fast.".into();
    poor["requirements"][1]["id"] = "R2".into();
    for phase in WRITTEN.into_iter().filter(|phase| *phase != Phase::Requirements) {
        desk.server.rule(answers(phase));
    }
    desk.server.rule(answers(Phase::Requirements).when_contains("## Your last version"));
    desk.server.rule(Rule { reply: Rule::new("").says_json(poor).reply, ..answers(Phase::Requirements) });
    let spec = desk.submit(GateMode::Auto, None).await;
    let details = desk.plan(spec).await;
    assert_eq!(details.stage, Stage::Planned);
    assert_eq!(details.progress(Phase::Requirements).unwrap().attempt, 2);
    let again = desk.server.requests().into_iter().map(|request| request.asked().text());
    let again: Vec<String> = again.filter(|text| text.contains("## Your last version")).collect();
    let [again] = &again[..] else { panic!("{} times", again.len()) };
    assert!(again.contains("## What must be mended") && again.contains("R2"), "{again}");
}

#[tokio::test]
async fn a_call_that_could_cost_more_than_is_left_is_not_made() {
    let desk = Desk::begin().await;
    // Enough for a phase or two.
    let spec = desk.submit(GateMode::Auto, Some(Usd::from_micros(300_000))).await;
    let details = desk.plan(spec).await;
    let Stage::Halted { phase, reason: spec::Halt::BudgetExhausted { needs } } = details.stage else {
        panic!("{:?}", details.stage)
    };
    assert!(phase > Phase::Explore, "{phase}");
    let calls = desk.server.requests().len();
    let (spent, needs) = (desk.spent(spec).await, needs.expect("it says what it needs").micros());
    assert!(spent <= 300_000 && spent + needs > 300_000, "{spent} and {needs}");
    desk.tell(spec, spec::Command::Resume { budget: Some(Usd::from_micros(spent + needs - 1)) }).await;
    let details = desk.plan(spec).await;
    assert!(matches!(details.stage, Stage::Halted { phase: still, .. } if still == phase), "{details:?}");
    assert_eq!(desk.server.requests().len(), calls);
    desk.tell(spec, spec::Command::Resume { budget: Some(Usd::from_micros(40_000_000)) }).await;
    assert_eq!(desk.plan(spec).await.stage, Stage::Planned);
    assert_eq!(desk.server.requests().len(), 5, "no phase that had passed was written again, {calls} before");
}

#[tokio::test]
async fn a_key_that_is_refused_waits_for_an_operator() {
    let desk = Desk::without_answers().await;
    desk.server.rule(answers(Phase::Explore).misbehaves_times(Fault::Unauthorized, 1));
    let spec = desk.submit(GateMode::Auto, None).await;
    let details = desk.plan(spec).await;
    let Stage::Halted { reason: spec::Halt::NoModel { message }, .. } = details.stage else {
        panic!("{:?}", details.stage)
    };
    assert!(message.as_str().contains("check the key"), "{message}");
    assert_eq!(desk.spent(spec).await, 0);
}
