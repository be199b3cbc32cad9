//! A server whose model answers from a script, and a project with a small repository.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use simulators::llm::{Llm, Script};
use tempfile::TempDir;

use crate::judge::Counts;
use crate::support::{Answer, Api, Up, answer, eventually, git, omoi, signal};

/// For a plan, on a slow machine, through the pauses of failed attempts.
const PATIENCE: Duration = Duration::from_secs(480);
pub(crate) struct World {
    pub(crate) api: Option<Api>,
    pub(crate) model: Llm,
    pub(crate) project: String,
    gone: Vec<Api>,
    home: TempDir,
}

impl World {
    pub(crate) async fn begin(script: Script) -> Self {
        let model = Llm::start_on("127.0.0.1:0".parse().expect("an address"), script).await.expect("a port");
        let home = tempfile::tempdir().expect("a temporary directory");
        let mut world = Self { api: None, model, project: String::new(), gone: Vec::new(), home };
        world.start().await;
        let created = world.api().done("/projects", &json!({ "name": "Notes" })).await;
        created.id().clone_into(&mut world.project);
        let repository = world.repository().await;
        let link =
            world.api().request(reqwest::Method::PUT, &format!("/projects/{}/repository", world.project));
        let linked = answer(link.json(&json!({ "url": repository }))).await;
        assert_eq!(linked.status, 200, "{linked:?}");
        world
    }

    /// Starts the program on what it has.
    async fn start(&mut self) {
        let mut command = omoi();
        command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(self.data_dir());
        command.env("OMOI_LLM_URL", self.model.openai_url()).env("OMOI_LLM_MODEL", "scripted");
        command.env("OMOI_LLM_KEY", "any").env("OMOI_LLM_PRICE", "200000/1200000");
        self.api = Some(Api::of(Up::start_command(command).await));
    }

    /// Kills it, as the kernel does, and starts it again.
    pub(crate) async fn killed(&mut self) {
        let mut api = self.api.take().expect("it runs");
        signal(api.up.ready.pid, Signal::KILL);
        // Until it has ended, its directory is in use.
        api.up.ended(Duration::from_secs(10)).await;
        // Kept: what is dropped removes its data.
        self.gone.push(api);
        self.start().await;
    }

    pub(crate) fn api(&self) -> &Api {
        self.api.as_ref().expect("it runs")
    }

    fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    async fn repository(&self) -> PathBuf {
        let at = self.home.path().join("notes");
        std::fs::create_dir_all(at.join("src")).expect("a directory");
        let files = [
            ("README.md", "# Notes\nA web service that keeps the notes of a team.\n"),
            ("pyproject.toml", "[project]\nname = \"notes\"\ndependencies = [\"fastapi\"]\n"),
            ("src/main.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
            ("src/reminders.py", "def due(now): return []\n"),
        ];
        for (file, content) in files {
            std::fs::write(at.join(file), content).expect("written");
        }
        for arguments in [
            &["init", "--quiet", "--initial-branch=main", "."][..],
            &["add", "--all"],
            &["commit", "--quiet", "--message=Begin"],
        ] {
            git(&at, arguments).await;
        }
        at
    }

    pub(crate) async fn submit(&self, gates: &str) -> String {
        let idea = "People forget what they have written down. Remind them by a letter at the hour they choose. They can put it off.";
        let body = json!({ "title": "Reminders", "idea": idea, "gates": gates });
        self.api().done(&format!("/projects/{}/specs", self.project), &body).await.id().to_owned()
    }

    pub(crate) async fn tell(&self, spec: &str, verb: &str, body: Value) -> Answer {
        answer(self.api().post(&format!("/specs/{spec}/{verb}"), &body)).await
    }

    /// As of everything that has happened until now.
    pub(crate) async fn spec(&self, spec: &str) -> Value {
        let position = self.api().last_position().await;
        let shown =
            answer(self.api().get(&format!("/specs/{spec}")).header("Omoi-Min-Position", position)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        shown.body
    }

    /// The spec once it is at rest: at people, at work, or at an end.
    pub(crate) async fn rests(&self, spec: &str) -> Value {
        let shown = eventually(PATIENCE, "the spec comes to rest", async || {
            let shown = self.spec(spec).await;
            let planned = shown["status"] == "planned";
            (shown["status"] != "planning" && (!planned || !shown["work"].is_null())).then_some(shown)
        });
        shown.await
    }

    /// How often each type of event stands in the log for the spec, and for the calls that were made for it.
    pub(crate) async fn counts(&self, spec: &str) -> Counts {
        let mut counts = Counts::new();
        for aggregate in ["spec", "trajectory"] {
            let mut before = i64::MAX;
            loop {
                let path = format!("/events?aggregate_type={aggregate}&limit=500&before={before}");
                let page = answer(self.api().get(&path)).await;
                assert_eq!(page.status, 200, "{page:?}");
                let events = page.body["events"].as_array().expect("a list").clone();
                for event in &events {
                    let about = [&event["aggregate_id"], &event["payload"]["of"]["spec"]];
                    if about.into_iter().any(|id| id == spec) {
                        *counts.entry(event["type"].as_str().expect("a type").to_owned()).or_default() += 1;
                    }
                }
                let Some(oldest) = events.last() else { break };
                before = oldest["position"].as_i64().expect("a position");
            }
        }
        counts
    }
}
