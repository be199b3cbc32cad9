//! Signing in by an account at a provider.
//!
//! ```text
//!   leave --> the provider --> come back --+--> linked: signed in
//!                                          +--> its verified address is nobody's: a new person, linked, signed in
//!                                          +--> its verified address is somebody's: asked for the password here,
//!                                                 then linked, signed in
//! ```
//!
//! What a provider says is believed as far as it has been verified there: an address that is not opens nothing. Which
//! account opens whose is in the log as a keyed hash (`user.oauth_linked`) and in the vault, where it is looked up.
//! Nothing that a provider gives us is kept.

mod back;
mod consent;
mod leave;
mod links;

use std::fmt;
use std::sync::Arc;

use oauth::Client;
use vault::secret::SecretString;

use crate::{AccountError, Accounts, SignedIn};

/// The providers of an installation, in the order in which they are shown.
#[derive(Clone, Default)]
pub struct Providers(Arc<Vec<Client>>);

impl Providers {
    /// These; each has an id of its own.
    #[must_use]
    pub fn new(clients: Vec<Client>) -> Self {
        Self(Arc::new(clients))
    }

    /// What people may choose from.
    pub fn iter(&self) -> impl Iterator<Item = &oauth::Provider> {
        self.0.iter().map(Client::provider)
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(oauth::Provider::id)).finish()
    }
}

/// Somebody leaves for a provider.
#[derive(Debug)]
pub struct Leaving {
    /// Where the browser goes.
    pub url: SecretString,
    /// What the browser keeps and shows when it is back: nobody else may come back in its place.
    pub browser: SecretString,
}

/// Somebody is back.
#[derive(Debug)]
pub struct Back {
    /// The provider whose address the browser was sent back to.
    pub provider: String,
    /// What the browser left with.
    pub state: SecretString,
    /// What the browser kept.
    pub browser: Option<SecretString>,
    /// The code, or the provider's word for why there is none.
    pub code: Result<SecretString, String>,
    /// How the provider names itself, if it does.
    pub iss: Option<String>,
}

/// What becomes of somebody who is back.
#[derive(Debug)]
pub enum Arrival {
    /// Signed in.
    SignedIn(Box<SignedIn>),
    /// The address has an account here; only who knows its password may join the two.
    Consent(ConsentAsked),
}

/// What is asked of somebody whose address has an account here.
#[derive(Debug)]
pub struct ConsentAsked {
    /// To be shown again, with the password, within ten minutes.
    pub token: SecretString,
    /// What the provider is called.
    pub provider: String,
    /// The address.
    pub email: String,
}

impl Accounts {
    /// The providers that people may sign in by.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.settings.providers
    }

    fn provider(&self, id: &str) -> Result<&Client, AccountError> {
        let found = self.settings.providers.0.iter().find(|client| client.provider().id() == id);
        found.ok_or(AccountError::NotFound("provider"))
    }
}
