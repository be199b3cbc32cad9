//! Somebody works, and is forgotten: nothing that the database holds says who it was, neither before, for it is sealed, nor
//! after every read model was built anew, nor in a backup from before that is put back. What was done stays in the log.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::process::Command;

use crate::canaries::{Needles, tables};
use crate::database::Database;
use crate::proof::Proof;
use crate::support::{Api, PASSWORD, Person, TestDatabase, Up, answer, omoi, remove_home};

/// People who are forgotten.
const ERASED: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasure() {
    let mut proof = Proof::new("erasure", ERASED);
    let mut house = House::start().await;
    let mut owner = Person::register(&house.api, "owner@example.org").await;
    let org = owner.found(&house.api, "Acme").await;
    let mut people = Vec::new();
    while proof.next_case_or(true) {
        people.push(Worker::of(&house, &owner, &org, proof.cases()).await);
    }
    let needles = needles_of(&people);
    assert_eq!(house.found(&needles).await, Vec::<String>::new(), "it is sealed before it is stored");
    for worker in &people {
        let named = house.members(&owner, &org, &worker.person).await;
        assert_eq!(named, json!(worker.name), "and opened for those who may see it");
        assert!(house.has_key(&worker.person).await);
    }
    house.back_up().await;
    for worker in &people {
        house.erase(&worker.person.email).await;
    }
    assert_forgotten(&house, &owner, &org, &people).await;
    house.rebuild_everything().await;
    assert_forgotten(&house, &owner, &org, &people).await;

    // As it was before: the keys are there again, until the server starts.
    house.restore().await;
    for worker in &people {
        assert!(house.has_key(&worker.person).await, "the backup is from before");
    }
    assert_eq!(house.found(&needles).await, Vec::<String>::new());
    house.begin().await;
    let owner = house.sign_in(&owner, &org).await;
    assert_forgotten(&house, &owner, &org, &people).await;
    if proof.is_full() {
        house.rebuild_everything().await;
        assert_forgotten(&house, &owner, &org, &people).await;
    }
    house.assert_the_judge_sees().await;
    proof.holds();
    house.remove().await;
}

/// Somebody who works, and will be forgotten.
struct Worker {
    person: Person,
    name: String,
    /// What is left behind, and others go on with.
    ticket: String,
}

impl Worker {
    async fn of(house: &House, owner: &Person, org: &str, n: usize) -> Self {
        let (email, name) = (format!("cnry-{n}-forgotten@example.org"), format!("Cnry Forgotten the {n}."));
        let api = &house.api;
        let person = owner.invite(api, org, &email, "member").await;
        let named = person.post(api, "/auth/me", &json!({ "display_name": name })).await;
        assert_eq!(named.status, 200, "{named:?}");
        let project = owner.done(api, "/projects", &json!({ "name": format!("Of {}", person.user) })).await;
        let path = format!("/projects/{}/tickets", project.id());
        let ticket = person.done(api, &path, &json!({ "title": "Work" })).await.id().to_owned();
        person.done(api, &format!("/tickets/{ticket}/comments"), &json!({ "text": "Done." })).await;
        Self { person, name, ticket }
    }
}

/// What is not to be found.
fn needles_of(people: &[Worker]) -> Needles {
    let two = |worker: &'_ Worker| [("address", worker.person.email.clone()), ("name", worker.name.clone())];
    let all: Vec<(&str, String)> = people.iter().flat_map(two).collect();
    Needles::of(all.iter().map(|(place, text)| (*place, text.as_str())))
}

async fn assert_forgotten(house: &House, owner: &Person, org: &str, people: &[Worker]) {
    let (head, needles) = (house.database.head().await, needles_of(people));
    assert_eq!(house.found(&needles).await, Vec::<String>::new());
    for Worker { person, ticket, .. } in people {
        assert!(!house.has_key(person).await);
        // No member any more; and what was done is there.
        assert_eq!(house.members(owner, org, person).await, Value::Null);
        let read = owner.request(&house.api, Method::GET, &format!("/tickets/{ticket}"));
        let read = answer(read.header("omoi-min-position", head)).await;
        assert_eq!(read.status, 200, "{read:?}");
        let body = json!({ "email": person.email, "password": PASSWORD });
        let refused = answer(house.api.request_with(None, Method::POST, "/auth/login").json(&body)).await;
        assert_eq!(refused.problem(), (401, "invalid_credentials"));
        let told = owner.get(&house.api, "/audit").await;
        assert!(needles.find(told.body.to_string().as_bytes()).is_empty(), "{told:?}");
    }
}

/// A server over a database that is copied, thrown away and put back; its keys and the list of who was erased lie elsewhere.
struct House {
    api: Api,
    database: Database,
    of: TestDatabase,
    directory: TempDir,
}

impl House {
    async fn start() -> Self {
        let (of, directory) = (TestDatabase::create().await, tempfile::tempdir().expect("a directory"));
        let database = Database { app_url: of.app_url("a password"), admin_url: of.admin_url() };
        let mut migrate = command(&database);
        migrate.arg("migrate").env("DATABASE_ADMIN_URL", &database.admin_url);
        done(migrate).await;
        let api = begin(&database, &directory).await;
        Self { api, database, of, directory }
    }

    async fn begin(&mut self) {
        self.api = begin(&self.database, &self.directory).await;
    }

    async fn end(&mut self) {
        crate::support::signal(self.api.up.ready.pid, rustix::process::Signal::TERM);
        self.api.up.ended(std::time::Duration::from_secs(30)).await;
        // It goes on with the next one.
        std::mem::take(&mut self.api.up.ready.data_dir);
    }

    /// A copy of all that the database holds.
    async fn back_up(&mut self) {
        self.end().await;
        let name = self.name();
        self.on_server(&format!("drop database if exists {name}_backup")).await;
        self.on_server(&format!("create database {name}_backup template {name}")).await;
        self.begin().await;
    }

    /// The copy takes the place of the database. Nobody serves it yet.
    async fn restore(&mut self) {
        self.end().await;
        let name = self.name();
        self.on_server(&format!("drop database {name} with (force)")).await;
        self.on_server(&format!("create database {name} template {name}_backup")).await;
    }

    async fn erase(&self, email: &str) {
        let mut erase = self.omoi();
        erase.args(["user", "erase", email, "--yes"]);
        done(erase).await;
    }

    async fn rebuild_everything(&self) {
        let listed = answer(self.api.get("/projections")).await;
        let models = listed.body["projections"].as_array().expect("a list");
        assert!(models.len() > 4, "{listed:?}");
        for model in models {
            let mut rebuild = self.omoi();
            rebuild.args(["projections", "rebuild", model["name"].as_str().expect("a name"), "--switch"]);
            done(rebuild).await;
        }
    }

    /// Where in the database one of them stands.
    async fn found(&self, needles: &Needles) -> Vec<String> {
        let found = tables(&mut self.database.admin().await, needles).await;
        assert!(found.searched > 30, "{} tables", found.searched);
        found.found
    }

    async fn has_key(&self, person: &Person) -> bool {
        let sql = "select exists (select from vault.data_keys where subject = $1::uuid)";
        let mut admin = self.database.admin().await;
        sqlx::query_scalar(sql).bind(&person.user).fetch_one(&mut admin).await.expect("a truth")
    }

    /// What a member is called, as the others see it; null for who is none.
    async fn members(&self, owner: &Person, org: &str, person: &Person) -> Value {
        let head = self.database.head().await;
        let asked = owner.request(&self.api, Method::GET, &format!("/organizations/{org}/members"));
        let listed = answer(asked.header("omoi-min-position", head)).await;
        let members = listed.body["members"].as_array().unwrap_or_else(|| panic!("{listed:?}"));
        members
            .iter()
            .find(|one| one["user"] == person.user)
            .map_or(Value::Null, |one| one["display_name"].clone())
    }

    async fn sign_in(&self, person: &Person, org: &str) -> Person {
        let body = json!({ "email": person.email, "password": PASSWORD, "organization": org });
        let signed_in = answer(self.api.request_with(None, Method::POST, "/auth/login").json(&body)).await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        Person::of(&person.email, &signed_in.body)
    }

    /// A name that was left somewhere is found, in a read model as well.
    async fn assert_the_judge_sees(&self) {
        let needles = Needles::of([("name", "Cnry Left Behind")].into_iter());
        assert_eq!(self.found(&needles).await, Vec::<String>::new());
        self.api.done("/projects", &json!({ "name": "Cnry Left Behind" })).await;
        let head = self.database.head().await;
        let read = answer(self.api.get("/projects").header("omoi-min-position", head)).await;
        assert_eq!(read.status, 200, "{read:?}");
        let found = self.found(&needles).await;
        let kinds: BTreeSet<&str> =
            found.iter().filter_map(|place| place.split(" table ").nth(1)?.split('.').next()).collect();
        assert!(kinds.contains("es") && kinds.contains("read_models"), "{found:?}");
    }

    fn omoi(&self) -> Command {
        let mut command = command(&self.database);
        command.env("OMOI_DATA_DIR", self.directory.path().join("data"));
        command
    }

    /// Of the database.
    fn name(&self) -> String {
        let url = &self.database.admin_url;
        let path = url.rsplit('/').next().expect("a URL with a database");
        path.split('?').next().expect("a name").to_owned()
    }

    async fn on_server(&self, statement: &str) {
        let url = self.database.admin_url.replace(&format!("/{}", self.name()), "/postgres");
        let mut server = PgConnection::connect(&url).await.expect("the server");
        server.execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    async fn remove(mut self) {
        self.end().await;
        let name = self.name();
        self.on_server(&format!("drop database if exists {name}_backup")).await;
        remove_home(&self.directory.path().join("data"));
        self.of.remove().await;
    }
}

async fn begin(database: &Database, directory: &TempDir) -> Api {
    let mut up = command(database);
    up.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory.path().join("data"));
    Api::of(Up::start_command(up).await)
}

fn command(database: &Database) -> Command {
    let mut command = omoi();
    command.env("DATABASE_URL", &database.app_url).env("OMOI_LOG", "warn");
    // The same after each start, so that who is signed in stays so.
    command.env("OMOI_PUBLIC_URL", "http://omoi.example");
    command
}

async fn done(mut command: Command) {
    let output = command.output().await.expect("omoi starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
