//! `omoi serve`, several of them over one database that the test keeps, each killed and started at will.

use std::net::TcpListener;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use embedded::ScratchNats;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::client::Client;
use crate::database::Database;
use crate::door::Door;
use crate::site::introduce;
use crate::support::{MASTER_KEY, TestDatabase, eventually, guard_exe, omoi, signal};

/// However slow the machine, a start or an end takes no longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nodes of one installation.
pub(crate) struct Nodes {
    pub(crate) door: Arc<Door>,
    pub(crate) database: Database,
    of: TestDatabase,
    nats: ScratchNats,
    nodes: Vec<Node>,
}

/// One node; its address stays when it is started again.
struct Node {
    port: u16,
    /// What belongs to runs lies there.
    home: TempDir,
    child: Option<Child>,
}

impl Nodes {
    /// Starts so many over a new database, where somebody has made a project.
    pub(crate) async fn start(count: usize) -> Self {
        let of = TestDatabase::create().await;
        let nats = ScratchNats::start(&guard_exe()).await.expect("a server");
        let database = Database { app_url: of.app_url("a password"), admin_url: of.admin_url() };
        let mut migrate = database.command();
        migrate.env("DATABASE_ADMIN_URL", &database.admin_url).arg("migrate");
        said(migrate).await;
        let mut create = database.command();
        create.args(["key", "create", "--role", "owner"]);
        let key = said(create).await;
        let nodes = (0..count).map(|_| Node::new()).collect();
        let door = Arc::new(Door::new("", key.trim()));
        let mut nodes = Self { door, database, of, nats, nodes };
        nodes.door.move_to(nodes.nodes.iter().map(Node::url).collect());
        for n in 0..count {
            nodes.start_node(n).await;
        }
        introduce(&nodes.door, &nodes.database).await;
        nodes
    }

    pub(crate) fn client(&self, name: &str) -> Client {
        Client::new(self.door.clone(), name)
    }

    /// Starts a node that is not running, and waits until it is ready.
    pub(crate) async fn start_node(&mut self, n: usize) {
        self.begin_node(n, &[]);
        self.ready(n).await;
    }

    /// The same, with another way to the database.
    pub(crate) async fn start_node_at(&mut self, n: usize, database_url: &str) {
        self.begin_node(n, &[("DATABASE_URL", database_url)]);
        self.ready(n).await;
    }

    async fn ready(&self, n: usize) {
        let url = format!("{}/readyz", self.nodes[n].url());
        eventually(PATIENCE, "the node is ready", async || {
            (reqwest::get(&url).await.ok()?.status() == 200).then_some(())
        })
        .await;
    }

    /// Starts a node that is not running with these variables, and waits for nothing.
    pub(crate) fn begin_node(&mut self, n: usize, variables: &[(&str, &str)]) {
        let mut command = self.database.command();
        command.env("NATS_URL", self.nats.server().relay_url()).env("OMOI_LOG", "error");
        // The tour links a repository of this machine.
        command.env("OMOI_LOCAL_REPOSITORIES", "true").env("OMOI_DATA_DIR", self.nodes[n].home.path());
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.nodes[n].port)]);
        command.envs(variables.iter().copied());
        self.nodes[n].child = Some(command.spawn().expect("omoi starts"));
    }

    /// Sends a signal, and waits for its end.
    pub(crate) async fn end_node(&mut self, n: usize, by: Signal) -> ExitStatus {
        let mut child = self.nodes[n].child.take().expect("it runs");
        // It may have ended by itself, and is ours until we have waited for it.
        signal(child.id().expect("nobody waited for it"), by);
        timeout(PATIENCE, child.wait()).await.expect("it ends").expect("it is our child")
    }

    /// Whether a node has ended by itself within this time, and how.
    pub(crate) async fn ended_node(&mut self, n: usize, within: Duration) -> Option<ExitStatus> {
        let child = self.nodes[n].child.as_mut().expect("it was started");
        let status = timeout(within, child.wait()).await.ok()?.expect("it is our child");
        self.nodes[n].child = None;
        Some(status)
    }

    /// Ends all of them, and removes the database.
    pub(crate) async fn remove(mut self) {
        for n in 0..self.nodes.len() {
            if self.nodes[n].child.is_some() {
                self.end_node(n, Signal::KILL).await;
            }
        }
        self.nats.stop().await;
        self.of.remove().await;
    }
}

impl Node {
    fn new() -> Self {
        Self { port: free_port(), home: tempfile::tempdir().expect("a directory"), child: None }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Database {
    /// `omoi`, at work on this database.
    pub(crate) fn command(&self) -> Command {
        let mut command = omoi();
        command.env("DATABASE_URL", &self.app_url).env("OMOI_MASTER_KEY", MASTER_KEY);
        command
    }
}

/// What it printed; it must succeed.
async fn said(mut command: Command) -> String {
    let output = command.output().await.expect("omoi starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
