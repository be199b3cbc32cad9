//! A model is asked for each file in conflict, one call a file. What it says is believed only once the project's commands hold with it.

use std::time::Instant;

use execution::merge::Candidate;
use execution::trajectory::{Command as Record, Outcome, Subject, Tokens};
use kernel::{Usd, Uuid};
use ports::git::{CommitHash, ConflictFile, GitError, Join, Resolution, Resolved};
use ports::llm::{Answer, LlmError, Output, Request, Route, Unfinished, worst_case};
use serde::Deserialize;
use serde_json::{Value, json};
use vocabulary::{Line, Name, Text};

use super::desk::{Announced, Desk};
use super::step::message;
use super::story::{Site, commit_of, hash};
use crate::running::RunnerError;

/// What the settings call the model for it.
pub(super) const PURPOSE: &str = "merges";
/// The prompt of a call.
const PROMPT: &str = "conflict.v1";
/// What all calls of a merge may cost together: 5 dollars.
const BUDGET: Usd = Usd::from_micros(5_000_000);
/// Files that are looked at, and how long each text of one may be.
const FILES: usize = 10;
const TEXT_BYTES: u64 = 200_000;

/// What a model says of a file.
#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    content: String,
    #[serde(default)]
    impossible: String,
}

/// Why there is no answer.
enum No {
    /// There will be none: for people.
    Answer(String),
    /// The node stops.
    Stopped,
}

impl Desk<'_> {
    /// The commit in which everything is resolved, or why there is none; nothing when the node stops.
    pub(super) async fn ask(
        &self,
        site: &Site,
        route: &Route,
        head: CommitHash,
        one: &Candidate,
    ) -> Result<Option<Result<CommitHash, String>>, RunnerError> {
        let branches = &self.parts.means.branches;
        let commit = hash(commit_of(one))?;
        let conflict = branches.conflict(&site.url, head, commit, FILES, TEXT_BYTES).await?;
        if conflict.cut {
            return Ok(Some(Err(format!("more than {FILES} files are in conflict"))));
        }
        let mut files = Vec::with_capacity(conflict.files.len());
        for file in &conflict.files {
            let Some(marked) = file.marked.as_deref().filter(|_| file.is_text) else {
                return Ok(Some(Err(format!("{} is no text that a model can be shown", file.path))));
            };
            match self.ask_about(site, route, one, file, marked).await? {
                Ok(text) => files.push(Resolved { path: file.path.clone(), to: Resolution::Text(text) }),
                Err(No::Answer(why)) => return Ok(Some(Err(format!("{}: {why}", file.path)))),
                Err(No::Stopped) => return Ok(None),
            }
        }
        let message = message(&site.merge, one);
        let join = Join { head, commit, message: &message };
        match branches.join_with(&site.url, &join, &files).await {
            Ok(commit) => Ok(Some(Ok(commit))),
            Err(GitError::Work(error)) => Ok(Some(Err(error.to_string()))),
            Err(error) => Err(error.into()),
        }
    }

    async fn ask_about(
        &self,
        site: &Site,
        route: &Route,
        one: &Candidate,
        file: &ConflictFile,
        marked: &str,
    ) -> Result<Result<String, No>, RunnerError> {
        let request = request(route, one, file, marked);
        let (call, reserved) = (Uuid::now_v7(), worst_case(&request, &route.price));
        let start = Record::StartCall {
            call,
            of: Subject::Merge { merge: self.merge },
            provider: word(&route.provider),
            model: line(route.model.as_str()),
            prompt: line(PROMPT),
            reserved,
        };
        if self.announce(site.project, BUDGET, start).await? == Announced::NoBudget {
            return Ok(Err(No::Answer(format!(
                "the calls of a merge may cost {BUDGET} together, and this one could cost more"
            ))));
        }
        let began = Instant::now();
        let collected = self.stop.run_until_cancelled(async {
            match route.llm.call(&request).await {
                Ok(reply) => reply.collect().await,
                Err(error) => Err(unsent(error)),
            }
        });
        let Some(collected) = collected.await else {
            self.record(site.project, Record::GiveUpOpenCalls).await?;
            return Ok(Err(No::Stopped));
        };
        let (said, outcome, usage, tries) = match collected {
            Ok(Answer { text, usage, retries, .. }) => {
                let said = read(&text);
                let outcome = match &said {
                    Ok(_) => Outcome::Answered,
                    Err(why) => Outcome::Unfit { message: text_of(why) },
                };
                (said, outcome, usage, retries.len())
            }
            Err(Unfinished { error, usage, retries, .. }) => {
                if usage == ports::llm::Usage::default() && error.may_have_cost() {
                    self.record(site.project, Record::GiveUpOpenCalls).await?;
                    return Ok(Err(No::Answer(error.to_string())));
                }
                let failed =
                    Outcome::Failed { code: word(error.code()), message: text_of(&error.to_string()) };
                (Err(error.to_string()), failed, usage, retries.len())
            }
        };
        let tokens = Tokens {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cache_read: usage.cache_read_tokens,
            cache_write: usage.cache_write_tokens,
            estimated: usage.estimated,
        };
        let finish = Record::FinishCall {
            call,
            outcome,
            tries: u32::try_from(tries).unwrap_or(u32::MAX).saturating_add(1),
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            tokens,
            cost: route.price.cost(&usage),
        };
        self.record(site.project, finish).await?;
        Ok(said.map_err(No::Answer))
    }
}

fn request(route: &Route, one: &Candidate, file: &ConflictFile, marked: &str) -> Request {
    let side = |name: &str, text: &Option<String>| {
        text.as_ref().map_or_else(
            || format!("{name}: there is no such file\n"),
            |text| format!("{name}:\n<file>\n{text}\n</file>\n"),
        )
    };
    let question = format!(
        "Path: {}\nThe second side is the work of {}: {}\n\n{}{}{}With the marks of git:\n<file>\n{marked}\n</file>\n",
        file.path,
        one.finished.number,
        one.finished.title,
        side("Both began with", &file.base),
        side("The first side", &file.ours),
        side("The second side", &file.theirs),
    );
    let schema = json!({
        "type": "object",
        "properties": { "content": { "type": "string" }, "impossible": { "type": "string" } },
        "required": ["content", "impossible"],
        "additionalProperties": false
    });
    Request::new(route.model.clone(), question, route.max_output_tokens)
        .with_system(include_str!("prompts/conflict.v1.md"))
        .with_output(Output::JsonSchema { name: "conflict".into(), schema })
}

/// The whole file, or why there is none.
fn read(text: &str) -> Result<String, String> {
    let no_form = |error: serde_json::Error| format!("the model did not keep to the form: {error}");
    // A list would be read as an object without names.
    let object: serde_json::Map<String, Value> = serde_json::from_str(text.trim()).map_err(no_form)?;
    let said: Said = serde_json::from_value(Value::Object(object)).map_err(no_form)?;
    let impossible = said.impossible.trim();
    if impossible.is_empty() { Ok(said.content) } else { Err(format!("the model says: {impossible}")) }
}

fn unsent(error: LlmError) -> Unfinished {
    Unfinished { error, text: String::new(), usage: ports::llm::Usage::default(), retries: Vec::new() }
}

fn word(code: &str) -> Name {
    let code: String = code.chars().filter(|c| !c.is_control()).take(Name::MAX_CHARS).collect();
    Name::new(&code).or_else(|_| Name::new("unnamed")).expect("it has letters")
}

fn line<const MAX: usize>(words: &str) -> Line<MAX> {
    let words: String = words.chars().filter(|c| !c.is_control()).take(MAX).collect();
    Line::new(&words).or_else(|_| Line::new("unnamed")).expect("it has letters")
}

fn text_of(words: &str) -> Text {
    let words: String = words.chars().take(2_000).collect();
    Text::new(&words).or_else(|_| Text::new("unknown")).expect("it has letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_says_is_the_file_or_why_there_is_none() {
        assert_eq!(read(r#"{"content": "a\nb\n", "impossible": ""}"#), Ok("a\nb\n".to_owned()));
        // A file may come out empty.
        assert_eq!(read(r#"{"content": "", "impossible": " "}"#), Ok(String::new()));
        let excluded = read(r#"{"content": "", "impossible": "one wants 3, the other 4"}"#);
        assert_eq!(excluded, Err("the model says: one wants 3, the other 4".to_owned()));
        for text in ["", "a\nb\n", "[]", r#"{"content": 3}"#] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
