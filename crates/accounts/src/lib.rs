#![doc = include_str!("../README.md")]

mod access;
mod address;
mod api_keys;
pub mod audit;
mod bus_credentials;
mod clock;
mod custody;
mod elsewhere;
mod erasure;
mod error;
mod evenly;
mod first_start;
mod hashing;
mod invitations;
mod letters;
mod organizations;
mod post;
mod profile;
mod projects;
mod recovery;
mod registration;
mod rewrapping;
mod sessions;
mod sign_in;
mod signing;
mod single_use;
mod throttle;
mod ws_tickets;

use std::ops::Deref;
use std::sync::Arc;

use commands::authority::installation;
use commands::{Actor, CommandError, Dispatcher, Intent, Receipt};
use identity::user::{Command, User};
use kernel::{ActorId, Timestamp, Uuid};
use ports::mail::Mailer;
use sqlx::PgPool;
use tokio::sync::Notify;
use vault::api_key::Environment;
use vault::envelope::MasterKeys;
use vocabulary::UserId;

use crate::access::Known;
use crate::clock::Clock;
use crate::hashing::Hashing;
use crate::signing::Signing;

pub use access::{Caller, Credential};
pub use address::{EmailAddress, InvalidAddress};
pub use api_keys::{Issued, KnownKey, NewKey};
pub use bus_credentials::{BusCredential, BusCredentialInForce, MadeBusCredential};
pub use custody::{Custody, CustodyError, Field};
pub use elsewhere::{Arrival, Back, ConsentAsked, Leaving, Providers};
pub use erasure::{ErasedList, ListError};
pub use error::AccountError;
pub use first_start::Operator;
pub use invitations::{Invited, Sent};
pub use organizations::{Founded, Membership};
pub use projects::ProjectKey;
pub use registration::Registration;
pub use rewrapping::Wrapped;
pub use sessions::SessionShown;
pub use sign_in::{Entrance, SignedIn, View};

/// What an installation calls itself and where it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Keys of another kind of installation open nothing here.
    pub environment: Environment,
    /// Where people reach it, for links in letters: `https://omoi.example`, without a slash at its end.
    pub public_url: String,
    /// By which other accounts people may sign in.
    pub providers: Providers,
}

/// From where somebody comes, for the list of sessions, the audit, and so that one stranger does not try for ever.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The address of the client.
    pub address: Option<String>,
    /// What the client calls itself.
    pub agent: Option<String>,
}

/// Accounts on this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Accounts(Arc<Parts>);

/// What it consists of.
#[derive(Debug)]
pub struct Parts {
    dispatcher: Dispatcher,
    /// Role `omoi_vault`.
    pool: PgPool,
    custody: Custody,
    signing: Signing,
    clock: Clock,
    hashing: Hashing,
    known: Known,
    settings: Settings,
    mailer: Arc<dyn Mailer>,
    letters: Notify,
}

impl Deref for Accounts {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Accounts {
    /// Opens the accounts of an installation; makes its keys when there are none.
    ///
    /// # Errors
    /// When the database cannot be used, or its keys were wrapped by a master key that is not here.
    pub async fn open(
        dispatcher: &Dispatcher,
        masters: MasterKeys,
        mailer: Arc<dyn Mailer>,
        settings: Settings,
    ) -> Result<Self, AccountError> {
        let store = dispatcher.store().clone();
        let pool = store.pools().vault.clone();
        let custody = Custody::open(&pool, Arc::new(masters)).await?;
        let clock = Clock::new(&store);
        let signing = Signing::open(&pool, &custody, &settings.public_url, clock.now().await?).await?;
        Ok(Self(Arc::new(Parts {
            dispatcher: dispatcher.clone(),
            pool,
            custody,
            signing,
            clock,
            hashing: Hashing::new(),
            known: Known::new(),
            settings,
            mailer,
            letters: Notify::new(),
        })))
    }

    /// Opens what is sealed, to be shown.
    #[must_use]
    pub fn custody(&self) -> &Custody {
        &self.custody
    }

    /// How many passwords were hashed on this node since its start.
    #[must_use]
    pub fn password_hashes(&self) -> u64 {
        self.hashing.done()
    }

    /// The time of the database.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn now(&self) -> Result<Timestamp, AccountError> {
        Ok(self.clock.now().await?)
    }

    /// An order to a person's stream, by that person.
    async fn of_person(&self, user: UserId, command: Command) -> Result<Receipt, CommandError> {
        let actor = Actor::process(installation(), ActorId(user.0));
        self.dispatcher.execute::<User>(&Intent::new(actor, b""), user.0, command).await
    }

    /// A person as the log has it.
    async fn person(&self, user: UserId) -> Result<User, AccountError> {
        Ok(self.dispatcher.peek::<User>(installation(), user.0).await?.state)
    }
}

/// A derived id: the same on every node and retry.
fn named(name: &[u8], of: Uuid) -> Uuid {
    kernel::derived_uuid(&[b"omoi", name, of.as_bytes()])
}
