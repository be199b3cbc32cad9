//! `omoi dev llm`: who has no key has a planner, in both formats; what it said can be replayed.

use std::{fs, path::Path, process::ExitStatus, time::Duration};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout},
    time::timeout,
};

use crate::support::{omoi, signal};

const PATIENCE: Duration = Duration::from_secs(30);

/// The server, and what it says.
struct Stand {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    openai_url: String,
}

impl Stand {
    async fn start(more: &[&str]) -> Self {
        let mut command = omoi();
        command
            .args(["dev", "llm", "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(std::process::Stdio::piped());
        let mut child = command.spawn().expect("omoi starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut stand = Self { child, lines, openai_url: String::new() };
        let url = stand.line_with("OMOI_LLM_URL=").await;
        url.split_once('=').expect("a variable").1.clone_into(&mut stand.openai_url);
        stand
    }

    async fn line_with(&mut self, part: &str) -> String {
        loop {
            let line = timeout(PATIENCE, self.lines.next_line()).await.expect("in time").expect("text");
            let line = line.expect("it goes on");
            if line.contains(part) {
                return line;
            }
        }
    }

    /// The status, and the plan or what was said instead.
    async fn ask(&self, phase: &str, title: &str) -> (u16, Value) {
        let text = format!(
            "<material>\n## Title\n{title}\n\n## Idea\nCooks can save a filter.\n</material>\n\n## Write now\nfeature_name, user_stories\n"
        );
        let body = json!({
            "model": "scripted",
            "messages": [{"role": "system", "content": phase}, {"role": "user", "content": text}]
        });
        let request = reqwest::Client::new().post(format!("{}/chat/completions", self.openai_url));
        let answer =
            request.header("authorization", "Bearer any").json(&body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let answer: Value = answer.json().await.expect("JSON");
        let said = answer["choices"][0]["message"]["content"].as_str();
        (status, said.map_or(answer.clone(), |said| serde_json::from_str(said).expect("a plan")))
    }

    async fn ended(mut self) -> ExitStatus {
        signal(self.child.id().expect("it runs"), Signal::INT);
        timeout(PATIENCE, self.child.wait()).await.expect("in time").expect("it ended")
    }
}

#[tokio::test]
async fn any_idea_is_planned_recorded_and_replayed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let recording = directory.path().join("said.jsonl");
    let file = recording.to_str().expect("a path");
    let mut stand = Stand::start(&["--record", file, "--pace", "0"]).await;
    let (status, plan) = stand.ask("Phase: prd.", "Saved filters").await;
    assert_eq!(status, 200, "{plan}");
    assert_eq!(plan.as_object().expect("an object").len(), 2, "only what is to be written");
    assert_eq!(
        (&plan["feature_name"], &plan["user_stories"][0]["want"]),
        (&json!("saved-filters"), &json!("to save a filter"))
    );
    let told = stand.line_with("tokens asked").await;
    assert!(told.starts_with("scripted: prd, "), "{told}");
    let (status, said) = stand.ask("Be brief.", "Saved filters").await;
    assert!(status == 400 && said.to_string().contains("lacks `Phase: `"), "{said}");
    assert!(stand.ended().await.success());
    assert_eq!(fs::read_to_string(&recording).expect("a recording").lines().count(), 1);

    let replay = Stand::start(&["--script", file]).await;
    assert_eq!(replay.ask("Phase: prd.", "Saved filters").await, (200, plan));
    assert_eq!(replay.ask("Phase: prd.", "Something else").await.0, 400);
    assert!(replay.ended().await.success());
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    let failed = async |arguments: &[&str]| {
        let output = omoi().args(["dev", "llm"]).args(arguments).output().await.expect("omoi starts");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).expect("text")
    };
    let stand = Stand::start(&[]).await;
    let address = stand.openai_url.trim_start_matches("http://").trim_end_matches("/v1");
    assert!(failed(&["--listen", address]).await.contains("choose another --listen"));
    let gone = Path::new("gone").join("script.toml");
    let gone = gone.to_str().expect("a path");
    assert!(failed(&["--listen", "127.0.0.1:0", "--script", gone]).await.contains("gone/script.toml"));
    assert!(failed(&["--listen", "127.0.0.1:0", "--record", gone]).await.contains("cannot record"));
}
