//! `omoi migrate` and `omoi serve` with a Postgres and a NATS that somebody else runs.

use std::time::Duration;

use embedded::{ScratchNats, ScratchPostgres};
use rustix::process::Signal;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::{net::TcpListener, process::Command};

use crate::support::{MASTER_KEY, TestDatabase, eventually, guard_exe, omoi, signal};

async fn run(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().await.expect("omoi starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("text"))
}

#[tokio::test]
async fn after_migrating_it_serves() {
    let database = TestDatabase::create().await;
    let nats = ScratchNats::start(&guard_exe()).await.expect("a server");
    let app_url = database.app_url("a password / of: people@home");
    let data_dir = tempfile::tempdir().expect("a directory");
    let serve = |port: u16| {
        let mut command = omoi();
        command.env("DATABASE_URL", &app_url).env("NATS_URL", nats.server().relay_url());
        command.env("OMOI_MASTER_KEY", MASTER_KEY).env("OMOI_DATA_DIR", data_dir.path());
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        command
    };
    let mut migrate = omoi();
    migrate.env("DATABASE_ADMIN_URL", database.admin_url()).env("DATABASE_URL", &app_url).arg("migrate");
    let (code, said) = run(migrate).await;
    assert_eq!(code, Some(0), "{said}");

    let port =
        TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("its address").port();
    let mut server = serve(port).spawn().expect("omoi starts");
    eventually(Duration::from_secs(30), "the server is ready", || async {
        let answer = reqwest::get(format!("http://127.0.0.1:{port}/readyz")).await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
    let mut create = omoi();
    create
        .env("DATABASE_URL", &app_url)
        .env("OMOI_MASTER_KEY", MASTER_KEY)
        .args(["key", "create", "--role", "owner"]);
    let made = create.output().await.expect("omoi starts");
    let key = String::from_utf8(made.stdout).expect("text");
    let events = reqwest::Client::new().get(format!("http://127.0.0.1:{port}/api/v1/events"));
    assert_eq!(events.try_clone().expect("no body").send().await.expect("an answer").status(), 401);
    assert_eq!(events.bearer_auth(key.trim()).send().await.expect("an answer").status(), 200);

    // Who reads a bus that somebody else runs is not ours to say.
    let client = reqwest::Client::new();
    let base = format!("http://127.0.0.1:{port}/api/v1");
    let log = client.get(format!("{base}/events?after=0&limit=1")).bearer_auth(key.trim()).send().await;
    let log: serde_json::Value = log.expect("an answer").json().await.expect("JSON");
    let org = log["events"][0]["org_id"].as_str().expect("an organization");
    let make = client.post(format!("{base}/organizations/{org}/bus-credentials")).bearer_auth(key.trim());
    let refused = make.json(&serde_json::json!({ "name": "warehouse" })).send().await.expect("an answer");
    let refused: serde_json::Value = refused.json().await.expect("JSON");
    assert_eq!((&refused["status"], &refused["code"]), (&422.into(), &"bus_not_ours".into()), "{refused}");
    assert!(refused["detail"].as_str().expect("text").contains(&format!("omoi.v1.1.{org}.>")), "{refused}");

    // Whoever asks would read with the rights of the server: its disk and its network are not theirs.
    let project = serde_json::json!({ "name": "Billing" });
    let made = client.post(format!("{base}/projects")).bearer_auth(key.trim()).json(&project).send().await;
    let made: serde_json::Value = made.expect("an answer").json().await.expect("JSON");
    let repository = format!("{base}/projects/{}/repository", made["id"].as_str().expect("an id"));
    for url in ["/etc", "git@git.example.org:a/b", "https://127.0.0.1/a", "https://169.254.169.254/a"] {
        let link = client.put(&repository).bearer_auth(key.trim()).json(&serde_json::json!({ "url": url }));
        let refused: serde_json::Value = link.send().await.expect("an answer").json().await.expect("JSON");
        let expected = (&422.into(), &"repository_not_allowed".into());
        assert_eq!((&refused["status"], &refused["code"]), expected, "{url}: {refused}");
    }

    signal(server.id().expect("it runs"), Signal::TERM);
    assert!(server.wait().await.expect("it is our child").success());
    nats.stop().await;
    database.remove().await;
}

#[tokio::test]
async fn a_database_that_was_never_migrated_is_refused() {
    let database = TestDatabase::create().await;
    let nats = ScratchNats::start(&guard_exe()).await.expect("a server");
    let mut command = omoi();
    command.env("DATABASE_URL", database.admin_url()).env("NATS_URL", nats.server().relay_url());
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    let (code, said) = run(command).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("omoi migrate"), "{said}");
    nats.stop().await;
    database.remove().await;
}

/// The extension of pgvector is for superusers to make; all else is for whoever owns the database and may make roles.
#[tokio::test]
async fn without_a_superuser_it_says_what_an_administrator_has_to_run() {
    let server = ScratchPostgres::start(&guard_exe()).await.expect("a server");
    let as_superuser = async |database: &str, statement: &str| {
        let options: PgConnectOptions = server.server().url(database).parse().expect("a URL");
        let mut connection = PgConnection::connect_with(&options).await.expect("a connection");
        connection.execute(statement).await.expect("a superuser may");
        connection.close().await.expect("closed");
    };
    as_superuser("postgres", "create role keeper login createrole password 'of-keeper'").await;
    as_superuser("postgres", "create database kept owner keeper").await;
    let url = server.server().url("kept");
    let (_, place) = url.split_once('@').expect("the superuser has a login");
    let keeper = format!("postgres://keeper:of-keeper@{place}");
    let with_keeper = |words: &[&str]| {
        let mut command = omoi();
        command.env("DATABASE_ADMIN_URL", &keeper).args(words);
        command
    };

    let (code, said) = run(with_keeper(&["migrate"])).await;
    assert_eq!(code, Some(1), "{said}");
    for words in
        ["keeper", "`create extension vector with schema public` in the database kept", "run this again"]
    {
        assert!(said.contains(words), "no {words:?} in {said}");
    }
    let (code, said) = run(with_keeper(&["doctor"])).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("WRONG  pgvector: the database kept lacks the extension"), "{said}");

    as_superuser("kept", "create extension vector with schema public").await;
    let (_, said) = run(with_keeper(&["doctor"])).await;
    assert!(said.contains("ok     pgvector: "), "{said}");
    for _ in 0..2 {
        let (code, said) = run(with_keeper(&["migrate"])).await;
        assert_eq!((code, said.as_str()), (Some(0), "The schema is up to date.\n"));
    }
    server.stop().await;
}

#[tokio::test]
async fn without_a_master_key_it_says_how_to_make_one() {
    let database = TestDatabase::create().await;
    let nats = ScratchNats::start(&guard_exe()).await.expect("a server");
    let app_url = database.app_url("a password");
    let mut migrate = omoi();
    migrate.env("DATABASE_ADMIN_URL", database.admin_url()).env("DATABASE_URL", &app_url).arg("migrate");
    assert_eq!(run(migrate).await.0, Some(0));
    let mut command = omoi();
    command.env("DATABASE_URL", &app_url).env("NATS_URL", nats.server().relay_url());
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    let (code, said) = run(command).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("OMOI_MASTER_KEY") && said.contains("openssl rand"), "{said}");
    nats.stop().await;
    database.remove().await;
}

#[tokio::test]
async fn without_urls_it_says_what_it_needs() {
    let mut command = omoi();
    command.arg("serve");
    let (code, said) = run(command).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("needs DATABASE_URL"), "{said}");
}
