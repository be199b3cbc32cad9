//! The whole of `omoi build` is killed at any moment of it, server, database and agents included, and asked to go on: what it comes to is
//! what it comes to when nobody kills it, no task is done twice, and nobody has touched the default branch.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rand::Rng as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use crate::killed_judge::{self, Built};
use crate::marks::{marked, tree, until_gone};
use crate::proof::{Proof, Times};
use crate::support::workshop::sandboxes;
use crate::support::{Api, Up, eventually, omoi, remove_home};
use crate::world::{begin_repository, said};

const KILLS: usize = 20;
/// In `make test`.
const FEW: usize = 3;
/// Longer than a build takes on any machine.
const PATIENCE: Duration = Duration::from_secs(420);
/// One build in so many is killed again while it goes on.
const AGAIN: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("killed", KILLS);
    let mut random = proof.random();
    let bench = Bench::open();
    let undisturbed = bench.repository().await;
    let begun = Instant::now();
    let whole = undisturbed.builds(false, PATIENCE).await.expect("nobody kills it");
    let whole_ms = u64::try_from(begun.elapsed().as_millis()).expect("it ends");
    let mut longest_ms = whole_ms;
    let undisturbed = undisturbed.judged(&whole).await;
    assert_eq!(killed_judge::faults(&undisturbed, &undisturbed), [""; 0]);
    killed_judge::finds_planted_defects(&undisturbed);
    let (mut kills, mut gone, mut took) = (0, Times::default(), Times::default());
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let site = loop {
            let site = bench.repository().await;
            let within = Duration::from_millis(random.random_range(1..longest_ms));
            let Some(last) = site.builds_until(false, within, &mut gone).await else { break site };
            // All was done by then: the next one is asked for earlier.
            assert_eq!(killed_judge::faults(&site.judged(&last).await, &undisturbed), [""; 0]);
            longest_ms = longest_ms * 3 / 4 + 2;
        };
        kills += 1;
        let begun = Instant::now();
        let mut ended = None;
        if proof.cases().is_multiple_of(AGAIN) {
            let within = Duration::from_millis(random.random_range(1..longest_ms));
            ended = site.builds_until(true, within, &mut gone).await;
            kills += usize::from(ended.is_none());
        }
        if ended.is_none() {
            ended = site.builds(true, PATIENCE).await;
        }
        took.push(begun.elapsed());
        let built = site.judged(&ended.expect("nobody kills it now")).await;
        assert_eq!(killed_judge::faults(&built, &undisturbed), [""; 0], "{built:?}");
    }
    let doubled = bench.done_twice().await;
    assert_eq!(doubled, [""; 0], "done twice, as the log has it");
    proof.figure("kills", kills);
    proof.figure("undisturbed_ms", whole_ms);
    proof.figure("processes_gone", gone.summary());
    proof.figure("resumed", took.summary());
    proof.holds();
}

/// The data of a product, and the repositories that it works on.
struct Bench {
    home: TempDir,
}

impl Bench {
    fn open() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary directory") }
    }

    fn data_dir(&self) -> PathBuf {
        self.home.path().canonicalize().expect("it is there").join("data")
    }

    /// Another repository, with a plan that nobody has built yet.
    async fn repository(&self) -> Site {
        let home = tempfile::Builder::new().prefix("tokens-").tempdir_in(self.home.path());
        let home = home.expect("a temporary directory");
        let at = home.path().canonicalize().expect("it is there");
        // A project is called by it, and there are many.
        let name = at.file_name().expect("it has one");
        let (repository, plan) = (at.join(name), at.join("build.plan.md"));
        std::fs::create_dir(&repository).expect("made");
        begin_repository(&repository, &killed_judge::files()).await;
        std::fs::write(&plan, killed_judge::plan()).expect("written");
        let begin = said(&repository, &["rev-parse", "main"]).await;
        Site { repository, plan, begin, data_dir: self.data_dir(), _home: home }
    }

    /// Tasks that are completed more than once, and not at all, of all builds that there were.
    async fn done_twice(&self) -> Vec<String> {
        let up = Up::start_in(&self.data_dir()).await;
        let api = Api::of(up);
        let mut faults = Vec::new();
        let completed = api.newest("&limit=1000&type=task.completed").await;
        for planned in api.newest("&limit=1000&type=task.planned").await {
            let task = &planned["aggregate_id"];
            let times = completed.iter().filter(|event| event["aggregate_id"] == *task).count();
            if times != 1 {
                faults.push(format!("{} is completed {times} times", planned["payload"]["number"]));
            }
        }
        faults
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        remove_home(&self.data_dir());
    }
}

/// A repository and the plan for it.
struct Site {
    repository: PathBuf,
    plan: PathBuf,
    /// The end of `main` before anything was built.
    begin: String,
    data_dir: PathBuf,
    _home: TempDir,
}

impl Site {
    /// Builds it to the end; the last line. `None` when it is not over after this time, and killed.
    async fn builds(&self, resume: bool, within: Duration) -> Option<Value> {
        self.builds_until(resume, within, &mut Times::default()).await
    }

    /// The same; it is told how soon all its processes were gone after a kill.
    async fn builds_until(&self, resume: bool, within: Duration, gone: &mut Times) -> Option<Value> {
        let mut command = omoi();
        command.args(["build", "--json", "--yes", "--agent", "command", "--parallel", "4"]);
        command
            .args(["--verify", "sh check.sh"])
            .arg("--repo")
            .arg(&self.repository)
            .arg("--spec")
            .arg(&self.plan);
        command.arg("--data-dir").arg(&self.data_dir).args(resume.then_some("--resume"));
        // Somebody else may serve where people expect it.
        command.env("OMOI_LISTEN", "127.0.0.1:0");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("omoi starts");
        let pid = child.id().expect("it runs");
        let (mut stdout, mut stderr) =
            (child.stdout.take().expect("it is piped"), child.stderr.take().expect("it is piped"));
        let (mut lines, mut words) = (String::new(), String::new());
        let to_the_end = async {
            let (read, heard) =
                tokio::join!(stdout.read_to_string(&mut lines), stderr.read_to_string(&mut words));
            read.and(heard).expect("it says text");
            child.wait().await.expect("it is our child")
        };
        let Ok(status) = timeout(within, to_the_end).await else {
            if within == PATIENCE {
                // Nobody wants to kill it: what it says tells why it does not end.
                println!("not over after {PATIENCE:?}:\n{lines}\n{words}\n{}", self.server_log());
            }
            let killed = Instant::now();
            let all = tree(pid);
            for one in &all {
                // It may have ended by itself.
                one.kill();
            }
            child.wait().await.expect("it is our child");
            gone.push(until_gone(&all, killed).await);
            // What was begun in between is not in the tree that was seen.
            until_gone(&marked(&self.data_dir.display().to_string()), killed).await;
            // As long as somebody has to be told of its end, its number is taken, and Postgres takes that for another Postgres.
            eventually(PATIENCE, "the numbers are free", async || {
                all.iter().all(|one| !Path::new("/proc").join(one.pid.to_string()).exists()).then_some(())
            })
            .await;
            return None;
        };
        Some(last_of(status, &lines, &format!("{words}\n{}", self.server_log())))
    }

    fn server_log(&self) -> String {
        std::fs::read_to_string(self.data_dir.join("server.log")).unwrap_or_default()
    }

    /// What it has come to.
    async fn judged(&self, last: &Value) -> Built {
        let branch = last["branch"].as_str().expect("a branch");
        let git = async |arguments: &[&str]| said(&self.repository, arguments).await;
        let head = git(&["rev-parse", branch]).await;
        let range = format!("main..{branch}");
        let merged = git(&["log", "--merges", "--format=%(trailers:key=Omoi-Task,valueonly)", &range]).await;
        let merged = merged.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let tokens = git(&["grep", "-ohE", "token-[0-9a-z-]+", branch]).await;
        Built {
            outcome: last["outcome"].clone(),
            said: last["commit"].as_str().unwrap_or_default().to_owned(),
            tree: git(&["rev-parse", &format!("{branch}^{{tree}}")]).await,
            merged,
            tokens: tokens.lines().map(str::to_owned).collect(),
            head,
            is_untouched: git(&["rev-parse", "main"]).await == self.begin
                && git(&["status", "--porcelain"]).await.is_empty()
                && has_nothing_of_it(&self.repository),
        }
    }
}

/// The working copy holds nothing of what was built.
fn has_nothing_of_it(repository: &Path) -> bool {
    let notes = std::fs::read_dir(repository.join("notes")).expect("it is there");
    notes.count() == 1
}

fn last_of(status: ExitStatus, lines: &str, words: &str) -> Value {
    assert!(status.success(), "{status}\n{lines}\n{words}");
    let last = lines.lines().last().and_then(|line| serde_json::from_str(line).ok());
    let last: Value = last.unwrap_or_else(|| panic!("no last line: {lines}\n{words}"));
    assert_eq!(last["outcome"], json!("merged"), "{lines}\n{words}");
    let report = last["report"].as_str().map(Path::new);
    assert!(report.is_some_and(Path::is_file), "{last}");
    last
}
