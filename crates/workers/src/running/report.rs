//! What a run that explores leaves: a report, checked against its schema. It comes by the platform's tool, or as the last words of
//! the agent.

use std::sync::{Arc, Mutex, PoisonError};

use ports::agent::{Act, Seen};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most findings, and most characters of a text.
const FINDINGS: usize = 200;
const TEXT_CHARS: usize = 20_000;

/// What was found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplorationReport {
    /// The answer to what the task asks, in a few sentences.
    summary: String,
    /// What it rests on; at least one.
    findings: Vec<Finding>,
    /// What should be done next, if anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recommendations: Vec<String>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    /// In a line.
    title: String,
    /// At length.
    detail: String,
    /// Where it can be seen, as paths in the repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

impl Finding {
    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.title, &self.detail].into_iter().chain(&self.files)
    }
}

/// Why something is no report; the agent and the next one are told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("it is not the JSON that was asked for: {0}")]
    Shape(String),
    #[error("its {0} is empty")]
    Empty(&'static str),
    #[error("it has more than {FINDINGS} findings")]
    TooMany,
    #[error("a text of it has more than {TEXT_CHARS} characters")]
    TooLong,
}

impl ExplorationReport {
    /// Reads one.
    pub(super) fn read(value: Value) -> Result<Self, Unfit> {
        let report: Self = serde_json::from_value(value).map_err(|error| Unfit::Shape(error.to_string()))?;
        let is_empty = |text: &String| text.trim().is_empty();
        if report.texts().any(|text| text.chars().count() > TEXT_CHARS) {
            return Err(Unfit::TooLong);
        }
        if is_empty(&report.summary) {
            return Err(Unfit::Empty("summary"));
        }
        if report.findings.iter().any(|finding| is_empty(&finding.title) || is_empty(&finding.detail)) {
            return Err(Unfit::Empty("title or detail of a finding"));
        }
        match report.findings.len() {
            0 => Err(Unfit::Empty("list of findings")),
            1..=FINDINGS => Ok(report),
            _ => Err(Unfit::TooMany),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        let findings = self.findings.iter().flat_map(Finding::texts);
        findings.chain(&self.recommendations).chain([&self.summary])
    }

    /// Reads one in what an agent said: all of it, or the last block of it that is marked as JSON.
    fn in_words(words: &str) -> Result<Self, Unfit> {
        let whole = serde_json::from_str(words.trim());
        let value = whole.or_else(|error| {
            let block = words.rsplit_once("```json").and_then(|(_, rest)| rest.split_once("```"));
            block.map_or(Err(error), |(block, _)| serde_json::from_str(block))
        });
        Self::read(value.map_err(|error| Unfit::Shape(error.to_string()))?)
    }

    /// Its schema, for who is to write one.
    pub(super) fn schema() -> Value {
        let mut schema = schema_for!(Self).to_value();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("$schema");
            schema.remove("title");
        }
        schema
    }
}

/// The report of a run, as far as it is there. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    submitted: Option<ExplorationReport>,
    /// What the agent said last, or what its command wrote.
    last: String,
}

impl Desk {
    /// It was handed in.
    pub(super) fn submit(&self, report: ExplorationReport) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).submitted = Some(report);
    }

    /// The agent was heard.
    pub(super) fn hear(&self, events: &[Seen]) {
        let said = events.iter().rev().find_map(|seen| match &seen.what {
            Act::Message { text: said } | Act::CommandRan { output: said, .. } => Some(said),
            _ => None,
        });
        if let Some(said) = said {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).last.clone_from(said);
        }
    }

    /// What was handed in, or else what was said last.
    pub(super) fn report(&self) -> Result<ExplorationReport, Unfit> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &heard.submitted {
            Some(report) => Ok(report.clone()),
            None => ExplorationReport::in_words(&heard.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good() -> Value {
        json!({"summary": "It adds.", "findings": [{"title": "add", "detail": "It subtracts.", "files": ["calc.sh"]}]})
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert!(ExplorationReport::read(good()).is_ok());
        let with = |name: &str, value: Value| {
            let mut report = good();
            report[name] = value;
            ExplorationReport::read(report).unwrap_err().to_string()
        };
        assert_eq!(with("summary", json!(" ")), "its summary is empty");
        assert_eq!(with("findings", json!([])), "its list of findings is empty");
        let empty = json!([{"title": "a", "detail": ""}]);
        assert_eq!(with("findings", empty), "its title or detail of a finding is empty");
        assert!(with("verdict", json!("done")).contains("unknown field"));
        assert!(with("summary", json!("x".repeat(TEXT_CHARS + 1))).contains("characters"));
        let many = vec![json!({"title": "a", "detail": "b"}); FINDINGS + 1];
        assert!(with("findings", json!(many)).contains("more than 200"));
    }

    #[test]
    fn it_is_found_in_what_was_said_last() {
        let said = |words: &str| ExplorationReport::in_words(words);
        assert!(said(&good().to_string()).is_ok());
        assert!(said(&format!("Here it is:\n```json\n{}\n```\nDone.", good())).is_ok());
        assert!(matches!(said("I looked at everything, all is well."), Err(Unfit::Shape(_))));
        let desk = Desk::default();
        let message = |text: String| Seen::told(1, Act::Message { text });
        desk.hear(&[message(good().to_string()), message("Bye.".into())]);
        assert!(desk.report().is_err(), "it is not the last");
        desk.hear(&[message(good().to_string())]);
        assert!(desk.report().is_ok());
        desk.hear(&[message("Bye.".into())]);
        desk.submit(ExplorationReport::read(good()).unwrap());
        assert!(desk.report().is_ok(), "what was handed in stands");
    }
}
