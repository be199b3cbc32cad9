//! What became of a merge, as it is shown, as the log has it, and as git has it.

use std::collections::BTreeMap;

use execution::merge::Event;
use serde_json::Value;

use crate::world::{Project, merge_of, said};

/// Of work that leaves tokens.
const TOKENS: &str = "token-[0-9]+-[0-9]+";

/// A merge that rests.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// As it is shown.
    pub(crate) shown: Value,
    /// All that has happened to it.
    pub(crate) events: Vec<Event>,
    /// The end of its branch, as git has it.
    pub(crate) branch: String,
    /// The tokens that are in the tree of its branch; one that is there twice is named twice.
    pub(crate) in_tree: Vec<String>,
    /// The same of the commit of each task that is not in it.
    pub(crate) of_parked: BTreeMap<String, Vec<String>>,
    /// The tokens that each task has to leave, by its id.
    pub(crate) of_task: BTreeMap<String, Vec<String>>,
}

impl Seen {
    /// Reads it, when it rests and shows this; `of_task` says what each task has to leave.
    pub(crate) async fn read(
        project: &Project<'_>,
        spec: &str,
        shown: Value,
        of_task: BTreeMap<String, Vec<String>>,
    ) -> Self {
        let branch = shown["branch"].as_str().expect("a branch");
        let branch = project.git(&["rev-parse", branch]).await;
        let mut of_parked = BTreeMap::new();
        for one in candidates(&shown).filter(|one| one["state"] != "merged") {
            let commit = one["commit"].as_str().expect("a commit");
            of_parked.insert(task_of(one).to_owned(), tokens_in(project, commit).await);
        }
        let events = events_of(project, spec).await;
        let in_tree = tokens_in(project, &branch).await;
        Self { shown, events, branch, in_tree, of_parked, of_task }
    }

    /// Its candidates, as they are shown.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = &Value> {
        candidates(&self.shown)
    }

    /// The tasks that came in, in the order in which they came.
    pub(crate) fn arrived(&self) -> Vec<String> {
        let added = self.events.iter().filter_map(|event| match event {
            Event::CandidateAdded(finished) => Some(finished.task.to_string()),
            _ => None,
        });
        added.collect()
    }

    /// How often something was verified.
    pub(crate) fn verifications(&self) -> usize {
        let verified = |event: &&Event| {
            matches!(event, Event::VerificationPassed { .. } | Event::VerificationFailed { .. })
        };
        self.events.iter().filter(verified).count()
    }
}

/// All that has happened to the merge of a spec.
async fn events_of(project: &Project<'_>, spec: &str) -> Vec<Event> {
    let filter = format!("&aggregate_type=merge&aggregate_id={}", merge_of(spec));
    let events = project.world.events(0, &filter).await;
    let decoded = events.into_iter().map(|event| {
        let kind = event["type"].as_str().expect("a type");
        let mut payload = event["payload"].clone();
        payload["$type"] = kind.into();
        serde_json::from_value(payload).unwrap_or_else(|error| panic!("{error}: {event}"))
    });
    decoded.collect()
}

fn candidates(shown: &Value) -> impl Iterator<Item = &Value> {
    shown["candidates"].as_array().expect("a list").iter()
}

/// The id of the task of a candidate.
pub(crate) fn task_of(candidate: &Value) -> &str {
    candidate["task"].as_str().expect("an id")
}

/// The tokens in the files of a commit.
pub(crate) async fn tokens_in(project: &Project<'_>, commit: &str) -> Vec<String> {
    // There is a word like a token in each of these trees, so git always finds something.
    let either = format!("{TOKENS}|token-none");
    let found = said(&project.repository, &["grep", "-ohE", &either, commit]).await;
    let mut tokens: Vec<String> =
        found.lines().filter(|token| *token != "token-none").map(str::to_owned).collect();
    tokens.sort_unstable();
    tokens
}
