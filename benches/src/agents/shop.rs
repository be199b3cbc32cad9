//! A server with a project that has a repository and agents, its tasks, and what became of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use kernel::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::path::server::{Api, Server, id};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it is looked at; small beside what is measured by looking.
const EVERY: Duration = Duration::from_millis(20);

/// How a shop is opened.
#[derive(Debug, Default)]
pub(crate) struct Opening<'a> {
    /// Places for runs.
    pub(crate) runs: usize,
    /// Where the model is that agents ask.
    pub(crate) model: Option<&'a str>,
    /// The file of settings.
    pub(crate) settings: &'a str,
    /// What is in [`SCRIPT`], for agents whose script is longer than a line.
    pub(crate) script: Option<String>,
    /// What says whether the work holds; `true` when nothing is said.
    pub(crate) verify: Option<&'a str>,
}

/// A file of the repository.
pub(crate) const SCRIPT: &str = "script.json";

/// It ends with this.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) server: Server,
    pub(crate) project: String,
    repository: TempDir,
    _settings: TempDir,
}

impl Shop {
    /// As it is asked for.
    pub(crate) async fn open(omoi: &Path, opening: Opening<'_>) -> anyhow::Result<Self> {
        let Opening { runs, model, settings, script, verify } = opening;
        let home = tempfile::tempdir()?;
        let file = home.path().join("omoi.toml");
        std::fs::write(&file, settings)?;
        let mut environment = vec![("OMOI_CONFIG", file.display().to_string())];
        if let Some(model) = model {
            environment.extend([
                ("OMOI_LLM_URL", model.to_owned()),
                ("OMOI_LLM_MODEL", "scripted".to_owned()),
                ("OMOI_LLM_KEY", "any".to_owned()),
                ("OMOI_LLM_PRICE", "1000/1000".to_owned()),
            ]);
        }
        let server = Server::start_with(omoi, &environment)?;
        let repository = repository(script.unwrap_or_default()).await?;
        let api = &server.api;
        let project = id(&api.done("/projects", &json!({ "name": "Words" })).await?)?;
        let linked = api.request(Method::PUT, &format!("/projects/{project}/repository"));
        let linked = linked.json(&json!({ "url": repository.path() })).send().await?;
        ensure!(linked.status().is_success(), "the repository is not linked: {}", linked.text().await?);
        let settings = json!({
            "agent": { "kind": "profile", "name": "command" }, "verify": [verify.unwrap_or("true")], "max_concurrent_runs": runs,
        });
        api.done(&format!("/projects/{project}/settings"), &settings).await?;
        Ok(Self { server, project, repository, _settings: home })
    }

    /// Where its code is.
    pub(crate) fn repository(&self) -> &Path {
        self.repository.path()
    }

    pub(crate) fn api(&self) -> &Api {
        &self.server.api
    }

    /// A ticket; it is completed with its tasks.
    pub(crate) async fn ticket(&self) -> anyhow::Result<String> {
        let ticket = json!({ "title": "Words", "phase": "implementation" });
        id(&self.api().done(&format!("/projects/{}/tickets", self.project), &ticket).await?)
    }

    /// A task; `run` is for agents that do what they are told word for word.
    pub(crate) async fn task(&self, ticket: &str, agent: &str, run: &str) -> anyhow::Result<String> {
        let mut task = json!({ "title": "Say it", "agent": agent, "description": "Say it." });
        if !run.is_empty() {
            task["run"] = run.into();
        }
        id(&self.api().done(&format!("/tickets/{ticket}/tasks"), &task).await?)
    }

    /// Starts a run of a task of its own.
    pub(crate) async fn start(&self, ticket: &str, agent: &str, run: &str) -> anyhow::Result<String> {
        let task = self.task(ticket, agent, run).await?;
        id(&self.api().done(&format!("/tasks/{task}/runs"), &json!({})).await?)
    }

    /// Where the log ends.
    pub(crate) async fn head(&self) -> anyhow::Result<i64> {
        let newest = self.api().get_json(&format!("/events?limit=1&before={}", i64::MAX)).await?;
        newest["events"][0]["position"].as_i64().context("a position")
    }

    /// The events of these types beyond a position.
    pub(crate) async fn events(&self, mut after: i64, types: &str) -> anyhow::Result<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            let page = self.api().get_json(&format!("/events?after={after}&limit=1000&type={types}")).await?;
            let events = page["events"].as_array().context("a list")?;
            all.extend(events.iter().cloned());
            if events.len() < 1000 {
                return Ok(all);
            }
            after = page["next"].as_i64().context("a position")?;
        }
    }

    /// Waits until there are so many events of these types beyond a position.
    pub(crate) async fn until(&self, after: i64, types: &str, count: usize) -> anyhow::Result<Vec<Value>> {
        let begun = Instant::now();
        loop {
            let events = self.events(after, types).await?;
            if events.len() >= count {
                return Ok(events);
            }
            ensure!(begun.elapsed() < PATIENCE, "only {} of {count} {types} came", events.len());
            tokio::time::sleep(EVERY).await;
        }
    }

    /// What a run has done, as who may see runs reads it.
    pub(crate) async fn seen(&self, run: &str) -> anyhow::Result<Vec<Value>> {
        let head = self.head().await?;
        let page = self.api().get_json(&format!("/runs/{run}/events?limit=1000&min_position={head}")).await?;
        Ok(page["events"].as_array().context("a list")?.clone())
    }
}

/// The output of the first command that an agent has run.
pub(crate) fn output(seen: &[Value]) -> anyhow::Result<&str> {
    let ran =
        seen.iter().find(|event| event["type"] == "trajectory.command_ran").context("no command ran")?;
    ran["payload"]["output"]["text"].as_str().context("its output")
}

/// A time that an event tells, in milliseconds.
pub(crate) fn ms(time: &Value) -> anyhow::Result<f64> {
    let time: Timestamp = serde_json::from_value(time.clone()).context("a time")?;
    Ok(time.micros() as f64 / 1e3)
}

async fn repository(script: String) -> anyhow::Result<TempDir> {
    let home = tempfile::tempdir()?;
    std::fs::write(home.path().join(SCRIPT), script)?;
    std::fs::write(home.path().join("README.md"), "# Words\n")?;
    for arguments in [
        &["init", "--quiet", "--initial-branch=main", "."][..],
        &["add", "--all"],
        &["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message=Begin"],
    ] {
        let ended = Command::new("git").args(arguments).current_dir(home.path()).status().await?;
        ensure!(ended.success(), "git {arguments:?}: {ended}");
    }
    Ok(home)
}

/// This program, which is also what asks models.
pub(crate) fn this_program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("this program cannot be found")
}
