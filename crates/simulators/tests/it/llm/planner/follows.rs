//! What stands in the prompt is followed: answers, edits of people, reasons, fields.

use adapters::llm::Structured;
use plan::testing::valid_plan;
use plan::{Phase, Score};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use simulators::llm::Wire;

use super::product::{PHASES, Question, answered, client};
use super::{check, planned, planner, texts};

const IDEA: (&str, &str) = ("Saved filters", "Cooks can save the filter of a list. They can delete it.");

fn question() -> Question {
    Question::of(IDEA.0, IDEA.1)
}

#[tokio::test]
async fn answers_bind_and_are_written_down() {
    let server = planner().await;
    let llm = client(&server, Wire::OpenAi, Structured::Schema);
    let mut question = question();
    let prd = answered(&*llm, &question, Phase::Prd).await;
    assert!(texts(&prd["assumptions"])[0].starts_with("Nobody was asked"), "{prd}");
    question.answers =
        "Problem & Value\n1. Do several cooks share filters?\n   Answer: never\n2. How many?: at most 50"
            .into();
    let prd = answered(&*llm, &question, Phase::Prd).await;
    assert_eq!(
        texts(&prd["assumptions"])[1..],
        ["1. Do several cooks share filters? Answer: never", "2. How many? at most 50"]
    );
    let requirements = answered(&*llm, &question.after(Phase::Prd, prd.clone()), Phase::Requirements).await;
    assert_eq!(requirements["assumptions"], prd["assumptions"]);
}

/// People may have changed anything: whatever requirements and design the prompt shows, the tasks cover them.
#[tokio::test]
async fn tasks_cover_what_the_prompt_shows() {
    let server = planner().await;
    let llm = client(&server, Wire::Anthropic, Structured::Schema);
    let mut runner = TestRunner::deterministic();
    for _ in 0..60 {
        let plan = valid_plan().new_tree(&mut runner).unwrap().current();
        let question = question()
            .after(Phase::Requirements, serde_json::to_value(&plan.requirements).unwrap())
            .after(Phase::Design, serde_json::to_value(plan.design.clone().unwrap_or_default()).unwrap());
        let tasks = answered(&*llm, &question, Phase::Tasks).await;
        let verdict = question.judged(Phase::Tasks, &tasks);
        assert!(verdict.vetoes.is_empty(), "{:?}\n{plan:#?}\n{tasks:#}", verdict.vetoes);
        assert!(verdict.score >= Score::new(0.85).unwrap(), "{} {:?}", verdict.score, verdict.issues);
    }
}

#[tokio::test]
async fn parts_that_use_each_other_are_built_all_the_same() {
    let server = planner().await;
    let llm = client(&server, Wire::OpenAi, Structured::Schema);
    let part = |name: &str, uses: Value| json!({"name": name, "file_path": "src/one.rs", "dependencies": uses, "responsibility": ""});
    let design = json!({"components": [
        part("Hen", json!(["Egg"])), part("Egg", json!(["Hen", "Gone"])), part("Nest", json!([])),
        part("a", json!([])), part("b", json!([])), part("c", json!(["a"])), part("d", json!([]))
    ]});
    let requirements = answered(&*llm, &question(), Phase::Requirements).await;
    let question = question().after(Phase::Requirements, requirements).after(Phase::Design, design);
    let tasks = answered(&*llm, &question, Phase::Tasks).await;
    let verdict = question.judged(Phase::Tasks, &tasks);
    assert!(verdict.vetoes.is_empty(), "{:?}", verdict.vetoes);
    assert!(tasks["tickets"].as_array().unwrap().len() > 3, "no ticket is larger than five tasks");
}

#[tokio::test]
async fn requirements_follow_the_stories_of_the_prompt() {
    let server = planner().await;
    let llm = client(&server, Wire::OpenAi, Structured::Schema);
    let story = json!({"id": "US-007", "role": "Dietician", "want": "to WHEN count calories, and shall sort", "priority": "must"});
    let question = question().after(Phase::Prd, json!({"feature_name": "diet", "user_stories": [story]}));
    let requirements = answered(&*llm, &question, Phase::Requirements).await;
    check(&question, Phase::Requirements, &requirements, "one story");
    let first = &requirements["requirements"][0];
    assert_eq!((&first["id"], &first["notes"]), (&json!("REQ-DIET-FUNC-001"), &json!("From US-007.")));
    assert!(first["text"].as_str().unwrap().starts_with("WHEN a dietician asks for it"), "{first}");
}

#[tokio::test]
async fn a_rejected_version_heeds_the_reason() {
    let server = planner().await;
    let llm = client(&server, Wire::Anthropic, Structured::Schema);
    let whole = planned(&*llm, question(), "before").await;
    for (at, phase) in PHASES.into_iter().enumerate() {
        let mut again = question();
        again.earlier = whole.earlier[..at].to_vec();
        let before = answered(&*llm, &again, phase).await;
        again.last_version = Some(before.clone());
        again.mend = "- ears: column 3: something else\n- rejected: Filters must be SHARED\n  with the team.\n- late: no".into();
        let after = answered(&*llm, &again, phase).await;
        assert_ne!(before, after, "{phase}");
        let said = after.to_string();
        assert!(said.contains("SHARED with the team") && !said.contains("something else"), "{phase}: {said}");
        check(&again, phase, &after, phase.as_str());
        // A later version, judged for something else, does not forget it.
        if matches!(phase, Phase::Prd | Phase::Requirements) {
            again.last_version = Some(after.clone());
            again.mend = "- schema: the field `goals` is absent".into();
            assert_eq!(answered(&*llm, &again, phase).await, after, "{phase}");
        }
        if phase == Phase::Requirements {
            let ids: Vec<_> =
                after["requirements"].as_array().unwrap().iter().map(|entry| entry["id"].clone()).collect();
            assert!(ids.contains(&json!("REQ-SAVED-FILTERS-CON-001")), "{ids:?}");
        }
    }
}

#[tokio::test]
async fn only_the_fields_to_write_are_written_in_the_order_of_the_phase() {
    let server = planner().await;
    let llm = client(&server, Wire::OpenAi, Structured::Schema);
    let mut question = question();
    let whole = answered(&*llm, &question, Phase::Prd).await;
    question.written = "- overview\n- user_stories: US-001, US-002".into();
    question.write_now = ["user_stories", "goals"].map(str::to_owned).to_vec();
    let rest = answered(&*llm, &question, Phase::Prd).await;
    assert_eq!(rest, json!({"user_stories": whole["user_stories"], "goals": whole["goals"]}));
    question.write_now.clear();
    let request = question.request(Phase::Prd);
    let text = super::product::asked(&*llm, &request).await.unwrap().text;
    let place = |field: &str| text.find(&format!("\"{field}\":")).unwrap();
    assert!(place("overview") < place("goals") && place("goals") < place("user_stories"), "{text}");
}
