//! Small repositories as people have them, in three languages, each built from an imported plan in the shape of diamonds: by commands, by
//! our own agent and by one that nobody here wrote. The tests of the result pass on a fresh checkout, each commit is one that was to be,
//! and the default branch is as it was until somebody approves.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use simulators::llm::{Llm, Rule, Script};
use tempfile::TempDir;
use tokio::process::Command;

use crate::history::{self, Planned};
use crate::proof::Proof;
use crate::support::workshop::sandboxes;
use crate::support::{answer, eventually, git};
use crate::world::{World, begin_repository, merge_of, said};

/// In `make test` the first three.
const CASES: &[(&Fixture, &str)] = &[
    (&RUST, "command"),
    (&PYTHON, "command"),
    (&TYPESCRIPT, "command"),
    (&PYTHON, "native"),
    (&TYPESCRIPT, "opencode"),
];
const FEW: usize = 3;
/// Tasks of a plan at least.
const TASKS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(120);

/// A repository with a plan.
struct Fixture {
    name: &'static str,
    plan: &'static str,
    /// What tests it in a sandbox.
    verify: &'static str,
    /// What tests it outside, where there are more programs.
    tests: &'static [&'static str],
    /// A file of a task, without which the tests fail.
    needed: &'static str,
}

const RUST: Fixture = Fixture {
    name: "rust",
    plan: "spans.plan.md",
    // A Rust that lies in somebody's home is not seen in sandboxes; then it says so.
    verify: "sh check.sh",
    tests: &["cargo", "test", "--offline", "--quiet"],
    needed: "src/table.rs",
};
const PYTHON: Fixture = Fixture {
    name: "python",
    plan: "shelf.plan.md",
    verify: "python3 -m unittest discover -s tests -t .",
    tests: &["python3", "-m", "unittest", "discover", "-s", "tests", "-t", "."],
    needed: "shelf/fines.py",
};
/// Its types stand in comments: the Node that is asked for runs no TypeScript by itself, and nothing is to be installed.
const TYPESCRIPT: Fixture = Fixture {
    name: "typescript",
    plan: "cart.plan.md",
    verify: "node --test",
    tests: &["node", "--test"],
    needed: "src/tax.mjs",
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fixtures() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("fixtures", CASES.len());
    let opencode = std::env::var("OMOI_TEST_OPENCODE").ok();
    assert!(
        !proof.is_full() || opencode.is_some(),
        "OMOI_TEST_OPENCODE is not set: run this by `cargo xtask proof build`, or set it to what `cargo xtask agents` prints"
    );
    let model = Llm::start_on("127.0.0.1:0".parse().expect("an address"), Script::default()).await;
    let model = model.expect("a free port");
    model.rule(Rule::new("title").codes().when_system_contains("title"));
    model.rule(Rule::new("coder").codes());
    let settings = tempfile::tempdir().expect("a temporary directory");
    let world = World::begin_with(&environment(&settings, &model, opencode)).await;
    let (mut commits, mut tasks) = (0, 0);
    // A repository that goes away is missed by whoever works for it.
    let mut repositories = Vec::new();
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let (fixture, agent) = CASES[proof.cases() - 1];
        let asked = model.requests().len();
        let build = Build::of(&world, fixture, agent).await;
        commits += build.judged().await;
        tasks += build.tasks.len();
        println!(
            "{} by {agent}: {} tasks, {} requests",
            fixture.name,
            build.tasks.len(),
            model.requests().len() - asked
        );
        assert_eq!(agent == "command", asked == model.requests().len(), "only agents that think ask a model");
        build.lands().await;
        repositories.push(build.home);
    }
    proof.figure("tasks", tasks);
    proof.figure("commits", commits);
    proof.figure("types_checked_by", typescript().map_or("nobody", |_| "tsc"));
    proof.holds();
}

/// A server with a model that is a coder without a mind, and the agent that nobody here wrote, where it is.
fn environment(settings: &TempDir, model: &Llm, opencode: Option<String>) -> Vec<(&'static str, String)> {
    let mut text = format!(
        "llm_url = \"{}\"\nllm_kind = \"openai\"\nllm_model = \"scripted\"\nllm_price = \"200000/1200000\"\n",
        model.openai_url()
    );
    if let Some(program) = opencode {
        let _ = write!(text, "[agents.opencode]\ncommand = [\"{program}\", \"acp\"]\n");
    }
    let file = settings.path().join("omoi.toml");
    std::fs::write(&file, text).expect("the settings are written");
    vec![("OMOI_CONFIG", file.display().to_string()), ("OMOI_LLM_KEY", "any".to_owned())]
}

/// A fixture that was built.
struct Build<'a> {
    world: &'a World,
    fixture: &'a Fixture,
    tasks: Vec<Planned>,
    repository: PathBuf,
    /// The end of `main` before.
    begin: String,
    merge: String,
    last: Value,
    home: TempDir,
}

impl<'a> Build<'a> {
    async fn of(world: &'a World, fixture: &'a Fixture, agent: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let at = home.path().canonicalize().expect("it is there");
        let (repository, plan) = (at.join(fixture.name), at.join(fixture.plan));
        std::fs::create_dir(&repository).expect("made");
        begin_repository(&repository, &files_of(&folder(fixture).join("repository"))).await;
        let text = std::fs::read_to_string(folder(fixture).join(fixture.plan)).expect("it is there");
        let tasks = history::planned(&text);
        assert!(tasks.len() >= TASKS, "{tasks:?}");
        std::fs::write(&plan, if agent == "command" { with_commands(&text) } else { text }).expect("written");
        let begin = said(&repository, &["rev-parse", "main"]).await;
        let last = world.build(&repository, &plan, agent, fixture.verify).await;
        let merge = merge_of(last["spec"].as_str().expect("a spec"));
        Self { world, fixture, tasks, repository, begin, merge, last, home }
    }

    /// What it has come to, before anybody approves; how many commits that are.
    async fn judged(&self) -> usize {
        assert_eq!(self.last["outcome"], "merged", "{}", self.last);
        let branch = self.last["branch"].as_str().expect("a branch");
        let head = said(&self.repository, &["rev-parse", branch]).await;
        assert_eq!(self.last["commit"], head);
        assert_eq!(said(&self.repository, &["rev-parse", "main"]).await, self.begin, "nobody has approved");
        assert_eq!(said(&self.repository, &["status", "--porcelain"]).await, "");
        let commits = history::read(&self.repository, &self.begin, branch).await;
        assert_eq!(history::faults(&commits, &self.tasks, &self.merge), [""; 0]);
        history::finds_planted_defects(&commits, &self.tasks, &self.merge);
        self.is_tested(branch).await;
        commits.len()
    }

    /// The tests pass on a fresh checkout, and there is something that they test.
    async fn is_tested(&self, branch: &str) {
        let home = tempfile::tempdir().expect("a temporary directory");
        let fresh = home.path().join("fresh");
        let (source, target) = (self.repository.to_str().expect("text"), fresh.to_str().expect("text"));
        git(home.path(), &["clone", "--quiet", "--branch", branch, source, target]).await;
        let tested = run(&fresh, self.fixture.tests).await;
        assert!(tested.status.success(), "{tested:?}");
        if self.fixture.name == "typescript"
            && let Some(program) = typescript()
        {
            let typed = run(&fresh, &[program.to_str().expect("text"), "-p", "."]).await;
            assert!(typed.status.success(), "{typed:?}");
        }
        std::fs::remove_file(fresh.join(self.fixture.needed)).expect("a task has made it");
        let broken = run(&fresh, self.fixture.tests).await;
        assert!(!broken.status.success(), "the tests need no {}: {broken:?}", self.fixture.needed);
    }

    /// Somebody approves, and the default branch is what was tested.
    async fn lands(&self) {
        let path = format!("/merges/{}", self.merge);
        let body = json!({ "head": self.last["commit"] });
        let approve = self.world.api.request(Method::POST, &format!("{path}/approve")).json(&body);
        let approved = answer(approve).await;
        assert_eq!(approved.status, 200, "{approved:?}");
        eventually(PATIENCE, "it lands", async || {
            let position = self.world.api.last_position().await;
            let shown = answer(self.world.api.get(&path).header("Omoi-Min-Position", position)).await.body;
            (shown["status"] == "landed").then_some(())
        })
        .await;
        assert_eq!(self.last["commit"], said(&self.repository, &["rev-parse", "main"]).await);
        assert_eq!(said(&self.repository, &["status", "--porcelain"]).await, "");
        self.is_tested("main").await;
    }
}

/// The same plan for whoever does word for word what stands in `Run`: the files that the words of each task ask for are written.
fn with_commands(plan: &str) -> String {
    let (mut text, mut writes) = (String::new(), Vec::new());
    let mut lines = plan.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("- ") && !writes.is_empty() {
            let _ = writeln!(text, "- Run: `{}`", writes.join(" && "));
            writes.clear();
        }
        let _ = writeln!(text, "{line}");
        let path = line.strip_prefix("Create the file `").and_then(|rest| rest.split_once('`'));
        let Some((path, _)) = path else { continue };
        let fenced = lines.by_ref().skip_while(|line| !line.starts_with("```")).skip(1);
        let content: Vec<String> = fenced.take_while(|line| *line != "```").map(quoted).collect();
        let folder = Path::new(path).parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.map_or_else(String::new, |folder| format!("mkdir -p {} && ", folder.display()));
        writes.push(format!("{folder}printf '%s\\n' {} > {path}", content.join(" ")));
    }
    text
}

/// For a shell.
fn quoted(line: &str) -> String {
    format!("'{}'", line.replace('\'', "'\\''"))
}

fn folder(fixture: &Fixture) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/build/fixtures").join(fixture.name)
}

/// Every file below a folder, by its path from there.
fn files_of(folder: &Path) -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("it is there") {
            let path = entry.expect("it is there").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("it is below").to_str().expect("text").to_owned();
            files.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
    files
}

/// TypeScript, where the pages were built; the fixture itself needs none.
fn typescript() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashboard/node_modules/.bin/tsc");
    program.is_file().then_some(program)
}

async fn run(directory: &Path, command: &[&str]) -> Output {
    let (program, arguments) = command.split_first().expect("a program");
    let mut command = Command::new(program);
    // What is compiled there stays there.
    command.args(arguments).current_dir(directory).env("CARGO_TARGET_DIR", directory.join("target"));
    command.env_remove("NODE_TEST_CONTEXT").env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().await.expect("it starts")
}
