//! Generations of read models: one serves, the other one is built beside it, or kept to go back to. What is asked
//! for here is written into `read_models.generations`; the loops of every node follow that table (`follower.rs`).

mod differ;
mod state;

use std::time::Duration;

use eventstore::subscribe::ApplyError;
use eventstore::{Store, Unavailable};
use kernel::Uuid;
use sqlx::Row as _;
use tokio::time::{Instant, sleep};

pub use differ::Difference;
pub use state::{Generation, ParkedRoot, Projections, ReadModel, State};

use crate::model::{self, Model};

/// How long a switch waits for the other generation, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// Why a generation was not built, switched to or mended.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// There is no read model of this name.
    #[error("there is no read model {0}; the list of them is `omoi projections list`")]
    Unknown(String),
    /// There is one generation only.
    #[error("{0} has no other generation to switch to; rebuild it first")]
    Nothing(String),
    /// The other generation is not as far as the one that serves.
    #[error("the other generation of {name} is at {offered}, the one that serves at {serving}; ask again")]
    Behind {
        /// Whose.
        name: String,
        /// Position of the one that serves.
        serving: i64,
        /// Position of the other one.
        offered: i64,
    },
    /// Another version of the program made the other generation.
    #[error(
        "the other generation of {name} was made by version {found} of its fold, this program has {known}; rebuild it"
    )]
    OtherVersion {
        /// Whose.
        name: String,
        /// The version that made it.
        found: i32,
        /// The version of this program.
        known: i32,
    },
    /// A root still cannot be applied: it stays parked, with the new reason.
    #[error("{consumer} still cannot apply the event at {position}: {reason}")]
    StillParked {
        /// Which generation, as `name/gen`.
        consumer: String,
        /// The event.
        position: i64,
        /// Why.
        reason: String,
    },
    /// The database cannot be used just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl GenerationError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "not_found",
            Self::Nothing(_) => "nothing_to_switch_to",
            Self::Behind { .. } => "generation_behind",
            Self::OtherVersion { .. } => "generation_of_other_version",
            Self::StillParked { .. } => "still_parked",
            Self::Unavailable(_) => "database_unavailable",
        }
    }
}

impl From<sqlx::Error> for GenerationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A generation as the loops see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) generation: i16,
    pub(crate) state: State,
    pub(crate) version: i32,
    /// Another one after each rebuild.
    pub(crate) build: i64,
    pub(crate) switches: bool,
    /// Retired for so long that nobody folds it any more.
    pub(crate) expired: bool,
}

/// The generations of every read model of one log.
#[derive(Clone, Debug)]
pub struct Generations {
    store: Store,
}

impl Generations {
    /// Of the log `store`.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        Self { store: store.clone() }
    }

    /// Gives each read model that has none its first generation, which serves from the beginning.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn begin(&self) -> Result<(), Unavailable> {
        let models = model::all();
        let names: Vec<_> = models.iter().map(|model| model.name()).collect();
        let versions: Vec<_> = models.iter().map(|model| model.version()).collect();
        sqlx::query(
            "insert into read_models.generations (name, gen, state, version, since) \
             select m.name, 1, 'live', m.version, omoi_now() from unnest($1::text[], $2::integer[]) as m (name, version) \
             where not exists (select from read_models.generations g where g.name = m.name) on conflict do nothing",
        )
        .bind(names)
        .bind(versions)
        .execute(&self.store.pools().project)
        .await?;
        Ok(())
    }

    /// Begins to build the generation of `name` that does not serve, from the start of the log; false when that
    /// goes on already. With `switches` it takes over by itself once it has caught up.
    ///
    /// # Errors
    /// `Unknown`; `Unavailable`, e.g. while somebody reads the old rows for long.
    pub async fn rebuild(&self, name: &str, switches: bool) -> Result<bool, GenerationError> {
        let model = named(name)?;
        self.begin().await?;
        Ok(sqlx::query_scalar("select read_models.rebuild($1, $2, $3, $4)")
            .bind(name)
            .bind(self.store.log_id())
            .bind(model.version())
            .bind(switches)
            .fetch_one(&self.store.pools().project)
            .await?)
    }

    /// Lets the other generation of `name` serve: the one that was built, or the one that served before. The one
    /// that serves now is kept up to date for 24 hours.
    ///
    /// # Errors
    /// `Nothing`, `Behind` and `OtherVersion` leave everything as it was.
    pub async fn switch(&self, name: &str) -> Result<(), GenerationError> {
        let known = named(name)?.version();
        let row = sqlx::query(
            "select outcome, serving, offered, offered_version from read_models.switch($1, $2, $3)",
        )
        .bind(name)
        .bind(self.store.log_id())
        .bind(known)
        .fetch_one(&self.store.pools().project)
        .await?;
        let name = name.to_owned();
        match row.try_get(0)? {
            "switched" => Ok(()),
            "nothing" => Err(GenerationError::Nothing(name)),
            "version" => Err(GenerationError::OtherVersion { name, found: row.try_get(3)?, known }),
            _ => Err(GenerationError::Behind { name, serving: row.try_get(1)?, offered: row.try_get(2)? }),
        }
    }

    /// As [`Generations::switch`], asking again for two seconds while the other generation is behind: while much is
    /// written, each is ahead of the other now and then.
    ///
    /// # Errors
    /// As [`Generations::switch`].
    pub async fn switch_soon(&self, name: &str) -> Result<(), GenerationError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.switch(name).await {
                Err(GenerationError::Behind { .. }) if Instant::now() < deadline => sleep(PAUSE).await,
                other => return other,
            }
        }
    }

    /// Applies what a parked root missed, in every generation of `name` that is kept; in how many it was parked.
    ///
    /// # Errors
    /// `StillParked` when an event cannot be applied this time either.
    pub async fn unpark(&self, name: &str, root: Uuid) -> Result<usize, GenerationError> {
        let model = named(name)?;
        let mut unparked = 0;
        for kept in self.kept().await?.into_iter().filter(|kept| kept.name == name) {
            if !model.folds(&kept) {
                continue;
            }
            match model.unpark(&self.store, kept.generation, root).await {
                Ok(was_parked) => unparked += usize::from(was_parked),
                Err(ApplyError::Unavailable(error)) => return Err(error.into()),
                Err(ApplyError::Poison { position, reason }) => {
                    let consumer = format!("{name}/{}", kept.generation);
                    return Err(GenerationError::StillParked { consumer, position, reason });
                }
            }
        }
        Ok(unparked)
    }

    /// Every generation that has rows.
    pub(crate) async fn kept(&self) -> Result<Vec<Kept>, Unavailable> {
        let rows = sqlx::query(
            "select name, gen, state, version, build, switches, \
             state = 'retired' and since <= omoi_now() - read_models.kept() \
             from read_models.generations order by name, gen",
        )
        .fetch_all(&self.store.pools().project)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Kept {
                    name: row.try_get(0)?,
                    generation: row.try_get(1)?,
                    state: State::of(row.try_get(2)?),
                    version: row.try_get(3)?,
                    build: row.try_get(4)?,
                    switches: row.try_get(5)?,
                    expired: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// Removes the generations that were kept long enough; how many.
    pub(crate) async fn forget(&self) -> Result<i64, Unavailable> {
        Ok(sqlx::query_scalar("select read_models.forget($1)")
            .bind(self.store.log_id())
            .fetch_one(&self.store.pools().project)
            .await?)
    }
}

fn named(name: &str) -> Result<Box<dyn Model>, GenerationError> {
    model::all()
        .into_iter()
        .find(|model| model.name() == name)
        .ok_or_else(|| GenerationError::Unknown(name.to_owned()))
}
