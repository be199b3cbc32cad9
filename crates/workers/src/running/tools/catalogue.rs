//! What is offered to agents, and with what it is used. What does not exist is not offered.

use std::sync::Arc;

use plan::Phase;
use rmcp::model::Tool;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vocabulary::Mode;

use crate::running::report::{self, ExplorationReport};

/// A use of a tool.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Use {
    GetTask,
    ReadSpec { part: Phase },
    ListFilesOwned,
    ReportProgress { text: String },
    AskHuman { question: String },
    SubmitReport { report: ExplorationReport },
}

/// Why it is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("there is no tool {0}")]
    NoTool(String),
    #[error("the input does not fit: {0}")]
    Input(String),
    #[error("that is no report: {0}")]
    Report(#[from] report::Unfit),
    #[error("say at least a word, and at most {MOST_CHARS} characters")]
    Words,
}

const SUBMIT_REPORT: &str = "submit_report";
/// Most characters of what an agent says to people in one use.
const MOST_CHARS: usize = 10_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadSpec {
    /// Which part of the spec.
    part: Part,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Part {
    Prd,
    Requirements,
    Design,
    Tasks,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReportProgress {
    /// How far you are, and what is next, in a few sentences.
    text: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AskHuman {
    /// The question, with what you will do if nobody answers.
    question: String,
}

/// All that a run of this mode is offered.
pub(super) fn tools(mode: Mode) -> Vec<Tool> {
    let mut tools = vec![
        tool::<Nothing>(
            "get_task",
            "Your task as the platform has it: title, description, files, commands, feedback.",
        ),
        tool::<ReadSpec>("read_spec", "A part of the spec that your task comes from, in full."),
        tool::<Nothing>(
            "list_files_owned",
            "The files that your task is about; others belong to other tasks.",
        ),
        tool::<ReportProgress>("report_progress", "Says to people how far you are."),
        tool::<AskHuman>(
            "ask_human",
            "Asks people something. You do not wait: an answer comes as a message.",
        ),
    ];
    if mode == Mode::Exploration {
        let Value::Object(schema) = ExplorationReport::schema() else {
            unreachable!("a report is an object")
        };
        let about = "Hands in the report that your task asks for. The last one counts.";
        tools.push(Tool::new(SUBMIT_REPORT, about, Arc::new(schema)));
    }
    tools
}

fn tool<I: JsonSchema>(name: &'static str, about: &'static str) -> Tool {
    let Value::Object(mut schema) = schema_for!(I).to_value() else { unreachable!("inputs are objects") };
    schema.remove("$schema");
    schema.remove("title");
    Tool::new(name, about, Arc::new(schema))
}

/// Reads a use.
pub(super) fn read(mode: Mode, name: &str, input: Map<String, Value>) -> Result<Use, Unfit> {
    Ok(match name {
        "get_task" => fit::<Nothing>(input).map(|_| Use::GetTask)?,
        "list_files_owned" => fit::<Nothing>(input).map(|_| Use::ListFilesOwned)?,
        "read_spec" => {
            let part = match fit::<ReadSpec>(input)?.part {
                Part::Prd => Phase::Prd,
                Part::Requirements => Phase::Requirements,
                Part::Design => Phase::Design,
                Part::Tasks => Phase::Tasks,
            };
            Use::ReadSpec { part }
        }
        "report_progress" => Use::ReportProgress { text: words(fit::<ReportProgress>(input)?.text)? },
        "ask_human" => Use::AskHuman { question: words(fit::<AskHuman>(input)?.question)? },
        SUBMIT_REPORT if mode == Mode::Exploration => {
            Use::SubmitReport { report: ExplorationReport::read(Value::Object(input))? }
        }
        other => return Err(Unfit::NoTool(other.chars().take(100).collect())),
    })
}

fn fit<I: DeserializeOwned>(input: Map<String, Value>) -> Result<I, Unfit> {
    serde_json::from_value(Value::Object(input)).map_err(|error| Unfit::Input(error.to_string()))
}

fn words(text: String) -> Result<String, Unfit> {
    let fits = !text.trim().is_empty() && text.chars().count() <= MOST_CHARS;
    if fits { Ok(text) } else { Err(Unfit::Words) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn used(name: &str, input: Value) -> Result<Use, Unfit> {
        let Value::Object(input) = input else { panic!("inputs are objects") };
        read(Mode::Implementation, name, input)
    }

    #[test]
    fn what_is_offered_can_be_used_and_nothing_else() {
        let inputs = [
            json!({}),
            json!({"part": "design"}),
            json!({}),
            json!({"text": "half of it"}),
            json!({"question": "red or green?"}),
        ];
        for (tool, input) in tools(Mode::Implementation).into_iter().zip(inputs) {
            assert!(used(&tool.name, input).is_ok(), "{}", tool.name);
            assert_eq!(tool.input_schema["type"], "object", "{}", tool.name);
        }
        assert_eq!(used("submit_report", json!({})), Err(Unfit::NoTool("submit_report".into())));
        assert!(tools(Mode::Exploration).iter().any(|tool| tool.name == "submit_report"));
        assert_eq!(used("spawn_agent", json!({})), Err(Unfit::NoTool("spawn_agent".into())));
        assert!(matches!(used("read_spec", json!({"part": "secrets"})), Err(Unfit::Input(_))));
        assert!(matches!(used("get_task", json!({"id": 1})), Err(Unfit::Input(_))));
        assert_eq!(used("ask_human", json!({"question": " "})), Err(Unfit::Words));
        assert_eq!(used("report_progress", json!({"text": "x".repeat(MOST_CHARS + 1)})), Err(Unfit::Words));
    }
}
