//! What the verbs about tickets and about tasks share: a thing is called by its number, is told something, and is
//! shown as the change has left it.

use kernel::Uuid;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Failure, Kind, Line, Method, Reading, Session, Writing};

/// The things that numbers are about. `C` is the answer to a change.
pub(super) struct Things<'a, C> {
    pub(super) session: &'a Session,
    pub(super) kind: Kind,
    /// The project whose numbers are meant.
    pub(super) project: Option<&'a str>,
    /// How people read that answer.
    pub(super) changed: fn(C) -> Vec<Line>,
}

impl<C: DeserializeOwned> Things<'_, C> {
    /// Which one is called so.
    pub(super) async fn id(&self, wanted: &str) -> Result<Uuid, Failure> {
        self.session.numbered(self.kind, wanted, self.project).await
    }

    /// Shows everything that is known of it.
    pub(super) async fn show<D: DeserializeOwned>(
        &self,
        wanted: &str,
        reading: &Reading,
        details: impl FnOnce(D) -> Vec<Line>,
    ) -> Result<(), Failure> {
        let path = format!("/{}/{}", self.kind.plural(), self.id(wanted).await?);
        let answer = self.session.client.read(&path, reading.min_position).await?;
        self.session.out.show(&answer, details)
    }

    /// Tells it `verb`.
    pub(super) async fn tell(
        &self,
        wanted: &str,
        verb: &str,
        body: Value,
        writing: &Writing,
    ) -> Result<(), Failure> {
        let path = format!("/{}/{}/{verb}", self.kind.plural(), self.id(wanted).await?);
        self.change(Method::POST, &path, body, writing).await
    }

    /// Lets it wait for another.
    pub(super) async fn depend(&self, wanted: &str, on: &str, writing: &Writing) -> Result<(), Failure> {
        let on = self.id(on).await?;
        self.tell(wanted, "dependencies", json!({ "on": on }), writing).await
    }

    /// Lets it wait for another no longer.
    pub(super) async fn undepend(&self, wanted: &str, on: &str, writing: &Writing) -> Result<(), Failure> {
        let (id, on) = (self.id(wanted).await?, self.id(on).await?);
        let path = format!("/{}/{id}/dependencies/{on}", self.kind.plural());
        self.change(Method::DELETE, &path, json!({}), writing).await
    }

    /// Sends a change and shows what it has left.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Value,
        writing: &Writing,
    ) -> Result<(), Failure> {
        let answer = self.session.write(method, path, body, writing).await?;
        self.session.out.show(&answer, self.changed)
    }
}
