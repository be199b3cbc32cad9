//! The one composition root: every role of the binary is built here from the same services.

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use accounts::{Accounts, ErasedList, Settings};
use adapters::embed::{Lexical, OpenAiEmbedder, OpenAiEmbedderOptions};
use adapters::git::{GitCli, GitOptions, Reach};
use adapters::llm::{BaseUrl, Endpoint, HttpOptions};
use adapters::mail::{self, Outbox, Sender};
use anyhow::Context as _;
use bus::Progress;
use commands::{Dispatcher, Profiles};
use embedded::BusUsers;
use eventstore::{Leases, Options, Store, subscribe::Tailer};
use kernel::Uuid;
use ports::embed::Embedder;
use ports::git::Git;
use ports::git::{Merging, Workspaces};
use ports::llm::Models;
use ports::mail::Mailer;
use projections::ReadModels;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use vault::{envelope::MasterKeys, secret::SecretString};
use workers::{
    Embeddings, Hands, LogSource, Node, Planner, Processes, Projectors, Relaying, running::Versions,
};

use self::agents::offered::Offered;
use crate::{
    bus_readers::BusReaders,
    config::{Config, EmbedderSettings, LOG_ID, Secret},
    opening,
    routes::rates::Rates,
    serve::pulse::Pulse,
    upkeep,
    ws::Hub,
};

pub(crate) mod agents;
mod reach;
mod running;

pub(crate) use adapters::agents::drivers;
pub(crate) use running::AGENT_WORKER;

/// Which models an installation has; `config` reads it.
pub(crate) use adapters::llm;

pub(crate) use adapters::git::{FoundGit, OLDEST as OLDEST_GIT};
pub(crate) use adapters::mail::{Kept, KeptLetter};
/// What can be held here: looked at by the doctor, before anything is wired.
pub(crate) use adapters::sandbox::{LocalSandboxes, Options as SandboxOptions};

/// How long the bus may take to say how far it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a start waits for the bus; it does without.
const BEGUN_WITHIN: Duration = Duration::from_secs(3);
/// What a model is asked for first.
const FIRST_PHASE: &str = "explore";
/// Longest time for the embeddings of some texts, with all tries.
const EMBEDDED_WITHIN: Duration = Duration::from_secs(120);
/// Recent aggregates kept in memory as a baseline for their next command.
const CACHED_AGGREGATES: usize = 20_000;

/// What the routes and the loops of this process share. Cheap to clone: every layer of every request does.
#[derive(Clone, Debug)]
pub(crate) struct Services(Arc<Parts>);

/// What they are.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) read_models: ReadModels,
    accounts: OnceLock<Accounts>,
    rates: OnceLock<Rates>,
    allowed_origins: OnceLock<Vec<String>>,
    pub(crate) pulse: Pulse,
    bus: async_nats::Client,
    hub: OnceLock<Hub>,
    relay: OnceLock<watch::Receiver<Progress>>,
    bus_readers: OnceLock<BusReaders>,
    git: OnceLock<Arc<dyn Git>>,
    workspaces: OnceLock<Arc<dyn Workspaces>>,
    branches: OnceLock<Arc<dyn Merging>>,
    agents: OnceLock<Profiles>,
    offered: watch::Sender<Vec<Offered>>,
    versions: Versions,
    /// Held as long as this process runs agents.
    runs_lock: OnceLock<std::fs::File>,
    models: OnceLock<Arc<dyn Models>>,
    embedder: OnceLock<Arc<dyn Embedder>>,
}

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Who delivers letters: the mail server of the settings, else files beside the data.
///
/// # Errors
/// When a setting for mail cannot be right.
pub(crate) fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    let url = config.smtp_url.as_ref().map(|url| SecretString::from(url.reveal()));
    mail::mailer(url.as_ref(), &config.mail_from, &opening::outbox(&config.data_dir)).context("mail")
}

/// What texts are compared by, to warn of near-duplicates.
///
/// # Errors
/// When a setting of the server of embeddings cannot be right.
pub(crate) fn embedder(settings: &EmbedderSettings) -> anyhow::Result<Arc<dyn Embedder>> {
    let EmbedderSettings::OpenAi { base_url, plain_http, model, dimensions, near_duplicate_from, key } =
        settings
    else {
        return Ok(Arc::new(Lexical));
    };
    let base = BaseUrl::parse(base_url, *plain_http).context("embedder_base_url")?;
    let key = key.as_ref().map(|key| SecretString::from(key.reveal()));
    let endpoint = Endpoint::new(base, key, HttpOptions::default()).context("embedder_key")?;
    let options = OpenAiEmbedderOptions {
        model: model.clone(),
        dimensions: dimensions.count,
        asks_for_dimensions: dimensions.asked_for,
        near_duplicate_from: *near_duplicate_from,
        within: EMBEDDED_WITHIN,
    };
    Ok(Arc::new(OpenAiEmbedder::new(endpoint, options)))
}

/// The letters that were left as files, newest first.
///
/// # Errors
/// When the directory cannot be read.
pub(crate) fn kept_letters(config: &Config) -> anyhow::Result<Vec<Kept>> {
    let outbox = Outbox::open(&opening::outbox(&config.data_dir), Sender::parse(&config.mail_from)?)?;
    Ok(outbox.letters()?)
}

impl Services {
    /// Whether an idea can be planned here: it takes a model for the first phase.
    pub(crate) fn plans_ideas(&self) -> bool {
        self.models().route(FIRST_PHASE).is_ok()
    }

    /// Builds them over the database of the product's own login. Nothing is connected yet.
    ///
    /// # Errors
    /// When the URL cannot be understood.
    pub(crate) fn new(database_url: &Secret, bus: &async_nats::Client) -> anyhow::Result<Self> {
        let mut options = Options::new(database_url.reveal());
        options.log_id = LOG_ID;
        let store = Store::open(&options)?;
        let dispatcher = Dispatcher::new(store.clone(), CACHED_AGGREGATES);
        let read_models = ReadModels::new(&store);
        let pulse = Pulse::of(database_url)?;
        Ok(Self(Arc::new(Parts {
            store,
            dispatcher,
            read_models,
            accounts: OnceLock::new(),
            rates: OnceLock::new(),
            allowed_origins: OnceLock::new(),
            pulse,
            bus: bus.clone(),
            hub: OnceLock::new(),
            relay: OnceLock::new(),
            bus_readers: OnceLock::new(),
            git: OnceLock::new(),
            workspaces: OnceLock::new(),
            branches: OnceLock::new(),
            agents: OnceLock::new(),
            offered: watch::Sender::default(),
            versions: Versions::default(),
            runs_lock: OnceLock::new(),
            models: OnceLock::new(),
            embedder: OnceLock::new(),
        })))
    }

    /// Opens the accounts: the database has been reached by then, and its keys can be read.
    ///
    /// # Errors
    /// When the database cannot be used, or its keys were wrapped by another master key.
    pub(crate) async fn open_accounts(
        &self,
        masters: MasterKeys,
        mailer: Arc<dyn Mailer>,
        settings: Settings,
        erased: &ErasedList,
    ) -> anyhow::Result<()> {
        let accounts = Accounts::open(&self.dispatcher, masters, mailer, settings).await?;
        accounts.apply_erased(erased).await?;
        accounts.first_start().await?;
        let _ = self.accounts.set(accounts);
        Ok(())
    }

    /// Who may come in.
    ///
    /// # Panics
    /// Before they are opened: no request is answered then.
    pub(crate) fn accounts(&self) -> &Accounts {
        self.accounts.get().expect("the accounts are opened before the server")
    }

    /// Pages of other sites that may ask.
    pub(crate) fn allowed_origins(&self) -> &[String] {
        self.allowed_origins.get().map_or(&[], Vec::as_slice)
    }

    /// How often somebody may ask.
    ///
    /// # Panics
    /// Before the loops are started: no request is answered then.
    pub(crate) fn rates(&self) -> &Rates {
        self.rates.get().expect("the loops are started before the server")
    }

    /// What the live sockets share.
    ///
    /// # Panics
    /// Before the loops are started: no request is answered then.
    pub(crate) fn hub(&self) -> &Hub {
        self.hub.get().expect("the loops are started before the server")
    }

    /// The event bus: how far it holds the log, when it answers, and what the relay did, while it runs on this node.
    pub(crate) async fn bus(&self) -> (Option<i64>, Progress) {
        let relay = self.relay.get().map(|relay| *relay.borrow()).unwrap_or_default();
        let held = tokio::time::timeout(PATIENCE, bus::held(&self.bus, LOG_ID)).await;
        (held.ok().and_then(Result::ok).map(Option::unwrap_or_default), relay)
    }

    /// The server of the bus is ours: we say who reads there.
    pub(crate) fn decide_who_reads(&self, users: BusUsers) {
        let _ = self.bus_readers.set(BusReaders::new(users, self.bus.clone()));
    }

    /// Who reads the bus; `None` when its server is somebody else's.
    pub(crate) fn bus_readers(&self) -> Option<&BusReaders> {
        self.bus_readers.get()
    }

    /// Says which repositories are read. `local_by_default`: what this account can read, unless a setting says otherwise.
    pub(crate) fn read_repositories(&self, config: &Config, local_by_default: bool) {
        let local = config.local_repositories.unwrap_or(local_by_default);
        let reach = if local { Reach::ThisAccount } else { Reach::Public };
        // Git is called in another directory than ours.
        let data = std::path::absolute(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
        let options = GitOptions::new(data.join("git"), reach);
        let git = Arc::new(GitCli::new(options));
        let _ = self.workspaces.set(git.clone());
        let _ = self.branches.set(git.clone());
        let _ = self.git.set(git);
    }

    /// The profiles of agents that can be started, each with its driver.
    ///
    /// # Panics
    /// Before the loops are started: no request is answered then.
    pub(crate) fn agents(&self) -> &Profiles {
        self.agents.get().expect("the loops are started before the server")
    }

    /// Who reads repositories.
    ///
    /// # Panics
    /// Before it was said which: no request is answered then.
    pub(crate) fn git(&self) -> &dyn Git {
        self.git.get().expect("repositories are read before the server begins").as_ref()
    }

    /// Who brings branches together.
    ///
    /// # Panics
    /// Before it was said which: no request is answered then.
    pub(crate) fn branches(&self) -> &dyn Merging {
        self.branches.get().expect("repositories are read before the server begins").as_ref()
    }

    /// Says which models are asked.
    pub(crate) fn ask_models(&self, models: Arc<dyn Models>) {
        let _ = self.models.set(models);
    }

    /// Who is asked for what.
    ///
    /// # Panics
    /// Before it was said which: no request is answered then.
    pub(crate) fn models(&self) -> &Arc<dyn Models> {
        self.models.get().expect("models are named before the server begins")
    }

    /// From which similarity on two texts are worth a warning.
    ///
    /// # Panics
    /// Before the loops are started: no request is answered then.
    pub(crate) fn near_duplicate_from(&self) -> f32 {
        self.embedder.get().expect("the loops are started before the server").near_duplicate_from()
    }

    /// Starts the loops of this node: the pulse of the database, the chores of the log, the read models, the processes,
    /// the embeddings, the relay and the hub of the sockets. They end with `stop`, and the tracker completes when they have.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn start_loops(
        &self,
        database_dir: Option<PathBuf>,
        config: &Config,
        stop: &CancellationToken,
    ) -> anyhow::Result<TaskTracker> {
        let embedder = embedder(&config.embedder)?;
        let tasks = TaskTracker::new();
        tasks.spawn(self.pulse.clone().watch(stop.clone()));
        let database_dir_is_ours = database_dir.is_some();
        upkeep::start(&self.store, database_dir, config.disk_reserve_bytes, &tasks, stop);
        let (tailer, tailing) = Tailer::start(&self.store, stop.clone()).await?;
        tasks.spawn(tailing);
        if database_dir_is_ours {
            Leases::end_those_of_loops(self.store.pools()).await?;
        }
        let owner = format!("omoi/{}", Uuid::now_v7());
        let node = Node { store: &self.store, tailer: &tailer, owner: &owner, tasks: &tasks, stop };
        let _ = self.rates.set(Rates::new(config));
        let _ = self.allowed_origins.set(config.allowed_origins.clone());
        tasks.spawn(Rates::forget_now_and_then(self.clone(), stop.clone()));
        tasks.spawn(self.accounts().clone().deliver_mail(stop.clone()));
        Projectors { node: &node }.start().await?;
        let git = self.git.get().expect("repositories are read before the loops start").clone();
        let planner = Planner::new(&self.dispatcher, &owner, self.models().clone(), git);
        let runner = self.runner(config).await;
        let _ = self.agents.set(agents::profiles(&config.agents));
        self.offered.send_replace(agents::offered::by_settings(&config.agents, &**self.models()));
        tasks.spawn(
            stop.clone().run_until_cancelled_owned(self.clone().look_at_agents(config.agents.clone())),
        );
        if let Some(runner) = &runner {
            self.start_runs(runner, &node);
        }
        let merger = runner.as_ref().map(|runner| runner.merger(&self.dispatcher));
        let hands = Hands { planner, runner, merger };
        Processes { node: &node, dispatcher: &self.dispatcher, hands: &hands }.start().await?;
        Embeddings { node: &node, embedder: embedder.clone() }.start();
        let _ = self.embedder.set(embedder);
        let _ = self.relay.set(Relaying { node: &node, bus: self.bus.clone() }.start());
        tasks.spawn(BusReaders::keep(self.clone(), stop.clone()));
        let (incarnation, position) = self.store.reader().state().await?;
        let source = LogSource::new(&self.store, &tailer);
        let _ = self.hub.set(Hub::start(self.bus.clone(), source, incarnation, position, &tasks, stop));
        tasks.close();
        Ok(tasks)
    }

    /// Waits, within bounds, until the bus has the stream of the log: whoever is told its address may read it at once.
    pub(crate) async fn bus_is_begun(&self) {
        let begun = async {
            while !matches!(bus::held(&self.bus, LOG_ID).await, Ok(Some(_))) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(BEGUN_WITHIN, begun).await.is_err() {
            tracing::warn!("the event bus has no stream of the log yet");
        }
    }

    /// Ends what is still being written, and the connections.
    pub(crate) async fn close(&self) {
        self.dispatcher.close().await;
        self.store.pools().close().await;
    }
}
