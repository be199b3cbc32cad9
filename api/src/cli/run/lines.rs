//! Runs as people read them.

use kernel::{Timestamp, Usd, Uuid};
use serde::Deserialize;

use super::evidence::Evidence;
use crate::cli::client::{Line, Span, alarm, faint, plain, rows, strong, time};

/// What a command to a run is answered.
#[derive(Debug, Deserialize)]
pub(super) struct Changed {
    id: Uuid,
    agent: String,
    status: String,
    message: Option<Uuid>,
    position: Option<i64>,
}

/// A run after a command.
pub(super) fn changed(Changed { id, agent, status, message, position }: Changed) -> Vec<Line> {
    let position = position.map_or_else(String::new, |position| format!(", position {position}"));
    let message = message.map_or_else(String::new, |message| format!(", message {message}"));
    vec![vec![
        strong(id),
        plain(format!("  {agent}  {status}")),
        faint(format!("  ({})", format!("{message}{position}").trim_start_matches(", "))),
    ]]
}

/// An answer with runs in a list.
#[derive(Debug, Deserialize)]
pub(super) struct List {
    runs: Vec<Listed>,
    next: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    id: Uuid,
    task: Uuid,
    agent: String,
    mode: String,
    status: String,
    outcome: Option<String>,
    cost: Usd,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
}

/// The answer of `GET /runs/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Details {
    #[serde(flatten)]
    run: Listed,
    driver: String,
    progress: Progress,
    agent_version: Option<String>,
    place: Option<Place>,
    level: Option<String>,
    sandbox_lost: bool,
    released: bool,
    snapshot: Option<Snapshot>,
    evidence: Option<Evidence>,
    seen: Seen,
    version: i64,
}

/// What may stand behind the status.
#[derive(Debug, Deserialize)]
struct Progress {
    code: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Place {
    provider: String,
    node: String,
    branch: String,
    at: String,
}

#[derive(Debug, Deserialize)]
struct Snapshot {
    n: u32,
    commit: String,
}

#[derive(Debug, Deserialize)]
struct Seen {
    turns: u32,
    messages: u32,
    tools: u32,
    files: u32,
    commands: u32,
    failed_commands: u32,
    calls: Calls,
    last_at: Option<Timestamp>,
    last: Option<Activity>,
}

#[derive(Debug, Deserialize)]
struct Calls {
    begun: u32,
    input_tokens: u64,
    output_tokens: u64,
}

#[derive(Debug, Deserialize)]
struct Activity {
    r#type: String,
}

impl Listed {
    /// How far it is, or how it ended.
    fn standing(&self) -> Span {
        match self.outcome.as_deref() {
            Some("succeeded") => plain("succeeded"),
            Some(outcome) => alarm(outcome.replace('_', " ")),
            None => plain(&self.status),
        }
    }
}

pub(super) fn list(list: List) -> Vec<Line> {
    if list.runs.is_empty() {
        return vec![vec![faint("no runs yet")]];
    }
    let row = |run: Listed| {
        vec![
            strong(run.id),
            run.standing(),
            plain(&run.agent),
            plain(&run.mode),
            plain(run.cost),
            faint(time(run.created_at)),
            faint(format!("task {}", run.task)),
        ]
    };
    let mut lines = rows(0, list.runs.into_iter().map(row).collect());
    lines.extend(list.next.map(|_| vec![faint("there are older ones; --json says how to ask for them")]));
    lines
}

impl Details {
    pub(super) fn lines(&self) -> Vec<Line> {
        let Self { run, progress, .. } = self;
        let mut lines = vec![vec![strong(run.id)]];
        let mut facts = vec![vec![faint("status"), run.standing()]];
        facts.extend(progress.reason.as_ref().map(|reason| {
            let code = progress.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
            vec![faint("because"), plain(format!("{reason}{code}"))]
        }));
        facts.push(vec![faint("agent"), plain(self.agent())]);
        facts.push(vec![faint("mode"), plain(&run.mode)]);
        facts.extend(self.places());
        facts.extend(self.seen.facts());
        facts.push(vec![faint("cost"), plain(run.cost)]);
        facts.extend([
            vec![faint("started"), plain(time(run.created_at))],
            vec![faint("ended"), run.ended_at.map_or(faint("-"), |at| plain(time(at)))],
            vec![faint("task"), plain(run.task)],
            vec![faint("version"), plain(self.version)],
        ]);
        lines.extend(rows(2, facts));
        lines.extend(self.evidence.as_ref().map(Evidence::lines).unwrap_or_default());
        lines
    }

    fn agent(&self) -> String {
        let version = self.agent_version.as_ref().map(|version| format!(", {version}")).unwrap_or_default();
        format!("{} (driven by {}{version})", self.run.agent, self.driver)
    }

    fn places(&self) -> Vec<Vec<Span>> {
        let mut facts = Vec::new();
        if let Some(Place { provider, node, branch, at }) = &self.place {
            let level = self.level.as_deref().unwrap_or("not ready");
            let gone = match (self.released, self.sandbox_lost) {
                (true, _) => "; removed",
                (false, true) => "; lost",
                (false, false) => "",
            };
            facts.push(vec![faint("sandbox"), plain(format!("{provider} on {node}, {level}{gone}"))]);
            facts.push(vec![faint("branch"), plain(format!("{branch} from {}", short(at)))]);
        }
        facts.extend(self.snapshot.as_ref().map(|Snapshot { n, commit }| {
            vec![faint("snapshot"), plain(format!("{} ({n} of this run)", short(commit)))]
        }));
        facts
    }
}

impl Seen {
    fn facts(&self) -> Vec<Vec<Span>> {
        let Self { turns, messages, tools, files, commands, failed_commands, .. } = self;
        let Calls { begun, input_tokens, output_tokens } = &self.calls;
        let failed =
            if *failed_commands == 0 { String::new() } else { format!(" ({failed_commands} failed)") };
        let did = format!(
            "{turns} turns, {messages} messages, {tools} tools, {files} changes of files, {commands} commands{failed}"
        );
        let mut facts = vec![
            vec![faint("seen"), plain(did)],
            vec![
                faint("models"),
                plain(format!("{begun} calls, {input_tokens} tokens in, {output_tokens} out")),
            ],
        ];
        if let (Some(at), Some(last)) = (self.last_at, &self.last) {
            let what = last.r#type.trim_start_matches("trajectory.").replace('_', " ");
            facts.push(vec![faint("last seen"), plain(format!("{} {what}", time(at)))]);
        }
        facts
    }
}

/// A commit as people say it.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::client::shown_plain;

    fn of<T: serde::de::DeserializeOwned>(example: &str) -> T {
        serde_json::from_str(example).expect("an example is an answer")
    }

    #[test]
    fn a_run_is_shown_with_what_came_of_it() {
        let shown = shown_plain(&of::<Details>(include_str!("../../openapi/examples/run.json")).lines());
        let text = shown.join("\n");
        for words in [
            "status     succeeded",
            "because    every command ended with 0 (verified)",
            "agent      builder (driven by command, 1.2.3)",
            "local on node-1, full; removed",
            "1 turns, 3 messages, 9 tools, 2 changes of files, 4 commands (1 failed)",
            "last seen  2026-11-30 09:14:07 turn ended",
            "cost       $0.078510",
            "2 files, +48 -3 at 1d2e3f4a5b60",
            "exit 0  cargo test -p pdf  8120 ms",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn runs_are_listed_a_line_each() {
        let shown = shown_plain(&list(of(include_str!("../../openapi/examples/runs.json"))));
        let line = "5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b  succeeded  builder  implementation  $0.078510  \
                    2026-11-30 09:12:40  task 1b8401c9-fd44-856d-af67-689be0328d3f";
        assert_eq!(shown, [line]);
        assert_eq!(shown_plain(&list(of(r#"{"runs":[],"next":null}"#))), ["no runs yet"]);
    }
}
