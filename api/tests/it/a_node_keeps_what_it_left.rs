//! Two nodes: one is killed in the middle of a run, the other ends the run and goes on with the task, and the first, when it is back,
//! keeps what its agent had made and clears up.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use embedded::ScratchNats;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::support::workshop::{Workshop, sandboxes};
use crate::support::{Api, MASTER_KEY, Ready, TestDatabase, Up, answer, eventually, guard_exe, omoi};

/// Leases of a killed node run out first.
const PATIENCE: Duration = Duration::from_secs(90);
/// Makes something, says so, and is never done.
const BEGUN: &str = "echo half > half.txt; while :; do sleep 1; done";

struct Servers {
    database: TestDatabase,
    nats: ScratchNats,
}

impl Servers {
    async fn start() -> Self {
        let servers = Self {
            database: TestDatabase::create().await,
            nats: ScratchNats::start(&guard_exe()).await.expect("a server"),
        };
        let mut migrate = servers.omoi();
        migrate.env("DATABASE_ADMIN_URL", servers.database.admin_url()).arg("migrate");
        assert!(migrate.output().await.expect("omoi starts").status.success());
        servers
    }

    fn omoi(&self) -> Command {
        let mut command = omoi();
        command.env("DATABASE_URL", self.database.app_url("a password"));
        command.env("NATS_URL", self.nats.server().relay_url()).env("OMOI_MASTER_KEY", MASTER_KEY);
        command
    }

    /// A node that keeps its things in `data_dir`, and answers at `port` with the key of that directory.
    async fn node(&self, data_dir: &Path, port: u16) -> Up {
        let mut serve = self.omoi();
        serve.env("OMOI_DATA_DIR", data_dir).env("OMOI_LOCAL_REPOSITORIES", "true");
        serve.args(["serve", "--listen", &format!("127.0.0.1:{port}")]).stdout(Stdio::piped());
        let child = serve.spawn().expect("omoi starts");
        let url = format!("http://127.0.0.1:{port}");
        eventually(Duration::from_secs(30), "the node is ready", || async {
            let answer = reqwest::get(format!("{url}/readyz")).await.ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
        Up::of(child, Ready::of(url, data_dir))
    }

    async fn make_key(&self, data_dir: &Path) {
        let made = self.omoi().args(["key", "create", "--role", "owner"]).output().await;
        let key = String::from_utf8(made.expect("omoi starts").stdout).expect("text");
        std::fs::write(data_dir.join("operator.key"), key.trim()).expect("written");
    }
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("its address").port()
}

/// A directory that programs in sandboxes reach, whoever they run as.
fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o711)).expect("it is ours");
    directory
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_it_is_back() {
    if !sandboxes() {
        return;
    }
    let servers = Servers::start().await;
    let (first, second, port) = (directory(), directory(), free_port().await);
    servers.make_key(first.path()).await;
    let mut workshop = Workshop::open_at(Api::of(servers.node(first.path(), port).await)).await;
    let task = workshop.task(BEGUN).await;
    let run = workshop.start(&task).await;
    let place = first.path().join("runs").join(&run);
    let made = place.join("workspace/half.txt");
    eventually(PATIENCE, "the agent has begun", async || made.exists().then_some(())).await;
    workshop.api.up.child.kill().await.expect("it runs");

    // The other one answers where the first did, and ends its run; it can neither keep nor remove what is not here.
    let mut other = servers.node(second.path(), port).await;
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("lost"), &json!("node_lost")), "{ended}");
    assert!(made.exists());
    assert!(workshop.events(&run, "run.snapshot_taken").await.is_empty());
    assert!(workshop.events(&run, "run.sandbox_released").await.is_empty());
    let next = eventually(PATIENCE, "the task can be tried anew", async || {
        let started = answer(workshop.api.post(&format!("/tasks/{task}/runs"), &json!({}))).await;
        (started.status == 201).then(|| started.id().to_owned())
    })
    .await;
    workshop.waits_for(&next, "run.sandbox_ready").await;

    let mut back = servers.node(first.path(), free_port().await).await;
    workshop.waits_for(&run, "run.sandbox_released").await;
    let kept = &workshop.events(&run, "run.snapshot_taken").await[0]["payload"];
    assert_eq!(kept["at"], "rescue", "{kept}");
    assert_eq!(workshop.git(&["show", &format!("refs/omoi/runs/{run}/1:half.txt")]).await, "half");
    eventually(PATIENCE, "its place is gone", async || (!place.exists()).then_some(())).await;
    // What the other has at work is nobody else's.
    assert!(workshop.events(&next, "run.ended").await.is_empty());
    assert!(second.path().join("runs").join(&next).exists());

    for node in [&mut back, &mut other] {
        node.child.kill().await.expect("it runs");
    }
    servers.nats.stop().await;
    servers.database.remove().await;
}
