//! The log of this node: one lane in, readers out.

use std::sync::Arc;

use kernel::{CommandId, OrgId};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::append::{Lane, Pending, Submitted};
use crate::load::{self, LoadError, Snapshot};
use crate::{AppendError, AppendItem, Appended, Loaded, Options, Pools, Reader, Unavailable, snapshot};

/// One log as this node uses it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
    lane: Lane,
    log_id: i16,
    appended: Arc<Notify>,
}

impl Store {
    /// Opens the log; connections are made when first used. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// `Down` when the URL cannot be understood.
    pub fn open(options: &Options) -> Result<Self, Unavailable> {
        let pools = Pools::new(options)?;
        let appended = Arc::new(Notify::new());
        let lane = Lane::start(pools.append.clone(), options.log_id, options.notify, appended.clone());
        Ok(Self { pools, lane, log_id: options.log_id, appended })
    }

    /// Appends a unit of work, together with whatever else arrives on this node meanwhile.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn append(&self, item: AppendItem) -> Result<Appended, AppendError> {
        self.submit(item, Vec::new())?.answer().await
    }

    /// Takes a place for a unit of work at once; its answer is waited for apart. `rests_on`: the appends, submitted
    /// here and not yet answered, that it was decided on: it stands only if they do.
    ///
    /// # Errors
    /// When it cannot be sent at all.
    pub fn submit(&self, item: AppendItem, rests_on: Vec<Pending>) -> Result<Submitted, AppendError> {
        self.lane.submit(item, rests_on)
    }

    /// Loads an aggregate and any stored outcome of `command`.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub async fn load<D: Snapshot>(
        &self,
        org: OrgId,
        id: &str,
        command: CommandId,
    ) -> Result<Loaded<D>, LoadError> {
        load::load(&self.pools.load, org, id, command).await
    }

    /// Stores a snapshot; false when a newer one is there.
    ///
    /// # Errors
    /// When the database cannot be used; nothing is lost by that.
    pub async fn save_snapshot<D: Snapshot>(
        &self,
        org: OrgId,
        id: &str,
        version: i64,
        state: &D,
    ) -> Result<bool, Unavailable> {
        snapshot::save(&self.pools.load, org, id, version, state).await
    }

    /// Reads the whole log.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::of_the_log(&self.pools, self.log_id)
    }

    /// Reads one tenant's part of the log.
    #[must_use]
    pub fn reader_of(&self, org: OrgId) -> Reader {
        Reader::of_org(&self.pools, self.log_id, org)
    }

    /// Completes after the next append of this node. Other nodes' appends do not show here.
    pub fn appended(&self) -> Notified<'_> {
        self.appended.notified()
    }

    /// Refuses appends from now on, with this reason, before anything is sent; `None` lets them through.
    pub fn set_brake(&self, reason: Option<Unavailable>) {
        self.lane.set_brake(reason);
    }

    /// The pools, one a role.
    #[must_use]
    pub fn pools(&self) -> &Pools {
        &self.pools
    }

    /// Which log this is.
    #[must_use]
    pub fn log_id(&self) -> i16 {
        self.log_id
    }
}
