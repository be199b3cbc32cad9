//! Who is there: an organization with its people and a project, another one that it must know nothing of, and what has
//! ended.

use std::ops::Deref;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::database::Database;
use crate::support::{Api, Person, Up, answer, letter_to, omoi, token_of};

/// Stands in everything that the other organization has, and in no answer to ours.
pub(crate) const THEIRS: &str = "Theirs";

/// A server that runs, in a directory of its own.
pub(crate) struct Started {
    pub(crate) api: Api,
    pub(crate) database: Database,
    _directory: Option<tempfile::TempDir>,
}

/// The same, with everybody.
pub(crate) struct World {
    site: Started,
    pub(crate) org: String,
    pub(crate) project: String,
    pub(crate) owner: Person,
    pub(crate) member: Person,
    pub(crate) viewer: Person,
    /// Signed in, and no member any more.
    pub(crate) put_out: Person,
    pub(crate) other_owner: Person,
    pub(crate) other_org: String,
    pub(crate) other_project: String,
    /// Opens an invitation that nobody has accepted.
    pub(crate) invitation: String,
    /// A key of the owner.
    pub(crate) key: String,
}

impl World {
    /// With these variables in the environment of the server.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let site = started(variables).await;
        let api = &site.api;
        let mut owner = Person::register(api, "owner@example.org").await;
        let org = owner.found(api, "Acme").await;
        let member = owner.invite(api, &org, "member@example.org", "member").await;
        let viewer = owner.invite(api, &org, "viewer@example.org", "viewer").await;
        let put_out = owner.invite(api, &org, "gone@example.org", "member").await;
        let path = format!("/organizations/{org}/members/{}", put_out.user);
        assert_eq!(answer(owner.request(api, Method::DELETE, &path)).await.status, 200);
        let project = owner.done(api, "/projects", &json!({ "name": "Ours" })).await.id().to_owned();
        let mut other_owner = Person::register(api, "rival@example.net").await;
        let other_org = other_owner.found(api, &format!("{THEIRS} Inc")).await;
        let body = json!({ "name": format!("{THEIRS} project") });
        let other_project = other_owner.done(api, "/projects", &body).await.id().to_owned();
        let body = json!({ "email": "nobody@example.org", "role": "member" });
        owner.done(api, &format!("/organizations/{org}/invitations"), &body).await;
        let invitation = token_of(&letter_to(api, "nobody@example.org").await);
        let body = json!({ "name": "CI", "scopes": ["projects:read", "projects:write"] });
        let made = owner.done(api, &format!("/organizations/{org}/api-keys"), &body).await;
        let key = made.body["key"].as_str().expect("a key").to_owned();
        Self {
            site,
            org,
            project,
            owner,
            member,
            viewer,
            put_out,
            other_owner,
            other_org,
            other_project,
            invitation,
            key,
        }
    }
}

impl Deref for World {
    type Target = Started;

    fn deref(&self) -> &Started {
        &self.site
    }
}

impl Started {
    /// One whose directory somebody else keeps.
    pub(crate) fn of(api: Api, database: Database) -> Self {
        Self { api, database, _directory: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.api.up.ready.url
    }

    /// The types of all events after a position, in order, whoever's they are.
    pub(crate) async fn events_after(&self, position: i64) -> Vec<String> {
        let mut connection = self.database.connect().await;
        let rows = sqlx::query("select event_type from es.events where position > $1 order by position")
            .bind(position)
            .fetch_all(&mut connection)
            .await
            .expect("the log");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// All that somebody may try is allowed again.
    pub(crate) async fn forgive(&self) {
        let mut admin = self.database.admin().await;
        sqlx::query("delete from vault.throttles").execute(&mut admin).await.expect("an admin may");
    }
}

/// A new `omoi up`, with these variables in its environment.
pub(crate) async fn started(variables: &[(&str, &str)]) -> Started {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut command = omoi();
    command
        .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory.path().join("data"));
    command.envs(variables.iter().copied());
    let api = Api::of(Up::start_command(command).await);
    let database = Database::of_data_dir(&api.up.ready.data_dir);
    Started { api, database, _directory: Some(directory) }
}

/// The text of a JSON value that is a string.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
