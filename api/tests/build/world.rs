//! The product as it runs, and projects in it: each with a repository of its own, and a plan whose tasks start by themselves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use eventstore::{Lease, Leases};
use execution::merge::Of;
use kernel::OrgId;
use serde_json::{Value, json};
use tempfile::TempDir;
use vocabulary::SpecId;

use crate::database::Database;
use crate::support::{Api, Up, answer, eventually, git, omoi};

/// For anything that takes no longer with more tasks.
const PATIENCE: Duration = Duration::from_secs(120);
/// For each task, on a machine that builds something.
const OF_A_TASK: Duration = Duration::from_secs(15);
/// Longer than any build takes.
const HELD: Duration = Duration::from_secs(3 * 3600);
/// Runs at a time.
const RUNS: usize = 6;
/// Says that a fresh checkout is as it should be.
const CHECK: &str = "sh check.sh";

/// A server of one's own.
pub(crate) struct World {
    pub(crate) api: Api,
    database: Database,
    _home: TempDir,
}

impl World {
    /// With nothing in it.
    pub(crate) async fn begin() -> Self {
        Self::begin_with(&[]).await
    }

    /// With these variables in its environment.
    pub(crate) async fn begin_with(environment: &[(&str, String)]) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let mut command = omoi();
        command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let api = Api::of(Up::start_command(command).await);
        let database = Database::of_data_dir(&api.up.ready.data_dir);
        Self { api, database, _home: home }
    }

    /// `omoi build` of a plan in a repository, at this server; its last line.
    pub(crate) async fn build(&self, repository: &Path, plan: &Path, agent: &str, verify: &str) -> Value {
        let mut command = omoi();
        command.args(["build", "--json", "--agent", agent, "--parallel", "4", "--verify", verify]);
        command.arg("--repo").arg(repository).arg("--spec").arg(plan);
        let data_dir = &self.api.up.ready.data_dir;
        let output = command.arg("--data-dir").arg(data_dir).output().await.expect("omoi starts");
        let (lines, words) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}\n{lines}\n{words}", output.status);
        let last = lines.lines().last().and_then(|line| serde_json::from_str(line).ok());
        last.unwrap_or_else(|| panic!("no last line: {lines}\n{words}"))
    }

    /// The events that `filter` picks beyond a position, in their order.
    pub(crate) async fn events(&self, mut after: i64, filter: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let page = answer(self.api.get(&format!("/events?after={after}&limit=1000{filter}"))).await;
            assert_eq!(page.status, 200, "{page:?}");
            let events = page.body["events"].as_array().expect("a list");
            all.extend(events.iter().cloned());
            if events.len() < 1000 {
                return all;
            }
            after = page.body["next"].as_i64().expect("a position");
        }
    }

    /// A project whose repository begins with these files, and whose tasks are done by `agent`.
    pub(crate) async fn project(&self, agent: &str, verify: &str, files: &[(String, String)]) -> Project<'_> {
        let home = tempfile::tempdir().expect("a temporary directory");
        let repository = home.path().canonicalize().expect("it is there");
        begin_repository(&repository, files).await;
        // A name that no other project of this server has.
        let name = format!("Build {}", repository.file_name().expect("it has one").to_string_lossy());
        let id = self.api.done("/projects", &json!({ "name": name })).await.id().to_owned();
        let link = self.api.request(reqwest::Method::PUT, &format!("/projects/{id}/repository"));
        let linked = answer(link.json(&json!({ "url": repository }))).await;
        assert_eq!(linked.status, 200, "{linked:?}");
        let settings = json!({
            "agent": { "kind": "profile", "name": agent }, "verify": [verify], "max_concurrent_runs": RUNS,
        });
        self.api.done(&format!("/projects/{id}/settings"), &settings).await;
        Project { world: self, id, repository, _home: home }
    }

    /// The same with commands for agents, and the check of the files.
    pub(crate) async fn of_commands(&self, files: &[(String, String)]) -> Project<'_> {
        self.project("command", CHECK, files).await
    }

    /// Keeps whoever brings work together from taking up the merge of a spec.
    pub(crate) async fn hold_back(&self, spec: &str) -> Held {
        let leases = Leases::new(self.database.store().pools(), "proof");
        let name = format!("merge/{}", merge_of(spec));
        let lease = leases.acquire(self.org().await, &name, HELD).await;
        Held { lease: lease.expect("the database").expect("nobody has it yet"), leases }
    }

    async fn org(&self) -> OrgId {
        self.database.first_actor().await.0
    }
}

/// A merge that nobody takes up meanwhile.
pub(crate) struct Held {
    leases: Leases,
    lease: Lease,
}

impl Held {
    pub(crate) async fn let_go(self) {
        let held = self.leases.release(&self.lease).await.expect("the database");
        assert!(held, "somebody else had the merge meanwhile");
    }
}

/// A project of a world.
pub(crate) struct Project<'a> {
    pub(crate) world: &'a World,
    pub(crate) id: String,
    pub(crate) repository: PathBuf,
    _home: TempDir,
}

impl Project<'_> {
    /// Brings in a plan in the form of docs/guides/plan-format.md; the spec.
    pub(crate) async fn import(&self, plan: &str) -> String {
        let body = json!({ "files": [{ "path": "build.plan.md", "text": plan }] });
        let made = answer(self.world.api.post(&format!("/projects/{}/specs/import", self.id), &body)).await;
        assert_eq!(made.status, 201, "{made:?}\n{plan}");
        made.id().to_owned()
    }

    /// Lets tasks start by themselves, and waits until so many are completed.
    pub(crate) async fn does(&self, tasks: usize) {
        let from = self.world.api.last_position().await;
        self.begins_by_itself().await;
        let filter = "&type=task.completed,task.failed,task.blocked,run.ended";
        eventually(patience(tasks), &format!("{tasks} tasks are completed"), async || {
            let events = self.world.events(from, filter).await;
            let lost = events.iter().find(|event| {
                let kind = event["type"].as_str().unwrap_or_default();
                matches!(kind, "task.failed" | "task.blocked")
                    || (kind == "run.ended" && event["payload"]["outcome"] != "succeeded")
            });
            assert!(lost.is_none(), "{lost:?}");
            let done = events.iter().filter(|event| event["type"] == "task.completed").count();
            (done >= tasks).then_some(())
        })
        .await;
    }

    pub(crate) async fn begins_by_itself(&self) {
        self.world.api.done(&format!("/projects/{}/autonomy", self.id), &json!({ "on": true })).await;
    }

    /// The merge of a spec once it rests: everything is merged, or what is not waits for a person.
    pub(crate) async fn merge_rests(&self, spec: &str, tasks: usize) -> Value {
        let path = format!("/merges/{}", merge_of(spec));
        eventually(patience(tasks), "the merge rests", async || {
            let position = self.world.api.last_position().await;
            let shown = answer(self.world.api.get(&path).header("Omoi-Min-Position", position)).await;
            if shown.status == 404 {
                return None;
            }
            assert_eq!(shown.status, 200, "{shown:?}");
            let merge = shown.body;
            let rests = merge["status"] == "ready" || merge["status"] == "parked";
            (rests && merge["complete"] == true).then_some(merge)
        })
        .await
    }

    /// What git says in the repository.
    pub(crate) async fn git(&self, arguments: &[&str]) -> String {
        said(&self.repository, arguments).await
    }
}

/// What git says in a directory.
pub(crate) async fn said(directory: &Path, arguments: &[&str]) -> String {
    String::from_utf8_lossy(&git(directory, arguments).await.stdout).trim().to_owned()
}

/// A repository with one commit of these files on `main`.
pub(crate) async fn begin_repository(at: &Path, files: &[(String, String)]) {
    for (path, content) in files {
        let file = at.join(path);
        std::fs::create_dir_all(file.parent().expect("it is in a directory")).expect("made");
        std::fs::write(file, content).expect("written");
    }
    for arguments in [
        &["init", "--quiet", "--initial-branch=main", "."][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message=Begin"],
    ] {
        git(at, arguments).await;
    }
}

/// The id of the merge of a spec.
pub(crate) fn merge_of(spec: &str) -> String {
    Of::Spec(SpecId(spec.parse().expect("an id"))).merge().to_string()
}

fn patience(tasks: usize) -> Duration {
    PATIENCE + OF_A_TASK * u32::try_from(tasks).expect("few")
}
