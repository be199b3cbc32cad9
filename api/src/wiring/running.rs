//! What runs of agents need on this node: sandboxes, workspaces, keys, and the program that is the worker.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use accounts::{AccountError, ProjectKey};
use adapters::outside::PublicHosts;
use adapters::sandbox::{LocalSandboxes, Options};
use anyhow::Context as _;
use commands::Unlimited;
use embedded::guard;
use eventstore::Unavailable;
use execution::content::Content;
use kernel::{OrgId, ProjectId, Uuid};
use ports::BoxFuture;
use ports::sandbox::{Level, Limits, Mount};
use vocabulary::Sealed;
use workers::running::{Means, Seal, Seals, Worker, seals};
use workers::{Node, Runner, Scheduler};

use super::Services;
use super::agents::agents;
use super::reach::Reach;
use crate::config::Config;

/// Where the program is inside of a sandbox.
const PROGRAM: &str = "/opt/omoi/omoi";
/// Its command.
pub(crate) const AGENT_WORKER: &str = "agent-worker";

impl Services {
    /// Who carries runs through on this node; nobody where it has no place for what belongs to them.
    pub(super) async fn runner(&self, config: &Config) -> Option<Runner> {
        match self.new_runner(config) {
            Ok(runner) => {
                runner.begin().await;
                Some(runner)
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "this node runs no agents");
                None
            }
        }
    }

    /// Starts the loops beside the runs themselves: one claims what is ready, one passes on what people want.
    pub(super) fn start_runs(&self, runner: &Runner, node: &Node<'_>) {
        let scheduler = Scheduler::new(runner.clone(), self.read_models.clone(), Arc::new(Unlimited));
        let (tailer, stop) = (node.tailer.clone(), node.stop.clone());
        node.tasks.spawn(async move { scheduler.run(&tailer, &stop).await });
        let (listening, tailer, stop) = (runner.clone(), node.tailer.clone(), node.stop.clone());
        node.tasks.spawn(async move { listening.listen(&tailer, &stop).await });
        let (looking, stop) = (runner.clone(), node.stop.clone());
        node.tasks.spawn(async move { looking.look_back(&stop).await });
    }

    fn new_runner(&self, config: &Config) -> anyhow::Result<Runner> {
        let data = absolute(&config.data_dir)?;
        let program = std::env::current_exe().context("this program cannot be found")?;
        let reach = Reach::of(&data)?;
        let home = &reach.home;
        let _ = self.runs_lock.set(alone(home)?);
        let program = reach.program("omoi", &program)?;
        let models = self.models().clone();
        let sandboxes = LocalSandboxes::new(Options::new(guard::this_exe(), home.join("sandboxes")));
        let means = Means {
            git: self.git.get().expect("repositories are read before the loops start").clone(),
            workspaces: self.workspaces.get().expect("and so are workspaces").clone(),
            branches: self.branches.get().expect("and so are branches").clone(),
            sandboxes: Arc::new(sandboxes),
            seals: Arc::new(self.clone()),
            agents: agents(&config.agents, &*models, &reach)?,
            versions: self.versions.clone(),
            models,
            outside: Arc::new(PublicHosts::and(config.private_hosts.clone())),
            directory: home.join("runs"),
            merges: home.join("merges"),
            worker: Worker {
                command: vec![PROGRAM.into(), AGENT_WORKER.into()],
                mounts: vec![Mount { from: program, to: PROGRAM.into() }],
            },
            at_least: Level::User,
            limits: Limits::default(),
        };
        for directory in [&means.directory, &means.merges] {
            std::fs::create_dir_all(directory).context("the directory of runs cannot be made")?;
            // Whoever is told of a run reaches it; nobody lists them.
            std::fs::set_permissions(directory, PermissionsExt::from_mode(0o711))?;
        }
        Ok(Runner::new(&self.dispatcher, &node(&data)?, Arc::new(means)))
    }

    /// Words as an event of the project holds them.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn sealed_words(
        &self,
        org: OrgId,
        project: ProjectId,
        words: &str,
    ) -> Result<Content, Unavailable> {
        let seal = self.of_project(project).await?;
        seals::content(&self.store, org, &*seal, words).await
    }
}

impl Services {
    /// The key of a project's words.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn seal_of(&self, project: ProjectId) -> Result<Arc<dyn Seal>, Unavailable> {
        self.of_project(project).await
    }

    /// What sealed words say; none when they cannot be opened any more.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn words(
        &self,
        org: OrgId,
        seal: &dyn Seal,
        content: &Content,
    ) -> Result<Option<String>, Unavailable> {
        seals::words(&self.store, org, seal, content).await
    }
}

impl Seals for Services {
    fn of_project(&self, project: ProjectId) -> BoxFuture<'_, Result<Arc<dyn Seal>, Unavailable>> {
        Box::pin(async move {
            let key = self.accounts().project_key(project).await.map_err(|error| match error {
                AccountError::Unavailable(reason) => reason,
                other => Unavailable::Refused(other.to_string()),
            })?;
            Ok(Arc::new(Key(key)) as Arc<dyn Seal>)
        })
    }
}

#[derive(Debug)]
struct Key(ProjectKey);

impl Seal for Key {
    fn seal(&self, words: &[u8]) -> Vec<u8> {
        self.0.seal(words)
    }

    fn seal_text(&self, words: &[u8]) -> Option<Sealed> {
        self.0.seal_text(words)
    }

    fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        self.0.open(sealed)
    }

    fn open_text(&self, sealed: &Sealed) -> Option<Vec<u8>> {
        self.0.open_text(sealed)
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).context("the data directory has no path")
}

/// Takes what belongs to runs for this process: what an earlier one has left there is ended and kept.
fn alone(home: &Path) -> anyhow::Result<File> {
    std::fs::create_dir_all(home).with_context(|| format!("{} cannot be made", home.display()))?;
    let file = File::create(home.join("runs.lock")).context("the lock of runs cannot be made")?;
    file.try_lock().with_context(|| {
        let home = home.display();
        format!("another server runs agents in {home}: give each a data directory of its own (`--data-dir`, OMOI_DATA_DIR)")
    })?;
    Ok(file)
}

/// What the node is called in places of runs: the same after a restart, so that it knows what it has left.
fn node(data: &Path) -> anyhow::Result<String> {
    let file = data.join("node");
    match std::fs::read_to_string(&file) {
        Ok(name) if Uuid::parse_str(name.trim()).is_ok() => Ok(name.trim().to_owned()),
        _ => {
            let name = Uuid::now_v7().to_string();
            std::fs::write(&file, &name).context("the name of the node cannot be written")?;
            Ok(name)
        }
    }
}
