//! The database is stopped fast, at once, and killed, under load: clients are told soon, nothing acknowledged is lost,
//! and the product is ready as soon as the database is.

use std::time::Duration;

use rand::Rng as _;
use rustix::process::Signal;
use sqlx::{Connection as _, PgConnection};
use tokio::time::Instant;

use crate::judge::{assert_every_type, assert_finds_planted_defects, assert_whole};
use crate::load::Load;
use crate::proof::{Proof, Times, between_ms};
use crate::site::Site;
use crate::support::{descendants, eventually, signal};
use crate::tour::tour;

const RESTARTS: usize = 30;
const CLIENTS: usize = 4;
const SIGNALS: [Signal; 3] = [Signal::INT, Signal::QUIT, Signal::KILL];
/// For the supervisor to start it again.
const PATIENCE: Duration = Duration::from_secs(60);
/// From the question to the answer that there is no database.
const TOLD_WITHIN_MS: f64 = 1_000.0;
/// From the first connection that the database takes.
const READY_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restart_postgres() {
    let mut proof = Proof::new("restart_postgres", RESTARTS);
    let mut random = proof.random();
    let site = Site::start().await;
    let mut guide = site.client("guide");
    tour(&mut guide, &site.database(), "Tour").await;
    let app_url = site.database().app_url;
    let mut load = Load::start(&site.door, CLIENTS, random.random());
    let (mut down, mut ready) = (Times::default(), Times::default());
    while proof.next_case() {
        load.work_for(between_ms(&mut random, 1, 800)).await;
        let killed = Instant::now();
        signal(postmaster(&site), SIGNALS[proof.cases() % SIGNALS.len()]);
        while_it_ends(&app_url).await;
        eventually(PATIENCE, "the database answers", async || {
            PgConnection::connect(&app_url).await.ok()?.close().await.ok()
        })
        .await;
        down.push(killed.elapsed());
        let answers = Instant::now();
        let url = format!("{}/readyz", site.door.url(0));
        eventually(PATIENCE, "the product is ready", async || {
            (reqwest::get(&url).await.ok()?.status() == 200).then_some(())
        })
        .await;
        ready.push(answers.elapsed());
    }
    let mut clients = load.stop().await;
    clients.push(guide);

    let database = site.database();
    let verdict = assert_whole(&database, &clients).await;
    assert_every_type(&database).await;
    let mut told = Times::default();
    clients.iter_mut().for_each(|client| told.extend(std::mem::take(&mut client.unavailable)));
    assert!(clients.iter().all(|client| client.cut_off == 0), "a request had no answer");
    proof.figure("database_back", down.summary());
    proof.figure("ready_after_the_database", ready.summary());
    proof.figure("judged", verdict.figures());
    if told.len() > 0 {
        proof.figure("told_503_after", told.summary());
    }
    // With the machine to itself; in `make test` others compile and run beside it.
    if proof.is_full() {
        assert!(ready.longest() <= READY_WITHIN, "{}", ready.summary());
        assert!(told.percentile_ms(100.0) <= TOLD_WITHIN_MS, "{}", told.summary());
    }
    assert_finds_planted_defects(&database, &clients).await;
    proof.holds();
}

fn postmaster(site: &Site) -> u32 {
    let children = descendants(site.pid());
    children.iter().find(|(_, name)| name == "postgres").expect("a Postgres").0
}

/// A stop takes a moment, in which the old one may still answer.
async fn while_it_ends(app_url: &str) {
    eventually(PATIENCE, "the old server is gone", async || {
        PgConnection::connect(app_url).await.err().map(drop)
    })
    .await;
}
