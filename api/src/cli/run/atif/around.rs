//! What is done to a run, and not by its agent: messages, interruption, stop, evidence, end.

use super::form::{Observed, Source};
use super::{Atif, Event, json, object, picked, words};

impl Atif {
    /// What is done to the run, and not by its agent.
    pub(super) fn of_the_run(&mut self, event: &Event) {
        let payload = &event.payload;
        let of = |field: &str| payload[field].as_str().unwrap_or_default();
        match event.kind.as_str() {
            "run.steer_requested" => {
                let step = self.step(event, Source::User, words(payload, "text"));
                step.extra.insert("message".into(), payload["steer"].clone());
                self.said.insert(of("steer").to_owned(), self.steps.len() - 1);
            }
            "run.steer_folded" | "run.steer_deferred" | "run.steer_degraded" | "run.steer_ambiguous" => {
                self.delivered(of("steer"), event.kind.trim_start_matches("run.steer_"));
            }
            "run.interrupt_requested" => {
                self.step(event, Source::System, "A person interrupted the turn of the agent.".into());
            }
            "run.stop_requested" => {
                self.step(event, Source::System, format!("The run is to stop: {}", of("reason")));
            }
            "run.evidence_gathered" => self.judged(event),
            "run.ended" => {
                let told = format!("The run ended, {} ({}): {}", of("outcome"), of("code"), of("reason"));
                self.step(event, Source::System, told);
                for field in ["outcome", "code", "reason"] {
                    self.extra.insert(field.into(), payload[field].clone());
                }
            }
            _ => {}
        }
    }

    /// What never reached the agent is no part of its trajectory.
    fn delivered(&mut self, message: &str, state: &str) {
        let Some(step) = self.said.remove(message).and_then(|at| self.steps.get_mut(at)) else { return };
        step.left_out |= state == "degraded";
        step.extra.insert("delivery".into(), state.into());
    }

    fn judged(&mut self, event: &Event) {
        let payload = &event.payload;
        let mut results = Vec::new();
        for command in payload["commands"].as_array().into_iter().flatten() {
            let extra = picked(command, &["cmd", "exit", "duration_ms"]);
            results.push(Observed { source_call_id: None, content: words(command, "output"), extra });
        }
        if payload["report"].is_object() {
            let extra = object(json!({ "is": "report" }));
            results.push(Observed { source_call_id: None, content: words(payload, "report"), extra });
        }
        let step = self.step(event, Source::System, "The work was looked at from outside.".into());
        step.extra = picked(payload, &["commit", "base", "files", "added", "removed", "restored"]);
        results.into_iter().for_each(|result| step.observe(result));
    }
}
