//! Where the product answers, and what it takes to act there.

use std::sync::RwLock;

use commands::{Actor, Grants, Intent, Role};
use kernel::{ActorId, CommandId, OrgId};

/// Shared by all clients; the addresses change when servers come and go.
#[derive(Debug)]
pub(crate) struct Door {
    urls: RwLock<Vec<String>>,
    key: String,
    actor: RwLock<Option<Actor>>,
}

impl Door {
    pub(crate) fn new(url: &str, key: &str) -> Self {
        Self { urls: RwLock::new(vec![url.to_owned()]), key: key.to_owned(), actor: RwLock::new(None) }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The address of the `n`-th server, counted round and round.
    pub(crate) fn url(&self, n: usize) -> String {
        let urls = self.urls.read().expect("nobody panics while holding it");
        urls[n % urls.len()].clone()
    }

    pub(crate) fn move_to(&self, urls: Vec<String>) {
        *self.urls.write().expect("nobody panics while holding it") = urls;
    }

    /// Who the key is, as the first event that it caused says.
    pub(crate) fn introduce(&self, org: OrgId, id: ActorId) {
        let actor = Actor { org, id, grants: Grants::Role(Role::Owner) };
        *self.actor.write().expect("nobody panics while holding it") = Some(actor);
    }

    pub(crate) fn actor(&self) -> Actor {
        self.actor.read().expect("nobody panics while holding it").expect("the key has acted before")
    }

    /// The id of the command that a request below `/api/v1` with this `Idempotency-Key` is.
    pub(crate) fn command_id(&self, method: &str, path: &str, key: &str) -> CommandId {
        Intent::keyed(self.actor(), &format!("{method} {path}"), key, b"").command_id
    }
}
