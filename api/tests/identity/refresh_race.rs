//! A refresh token is used by fifty at once: one successor comes of it, and the session has one branch that goes on. Used
//! again later, it ends the session, for nobody can tell which of the two is the thief.

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::proof::Proof;
use crate::support::{Answer, PASSWORD, Person, answer};
use crate::world::{Started, started};

const RACES: usize = 20;
/// In `make test`.
const FEW: usize = 3;
const RUNNERS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refresh_race() {
    let mut proof = Proof::new("refresh_race", RACES);
    let site = started(&[("OMOI_RATE_OF_ADDRESS", "1000")]).await;
    let ada = Person::register(&site.api, "ada@example.org").await;
    let mut same = 0;
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let body = json!({ "email": ada.email, "password": PASSWORD });
        let login = site.api.request_with(None, Method::POST, "/auth/login").json(&body);
        let signed_in = answer(login).await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        let first = signed_in.body["refresh_token"].as_str().expect("a token").to_owned();
        let session = signed_in.body["session"].as_str().expect("a session").to_owned();

        let answers = join_all((0..RUNNERS).map(|_| refresh(&site, &first))).await;
        let next = successors(&answers);
        assert_eq!(judge(&answers, live_branches(&site, &session).await), Vec::<String>::new());
        same += answers.iter().filter(|answer| answer.status == 200).count();

        // The branch goes on, and the one that it came from ends it.
        let after = refresh(&site, &next[0]).await;
        assert_eq!(after.status, 200, "{after:?}");
        let last = successors(&[after]).remove(0);
        assert_eq!(refresh(&site, &first).await.problem(), (401, "invalid_token"));
        for token in [&last, &next[0], &first] {
            assert_eq!(refresh(&site, token).await.problem(), (401, "invalid_token"));
        }
        assert_eq!(live_branches(&site, &session).await, 0);
    }
    assert_the_judge_sees(&site, &ada).await;
    proof.figure("answered_with_the_successor", same);
    proof.holds();
}

async fn refresh(site: &Started, token: &str) -> Answer {
    let body = json!({ "refresh_token": token });
    answer(site.api.request_with(None, Method::POST, "/auth/refresh").json(&body)).await
}

/// The refresh tokens that were answered, each once.
fn successors(answers: &[Answer]) -> Vec<String> {
    let mut all: Vec<String> =
        answers.iter().filter_map(|answer| Some(answer.body["refresh_token"].as_str()?.to_owned())).collect();
    all.sort();
    all.dedup();
    all
}

/// What is wrong with the answers of a race, and with what it left.
fn judge(answers: &[Answer], branches: i64) -> Vec<String> {
    let mut faults = Vec::new();
    let one = successors(answers).len();
    if one != 1 {
        faults.push(format!("{one} successors"));
    }
    if branches != 1 {
        faults.push(format!("{branches} branches go on"));
    }
    let strange =
        answers.iter().filter(|answer| !matches!(answer.problem(), (200, _) | (401, "invalid_token")));
    faults.extend(strange.map(|answer| format!("{answer:?}")));
    faults
}

/// Tokens of a session that would be taken.
async fn live_branches(site: &Started, session: &str) -> i64 {
    let sql = "select count(*) from vault.refresh_tokens t join vault.sessions s on s.id = t.session_id \
               where s.id = $1::uuid and t.used_at is null and s.ended_at is null";
    let mut admin = site.database.admin().await;
    sqlx::query_scalar(sql).bind(session).fetch_one(&mut admin).await.expect("a count")
}

/// A second branch, and a second successor, are seen.
async fn assert_the_judge_sees(site: &Started, ada: &Person) {
    let body = json!({ "email": ada.email, "password": PASSWORD });
    let signed_in = answer(site.api.request_with(None, Method::POST, "/auth/login").json(&body)).await;
    let session = signed_in.body["session"].as_str().expect("a session").to_owned();
    assert_eq!(live_branches(site, &session).await, 1);
    let plant = "insert into vault.refresh_tokens (hash, session_id, made_at) \
                 values (decode(repeat('ab', 32), 'hex'), $1::uuid, omoi_now())";
    let mut admin = site.database.admin().await;
    sqlx::query(plant).bind(&session).execute(&mut admin).await.expect("an admin may");
    let branches = live_branches(site, &session).await;
    let refreshed = refresh(site, signed_in.body["refresh_token"].as_str().expect("a token")).await;
    let faults = judge(&[signed_in, refreshed], branches);
    assert_eq!(faults, ["2 successors", "2 branches go on"]);
}
