//! The planner without a mind passes the product's own judge, phase after phase, whatever the idea is.

mod follows;
mod ideas;
mod misbehaves;
mod product;

use std::collections::HashMap;
use std::sync::LazyLock;

use adapters::llm::Structured;
use plan::phases::{Requirements, Tasks};
use plan::{Phase, Score, compute, schema_of};
use serde_json::{Value, json};
use simulators::llm::{Llm, Pace, Script, Wire};

use self::ideas::IDEAS;
use self::product::{PHASES, Question, answered, client};
use super::{answer, good, message, posted};

const RUST: &str = "```\nCargo.toml  812\nREADME.md  90\nmigrations/0006_recipes.sql  400\nsrc/main.rs  1200\nsrc/routes/mod.rs\n\
    src/routes/recipes.rs\nsrc/routes/users.rs\nsrc/routes/meal_plans.rs\nsrc/store/recipes.rs\ntests/recipes.rs\n```\n\n\
    ### src/main.rs\n```rust\nmod routes;\nfn main() {}\n```\n";
const REACT: &str = "- package.json\n- src/App.tsx\n- src/pages/RecipeList.tsx\n- src/pages/RecipePage.tsx\n- src/pages/LoginPage.tsx\n";
const DOCS: &str = "README.md\ndocs/plan.md\n";

async fn planner() -> Llm {
    // Large pieces: how small ones are put together is tested with the client.
    let pace = Pace { chunk_chars: 2_000, ..Pace::default() };
    Llm::start_on(([127, 0, 0, 1], 0).into(), Script::planner(pace)).await.unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

/// Valid by the schema, at least .85, nothing vetoed, and no sentence that EARS complains of.
fn check(question: &Question, phase: Phase, answer: &Value, context: &str) {
    static VALIDATORS: LazyLock<HashMap<Phase, jsonschema::Validator>> = LazyLock::new(|| {
        PHASES
            .into_iter()
            .map(|phase| (phase, jsonschema::validator_for(&schema_of(phase)).unwrap()))
            .collect()
    });
    let errors: Vec<_> = VALIDATORS[&phase].iter_errors(answer).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new(), "{context}");
    let verdict = question.judged(phase, answer);
    assert!(verdict.vetoes.is_empty(), "{context}: {:?}", verdict.vetoes);
    assert!(verdict.score >= Score::new(0.85).unwrap(), "{context}: {} {:?}", verdict.score, verdict.issues);
    let of_ears: Vec<_> = verdict.issues.iter().filter(|issue| issue.code.starts_with("ears")).collect();
    assert!(of_ears.is_empty(), "{context}: {of_ears:?} {answer:#}");
}

/// All five phases in a row, each seeing those before it.
async fn planned(llm: &dyn ports::llm::Llm, mut question: Question, context: &str) -> Question {
    for phase in PHASES {
        let answer = answered(llm, &question, phase).await;
        check(&question, phase, &answer, &format!("{context}, {phase}"));
        question = question.after(phase, answer);
    }
    question
}

#[tokio::test]
async fn every_idea_is_planned_in_either_format_and_the_plans_are_the_same() {
    assert!(IDEAS.len() >= 40);
    let server = planner().await;
    let (anthropic, openai) = (
        client(&server, Wire::Anthropic, Structured::Schema),
        client(&server, Wire::OpenAi, Structured::Schema),
    );
    for (at, (title, idea)) in IDEAS.iter().enumerate() {
        let repository = ["", RUST, REACT, DOCS][at % 4];
        let mut question = Question::of(title, idea).in_repository(repository);
        if at % 3 == 0 {
            question.answers = "- Who else uses it?\n  The whole team, IF they shall.\n".to_owned();
        }
        let one = planned(&*anthropic, question.clone(), title).await;
        let other = planned(&*openai, question, title).await;
        assert_eq!(one.earlier, other.earlier, "{title}");
        size(&one.earlier[2].1, &one.earlier[3].1, &one.earlier[4].1, title);
    }
}

fn size(requirements: &Value, design: &Value, tasks: &Value, context: &str) {
    let requirements: Requirements = serde_json::from_value(requirements.clone()).unwrap();
    assert!((5..=8).contains(&requirements.requirements.len()), "{context}");
    let words =
        requirements.requirements.iter().map(|requirement| requirement.title.split_whitespace().count());
    assert!(
        words.clone().all(|words| (1..=6).contains(&words)),
        "{context}: {:?}",
        words.collect::<Vec<_>>()
    );
    assert_eq!(design["components"].as_array().unwrap().len(), 3, "{context}");
    let words = design["architecture_overview"].as_str().unwrap().split_whitespace().count();
    assert!((300..=500).contains(&words), "{context}: {words} words");
    let tasks: Tasks = serde_json::from_value(tasks.clone()).unwrap();
    assert!((2..=3).contains(&tasks.tickets.len()) && (5..=7).contains(&tasks.tasks.len()), "{context}");
    for task in &tasks.tasks {
        let words = task.description.split_whitespace().count();
        assert!((150..=400).contains(&words), "{context}, {}: {words} words", task.id);
    }
    let waves = compute::schedule(&tasks).unwrap().waves;
    assert!(waves.iter().filter(|wave| wave.len() >= 2).count() >= 2, "{context}: {waves:?}");
    let later = tasks
        .tasks
        .iter()
        .enumerate()
        .flat_map(|(at, task)| tasks.tasks[at + 1..].iter().map(move |other| (task, other)));
    for (one, other) in later {
        let files = |task: &plan::phases::PlannedTask| {
            [task.files_to_create.clone(), task.files_to_modify.clone()].concat()
        };
        let shared = files(one).iter().any(|file| files(other).contains(file));
        assert!(
            !shared || other.dependencies.depends_on.contains(&one.id),
            "{context}: {} {}",
            one.id,
            other.id
        );
    }
}

#[tokio::test]
async fn files_are_beside_those_of_the_repository() {
    let server = planner().await;
    let llm = client(&server, Wire::OpenAi, Structured::Schema);
    let files = async |repository: &str, idea: &str| -> Vec<String> {
        let question =
            planned(&*llm, Question::of("Saved filters", idea).in_repository(repository), repository).await;
        let tasks: Tasks = serde_json::from_value(question.earlier[4].1.clone()).unwrap();
        tasks
            .tasks
            .iter()
            .flat_map(|task| [task.files_to_create.clone(), task.files_to_modify.clone()].concat())
            .collect()
    };
    assert_eq!(
        files(RUST, "Save a filter.").await,
        [
            "src/routes/saved_filters_store.rs",
            "migrations/0007_saved_filters.sql",
            "src/routes/saved_filters_rules.rs",
            "src/routes/saved_filters_routes.rs",
            "src/main.rs",
            "tests/saved_filters.rs",
            "tests/saved_filters_speed.rs",
            "README.md"
        ]
    );
    assert_eq!(
        files(REACT, "Save a filter.").await[..2],
        ["src/pages/SavedFiltersState.ts", "src/pages/SavedFiltersRules.ts"]
    );
    assert_eq!(files("", "A Python tool for the terminal.").await[0], "src/saved_filters_store.py");
}

#[tokio::test]
async fn the_words_of_the_idea_are_in_the_plan() {
    let server = planner().await;
    let llm = client(&server, Wire::Anthropic, Structured::Prompt);
    let (title, idea) = IDEAS[0];
    let question = planned(&*llm, Question::of(title, idea), title).await;
    let [explore, prd, requirements, design, tasks] = [0, 1, 2, 3, 4].map(|at| &question.earlier[at].1);
    assert_eq!(explore["feature_summary"]["name"], "saved-filters");
    assert!(explore["codebase_summary"].as_str().unwrap().contains("There is no repository"));
    assert_eq!(explore["discovery_questions"].as_array().unwrap().len(), 5);
    assert_eq!(prd["user_stories"][0]["role"], "cook");
    assert_eq!(prd["user_stories"][0]["want"], "to save the filter of the recipe list under a name");
    assert_eq!(
        requirements["requirements"][0]["text"],
        "WHEN a cook asks to save the filter of the recipe list under a name, the service SHALL do so and show the result."
    );
    assert_eq!(requirements["requirements"][0]["id"], "REQ-SAVED-FILTERS-FUNC-001");
    assert_eq!(
        requirements["requirements"][1]["text"],
        "WHEN a cook asks to open it again with one click, the service SHALL do so and show the result."
    );
    assert_eq!(design["components"][0]["name"], "SavedFiltersStore");
    assert_eq!(tasks["tasks"][2]["dependencies"]["depends_on"], json!(["TSK-001", "TSK-002"]));
    // Without them it is another plan.
    let other = planned(&*llm, Question::of(title, "Delete a filter."), title).await;
    assert_ne!(other.earlier[1].1["user_stories"], prd["user_stories"]);
}

#[tokio::test]
async fn what_is_no_phase_is_refused_with_the_reason() {
    let server = planner().await;
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let (status, said) = answer(posted(&server, wire, &good(wire))).await;
        assert!(status == 400 && message(&said).contains("`planner`: the system lacks `Phase: `"), "{said}");
    }
    let asks = |system: &str, text: &str| {
        let mut body = good(Wire::Anthropic);
        body["system"] = system.into();
        body["messages"][0]["content"] = text.into();
        answer(posted(&server, Wire::Anthropic, &body))
    };
    let (_, said) = asks("Phase: lunch. Eat.", "<material></material>").await;
    assert!(message(&said).contains("nobody here knows the phase `lunch`"), "{said}");
    let (_, said) = asks("Phase: design. Draw.", "Draw.").await;
    assert!(message(&said).contains("has a <material>"), "{said}");
}
