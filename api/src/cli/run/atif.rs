//! A run as a trajectory of the Agent Trajectory Interchange Format, version 1.7: what Harbor and others that train or judge agents
//! read. It is a fold over the events of the run, so the same events make the same document.
//!
//! | in the log | in the document |
//! |---|---|
//! | a turn begins; a message that the agent has | a step of the `user` |
//! | thoughts, messages, uses of tools, commands until the model is asked anew | a step of the `agent` |
//! | what tools answer | observations of the step that called them |
//! | calls to models | `metrics` of the step that they made; their sums are the final ones |
//! | interruption, stop, evidence, end | steps of the `system` |
//!
//! Diffs, calls to platforms and the raw frames of agents have no place in the format; `--format jsonl` has them.

mod around;
mod form;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kernel::Uuid;
use serde_json::{Map, Value, json};

use self::form::{Agent, Document, FinalMetrics, Metrics, Observed, Source, Step, ToolCall, add};
use super::told::Event;

/// What is driven by it asks no model: a command was planned, and is run.
const NO_MODEL: &str = "command";

/// A trajectory, as far as it was heard.
#[derive(Debug, Default)]
pub(super) struct Atif {
    run: Uuid,
    agent: Agent,
    steps: Vec<Step>,
    extra: Map<String, Value>,
    /// The step of the agent that goes on.
    open: Option<usize>,
    /// A tool has answered in it, and: a model was asked since it began.
    observed: bool,
    asked: bool,
    /// In which step a tool was called.
    called: BTreeMap<String, usize>,
    /// Messages to the agent, until it is known whether it has them.
    said: BTreeMap<String, usize>,
    models: BTreeMap<String, String>,
    /// What calls have used that no step has yet.
    used: Metrics,
    calls: u32,
    model: Option<String>,
    total: Metrics,
    ambiguous: i64,
    commands: u32,
    last: i64,
}

impl Atif {
    pub(super) fn new(run: Uuid) -> Self {
        Self { run, ..Self::default() }
    }

    /// One event more.
    pub(super) fn hear(&mut self, event: &Event) {
        self.last = event.position;
        let of = |field: &str| event.payload[field].as_str().unwrap_or_default().to_owned();
        let payload = &event.payload;
        match event.kind.as_str() {
            "run.started" => self.begins(event),
            "run.sandbox_ready" => {
                self.agent.version =
                    payload["version"].as_str().map_or(self.agent.version.clone(), str::to_owned);
            }
            "trajectory.turn_started" => self.turn(event),
            "trajectory.turn_ended" => {
                self.note("stop", payload["stop"].clone());
                self.open = None;
            }
            "trajectory.thought_emitted" => {
                let words = words(payload, "text");
                add(self.at_work(event).reasoning_content.get_or_insert_default(), &words);
            }
            "trajectory.message_emitted" | "trajectory.question_raised" => {
                let words = words(payload, "text");
                add(&mut self.at_work(event).message, &words);
            }
            "trajectory.tool_called" => self.calls_tool(event),
            "trajectory.tool_returned" => {
                let extra = if payload["ok"] == false { object(json!({ "ok": false })) } else { Map::new() };
                self.observe(event, &of("call"), words(payload, "output"), extra);
            }
            "trajectory.command_ran" => self.ran(event),
            "trajectory.file_changed" => self.lists("files", &["path", "change", "added", "removed"], event),
            "trajectory.plan_updated" => {
                let plan = serde_json::from_str(&words(payload, "plan")).unwrap_or(Value::Null);
                self.note("plan", plan);
            }
            "trajectory.llm_call_started" => {
                self.models.insert(of("call"), of("model"));
                self.agent.model_name.get_or_insert_with(|| of("model"));
                self.asked = true;
            }
            "trajectory.usage_recorded" => self.uses(event),
            "trajectory.llm_call_ambiguous" => self.ambiguous += payload["cost"].as_i64().unwrap_or(0),
            _ => self.of_the_run(event),
        }
    }

    fn begins(&mut self, event: &Event) {
        let payload = &event.payload;
        self.agent.name = payload["agent"].as_str().unwrap_or_default().to_owned();
        for field in ["driver", "mode"] {
            self.agent.extra.insert(field.into(), payload[field].clone());
        }
        self.extra.insert("task".into(), payload["task"].clone());
        self.extra.insert("attempt".into(), payload["epoch"].clone());
        self.extra.insert("first_position".into(), event.position.into());
    }

    /// A message that became this turn stands in the document once: as what the turn was given.
    fn turn(&mut self, event: &Event) {
        let prompt = words(&event.payload, "prompt");
        let same = |step: &Step| step.is_said() && !prompt.is_empty() && step.message == prompt;
        if let Some(said) = self.steps.iter_mut().rev().find(|step| same(step)) {
            said.left_out = true;
        }
        let turn = event.payload["turn"].clone();
        self.step(event, Source::User, prompt).extra.insert("turn".into(), turn);
    }

    fn step(&mut self, event: &Event, source: Source, message: String) -> &mut Step {
        self.open = None;
        self.steps.push(Step::new(source, event.at(), message));
        self.steps.last_mut().expect("it was put there")
    }

    /// The step that the agent is in: another one once a tool has answered and a model was asked what follows from that.
    fn at_work(&mut self, event: &Event) -> &mut Step {
        let is_metered = !self.models.is_empty();
        let goes_on = self.open.filter(|_| !self.observed || (is_metered && !self.asked));
        let at = goes_on.unwrap_or_else(|| {
            let no_model = self.agent.extra.get("driver").is_some_and(|driver| driver == NO_MODEL);
            let step = self.step(event, Source::Agent, String::new());
            step.llm_call_count = no_model.then_some(0);
            (self.observed, self.asked) = (false, false);
            self.steps.len() - 1
        });
        self.open = Some(at);
        self.hand_over(at);
        &mut self.steps[at]
    }

    /// Gives what was used to a step.
    fn hand_over(&mut self, at: usize) {
        if self.calls == 0 {
            return;
        }
        let step = &mut self.steps[at];
        step.metrics.get_or_insert_default().add(&self.used);
        *step.llm_call_count.get_or_insert(0) += self.calls;
        step.model_name = self.model.take().or(step.model_name.take());
        (self.used, self.calls) = (Metrics::default(), 0);
    }

    fn uses(&mut self, event: &Event) {
        let used = Metrics::of(&event.payload);
        self.total.add(&used);
        self.used.add(&used);
        self.calls += 1;
        let call = event.payload["call"].as_str().unwrap_or_default();
        self.model = self.models.get(call).cloned().or(self.model.take());
        if let Some(at) = self.open.filter(|_| !self.observed) {
            self.hand_over(at);
        }
    }

    fn calls_tool(&mut self, event: &Event) {
        let payload = &event.payload;
        let id = payload["call"].as_str().unwrap_or_default().to_owned();
        let input = words(payload, "input");
        let arguments = match serde_json::from_str(&input) {
            Ok(Value::Object(arguments)) => arguments,
            _ if input.is_empty() => Map::new(),
            _ => object(json!({ "input": input })),
        };
        let call = ToolCall {
            tool_call_id: id.clone(),
            function_name: payload["tool"].as_str().unwrap_or_default().to_owned(),
            arguments,
            extra: object(json!({ "kind": payload["kind"] })),
        };
        self.at_work(event).tool_calls.push(call);
        self.called.extend(self.open.map(|at| (id, at)));
    }

    /// An answer belongs to the step that asked; one to what nobody has asked stands by itself.
    fn observe(&mut self, event: &Event, call: &str, content: String, extra: Map<String, Value>) {
        let asked = self.called.get(call).copied();
        let at = asked.unwrap_or_else(|| {
            self.at_work(event);
            self.open.expect("it goes on")
        });
        let source_call_id = asked.map(|_| call.to_owned());
        self.steps[at].observe(Observed { source_call_id, content, extra });
        self.observed |= self.open == Some(at);
    }

    /// Agents with tools have called one for it, whose answer says what it wrote; otherwise the command is the call.
    fn ran(&mut self, event: &Event) {
        let by_tool = |step: &Step| {
            step.tool_calls.iter().any(|call| call.extra.get("kind") == Some(&"execute".into()))
        };
        if self.steps.iter().rfind(|step| step.source == Source::Agent).is_some_and(by_tool) {
            return self.lists("commands", &["exit", "duration_ms", "output_bytes"], event);
        }
        self.commands += 1;
        let id = format!("command-{}", self.commands);
        let call = ToolCall {
            tool_call_id: id.clone(),
            function_name: "sh".into(),
            arguments: object(json!({ "command": words(&event.payload, "command") })),
            extra: Map::new(),
        };
        self.at_work(event).tool_calls.push(call);
        self.called.extend(self.open.map(|at| (id.clone(), at)));
        let extra = picked(&event.payload, &["exit", "duration_ms", "output_bytes"]);
        self.observe(event, &id, words(&event.payload, "output"), extra);
    }

    /// Adds to a list beside the newest step of the agent.
    fn lists(&mut self, name: &str, fields: &[&str], event: &Event) {
        if let Some(step) = self.steps.iter_mut().rfind(|step| step.source == Source::Agent)
            && let Value::Array(list) = step.extra.entry(name).or_insert_with(|| json!([]))
        {
            list.push(picked(&event.payload, fields).into());
        }
    }

    fn note(&mut self, name: &str, value: Value) {
        if let Some(step) = self.steps.iter_mut().rfind(|step| step.source == Source::Agent) {
            step.extra.insert(name.into(), value);
        }
    }

    /// The trajectory up to here.
    pub(super) fn document(mut self) -> Document {
        if let Some(last) = self.steps.iter().rposition(|step| step.source == Source::Agent) {
            self.hand_over(last);
        }
        self.steps.retain(|step| !step.left_out);
        if self.steps.is_empty() {
            // A document has one at least.
            self.steps.push(Step::new(Source::System, "", "Nothing was seen of the agent.".into()));
        }
        for (step, id) in self.steps.iter_mut().zip(1..) {
            step.step_id = id;
        }
        self.extra.insert("last_position".into(), self.last.into());
        let final_metrics = FinalMetrics::of(&self.total, self.ambiguous, self.steps.len());
        Document::of(&self.run, self.last, self.agent, self.steps, final_metrics, self.extra)
    }
}

/// What stands sealed in the log, opened; in its place why it is not shown.
fn words(payload: &Value, field: &str) -> String {
    let content = &payload[field];
    match (content["text"].as_str(), content["bytes"].as_u64()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(bytes)) => format!("[{bytes} bytes, which are not shown]"),
        (None, None) if content.is_object() => "[words that cannot be read any more]".to_owned(),
        (None, None) => String::new(),
    }
}

fn picked(payload: &Value, fields: &[&str]) -> Map<String, Value> {
    let known = fields.iter().map(|field| ((*field).to_owned(), payload[*field].clone()));
    known.filter(|(_, value)| !value.is_null()).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
