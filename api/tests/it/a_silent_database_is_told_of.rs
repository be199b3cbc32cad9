//! A database that has gone away, or stands still, is told of at once, by an answer that says how to go on; a single
//! session that ends or stands still is not taken for it.

use std::time::Duration;

use embedded::ScratchPostgres;
use reqwest::{Method, RequestBuilder};
use rustix::process::Signal;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tokio::time::Instant;

use crate::support::{Api, PASSWORD, Person, Up, answer, descendants, eventually, guard_exe, omoi, signal};

/// Far from the 5 s of a pool that goes on connecting. With the machine to itself it is 1 s, which
/// `restart_postgres` in `tests/path` asserts.
const TOLD_WITHIN: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(60);

async fn assert_told(request: RequestBuilder) {
    let asked = Instant::now();
    let told = answer(request).await;
    assert_eq!(told.problem(), (503, "database_down"), "{told:?}");
    assert_eq!(told.header("retry-after"), Some("1"), "{told:?}");
    assert!(asked.elapsed() <= TOLD_WITHIN, "told after {:?}", asked.elapsed());
}

fn projects(api: &Api) -> RequestBuilder {
    api.get("/events?type=project.created")
}

fn postgres(api: &Api, by: Signal) {
    let servers = descendants(api.up.ready.pid).into_iter().filter(|(_, name)| name == "postgres");
    servers.for_each(|(pid, _)| signal(pid, by));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_stands_still_clients_are_told() {
    let api = Api::start().await;
    let wish = json!({ "name": "Payments" });
    let create = || api.post("/projects", &wish).header("Idempotency-Key", "once");
    api.done("/projects", &json!({ "name": "Before" })).await;
    Person::register(&api, "ada@example.org").await;
    let ada = json!({ "email": "ada@example.org", "password": PASSWORD });
    let sign_in = || api.request_with(None, Method::POST, "/auth/login").json(&ada);

    postgres(&api, Signal::STOP);
    assert_told(create()).await;
    assert_told(sign_in()).await;
    assert_told(projects(&api)).await;
    assert_eq!(api.up.status_of("/healthz").await, Some(200), "the process is alive");
    assert_eq!(api.up.status_of("/readyz").await, Some(503), "probes answer by themselves");
    postgres(&api, Signal::CONT);

    let created = eventually(PATIENCE, "it answers again", async || {
        let created = answer(create()).await;
        (created.status != 503).then_some(created)
    })
    .await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(answer(sign_in()).await.status, 200, "who could not sign in can");
    let made = answer(projects(&api)).await;
    assert_eq!(made.body["events"].as_array().map(Vec::len), Some(2), "the same key is the same project");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_somebody_elses_database_goes_away_clients_are_told() {
    let database = ScratchPostgres::start(&guard_exe()).await.expect("a server");
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = omoi();
    command.env("DATABASE_URL", database.admin_url()).env("DATABASE_ADMIN_URL", database.admin_url());
    command
        .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory.path().join("data"));
    let api = Api::of(Up::start_command(command).await);
    api.done("/projects", &json!({ "name": "Before" })).await;

    database.stop().await;
    assert_told(api.post("/projects", &json!({ "name": "Payments" }))).await;
    assert_told(projects(&api)).await;
    assert_eq!(api.up.status_of("/healthz").await, Some(200), "the process is alive");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_session_is_not_the_database() {
    let api = Api::start().await;
    let url = embedded::inspect::app_url(&api.up.ready.data_dir).expect("it runs");
    let mut database = PgConnection::connect(&url).await.expect("the database");
    let session = watching_session(&mut database, 0, &api).await;
    sqlx::query("select pg_terminate_backend($1)")
        .bind(session)
        .execute(&mut database)
        .await
        .expect("its own");
    let next = watching_session(&mut database, session, &api).await;
    let pid = next.unsigned_abs();
    signal(pid, Signal::STOP);
    watching_session(&mut database, next, &api).await;
    signal(pid, Signal::CONT);
}

/// The session over which the database is asked whether it answers, once it is another one than `before`; until
/// then, the API is read without a pause and answers.
async fn watching_session(database: &mut PgConnection, before: i32, api: &Api) -> i32 {
    let begun = Instant::now();
    loop {
        let read = answer(projects(api)).await;
        assert_eq!(read.status, 200, "{read:?}");
        let session = "select pid from pg_stat_activity where application_name = 'omoi_pulse' and pid <> $1";
        let session = sqlx::query_scalar(session).bind(before).fetch_optional(&mut *database).await;
        if let Some(session) = session.expect("the database") {
            return session;
        }
        assert!(begun.elapsed() < PATIENCE, "the session is not replaced");
    }
}
