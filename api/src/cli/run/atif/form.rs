//! The form of the document: names and shapes are those of the specification (Harbor, RFC 0001, ATIF-v1.7), as far as we write them.

use kernel::Uuid;
use serde::Serialize;
use serde_json::{Map, Value};

const VERSION: &str = "ATIF-v1.7";
/// An agent is known by its profile; what the program calls itself is not always told.
const UNKNOWN: &str = "unknown";
const NOTES: &str = "Made from the events of the run. Where calls to models went through the gateway, a step has the metrics of the calls \
                     that were accounted for since the step before. Costs of calls whose end nobody heard count as reserved.";

type Extra = Map<String, Value>;

#[derive(Debug, Serialize)]
pub(in crate::cli::run) struct Document {
    schema_version: &'static str,
    session_id: String,
    trajectory_id: String,
    agent: Agent,
    steps: Vec<Step>,
    notes: &'static str,
    final_metrics: FinalMetrics,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extra: Extra,
}

#[derive(Debug, Serialize)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model_name: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) extra: Extra,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    System,
    User,
    Agent,
}

#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) step_id: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    timestamp: String,
    pub(super) source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model_name: Option<String>,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning_content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_calls: Vec<ToolCall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observation: Option<Observation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metrics: Option<Metrics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) llm_call_count: Option<u32>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) extra: Extra,
    /// It turned out to be no part of the trajectory.
    #[serde(skip)]
    pub(super) left_out: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct ToolCall {
    pub(super) tool_call_id: String,
    pub(super) function_name: String,
    pub(super) arguments: Extra,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) extra: Extra,
}

#[derive(Debug, Default, Serialize)]
struct Observation {
    results: Vec<Observed>,
}

#[derive(Debug, Serialize)]
pub(super) struct Observed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_call_id: Option<String>,
    pub(super) content: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) extra: Extra,
}

/// What calls used. `prompt_tokens` are all that were read, those from a cache among them.
#[derive(Debug, Default, Serialize)]
pub(super) struct Metrics {
    prompt_tokens: u64,
    completion_tokens: u64,
    cached_tokens: u64,
    #[serde(rename = "cost_usd", serialize_with = "usd")]
    cost: i64,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extra: Extra,
}

#[derive(Debug, Serialize)]
pub(super) struct FinalMetrics {
    total_prompt_tokens: u64,
    total_completion_tokens: u64,
    total_cached_tokens: u64,
    #[serde(rename = "total_cost_usd", serialize_with = "usd")]
    cost: i64,
    total_steps: usize,
}

impl Document {
    pub(super) fn of(
        run: &Uuid,
        position: i64,
        agent: Agent,
        steps: Vec<Step>,
        final_metrics: FinalMetrics,
        extra: Extra,
    ) -> Self {
        Self {
            schema_version: VERSION,
            session_id: run.to_string(),
            // A run that goes on has another document later.
            trajectory_id: format!("{run}/{position}"),
            agent,
            steps,
            notes: NOTES,
            final_metrics,
            extra,
        }
    }
}

impl Default for Agent {
    fn default() -> Self {
        Self { name: UNKNOWN.into(), version: UNKNOWN.into(), model_name: None, extra: Extra::new() }
    }
}

impl Step {
    pub(super) fn new(source: Source, timestamp: &str, message: String) -> Self {
        Self {
            step_id: 0,
            timestamp: timestamp.to_owned(),
            source,
            model_name: None,
            message,
            reasoning_content: None,
            tool_calls: Vec::new(),
            observation: None,
            metrics: None,
            llm_call_count: None,
            extra: Extra::new(),
            left_out: false,
        }
    }

    /// Somebody said it to the agent while it was at work.
    pub(super) fn is_said(&self) -> bool {
        self.source == Source::User && self.extra.contains_key("message") && !self.left_out
    }

    pub(super) fn observe(&mut self, result: Observed) {
        self.observation.get_or_insert_default().results.push(result);
    }
}

impl Metrics {
    /// Of the payload of an event that says what a call used.
    pub(super) fn of(payload: &Value) -> Self {
        let tokens = |kind: &str| payload["tokens"][kind].as_u64().unwrap_or(0);
        let written = tokens("cache_write");
        let mut extra = Extra::new();
        if written > 0 {
            extra.insert("cache_creation_input_tokens".into(), written.into());
        }
        Self {
            prompt_tokens: tokens("input") + tokens("cache_read") + written,
            completion_tokens: tokens("output"),
            cached_tokens: tokens("cache_read"),
            cost: payload["cost"].as_i64().unwrap_or(0),
            extra,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.cached_tokens += other.cached_tokens;
        self.cost += other.cost;
        for (name, more) in &other.extra {
            let sum = self.extra.get(name).and_then(Value::as_u64).unwrap_or(0) + more.as_u64().unwrap_or(0);
            self.extra.insert(name.clone(), sum.into());
        }
    }
}

impl FinalMetrics {
    pub(super) fn of(total: &Metrics, ambiguous: i64, steps: usize) -> Self {
        Self {
            total_prompt_tokens: total.prompt_tokens,
            total_completion_tokens: total.completion_tokens,
            total_cached_tokens: total.cached_tokens,
            cost: total.cost + ambiguous,
            total_steps: steps,
        }
    }
}

/// Money leaves our hands as the number that the specification wants.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
#[expect(clippy::cast_precision_loss, reason = "a run costs less than a billion dollars")]
fn usd<S: serde::Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(*micros as f64 / 1e6)
}

/// Adds a paragraph.
pub(super) fn add(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}
