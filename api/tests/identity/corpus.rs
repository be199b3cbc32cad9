//! Everything hostile that we know of (`tests/hostile/corpus.json`), sent to a running server: each row has the answer that
//! it must have, none is a fault of ours, none shows what belongs to another organization, and the log is as it was. A row
//! whose surface is not there yet says so, and may not say so any longer than that.

mod live;
mod providers;
mod rows;
mod send;
mod sockets;
pub(crate) mod tokens;

use serde_json::{Value, json};

use self::providers::Provider;
use self::rows::{Row, Seen, rows};
use self::tokens::Forger;
use crate::proof::Proof;
use crate::support::answer;
use crate::world::World;

/// As many rows as have a surface, and are sent.
const SENT: usize = 130;
/// A body may take so long to come in; a row waits for it.
const PATIENCE_S: &str = "8";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corpus() {
    let all = rows();
    let sent: Vec<&Row> = all.iter().filter(|row| row.surface.is_none()).collect();
    let mut proof = Proof::new("corpus", SENT);
    let provider = Provider::start().await;
    let mut settings = vec![("OMOI_REQUEST_TIMEOUT_S", PATIENCE_S)];
    settings.extend(provider.settings());
    let world = World::start(&settings).await;
    provider.get_to_know(&world).await;
    let forger = Forger::of(&world).await;
    // They wait for the server to lose its patience, while the others go on.
    let slow = sockets::begin_slow(&world, sent.iter().copied());
    let mut faults = Vec::new();
    let mut requests = 0;
    for row in sent.iter().filter(|row| !sockets::is_slow(row)) {
        assert!(proof.next_case_or(true), "there are more rows than the proof says");
        send::prepare(&world, row).await;
        let before = world.database.head().await;
        let seen = see(&world, &forger, &provider, row).await;
        requests += seen.len();
        let written = world.events_after(before).await;
        faults.extend(judge(row, &seen, &written));
    }
    let before = world.database.head().await;
    for (row, seen) in slow.join_all().await {
        assert!(proof.next_case_or(true), "there are more rows than the proof says");
        requests += 1;
        faults.extend(judge(&row, &[seen], &[]));
    }
    assert_eq!(world.events_after(before).await, Vec::<String>::new());
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(proof.cases(), SENT, "the proof says how many rows there are");
    assert_still_later(&world, &all).await;
    // The judge sees a write, and another answer, of a server that runs.
    let mut tame = sent.iter().copied().find(|row| row.keeps.is_some()).expect("there is one").clone();
    tame.expect = vec![json!(422)];
    let before = world.database.head().await;
    let seen = see(&world, &forger, &provider, &tame).await;
    assert_eq!(judge(&tame, &seen, &world.events_after(before).await).len(), 2, "{seen:?}");
    proof.figure("requests", requests);
    proof.figure("later", all.len() - sent.len());
    proof.holds();
}

/// Sends a row in every way in which it can be meant.
async fn see(world: &World, forger: &Forger, provider: &Provider, row: &Row) -> Vec<Seen> {
    match (&row.token, &row.socket, &row.live, &row.provider) {
        (Some(name), ..) => forger.show(world, name).await,
        (_, Some(name), ..) => sockets::show(world, name).await,
        (_, _, Some(name), _) => live::show(world, name).await,
        (.., Some(name)) => provider.show(world, name).await,
        _ => vec![send::show(world, row).await],
    }
}

/// What is wrong with the answers to a row, and with what was written meanwhile.
fn judge(row: &Row, seen: &[Seen], written: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let name = format!("row {} ({})", row.n, row.what);
    for Seen { how, outcome, body, kept } in seen {
        if !row.expect.contains(outcome) {
            faults.push(format!("{name}, {how}: {outcome} and not {:?}: {body}", row.expect));
        }
        if outcome.as_u64().is_some_and(|status| (500..600).contains(&status)) {
            faults.push(format!("{name}, {how}: a fault of ours: {body}"));
        }
        if body.contains(crate::world::THEIRS) || row.hides.as_ref().is_some_and(|what| body.contains(what)) {
            faults.push(format!("{name}, {how}: shows what is another's: {body}"));
        }
        if row.keeps.is_some() && *kept != row.keeps {
            faults.push(format!("{name}, {how}: kept as {kept:?}"));
        }
    }
    let expected: &[&str] = if row.makes() { &["ticket.created"] } else { &[] };
    if written != expected {
        faults.push(format!("{name}: written {written:?}"));
    }
    if seen.is_empty() {
        faults.push(format!("{name}: was not sent"));
    }
    faults
}

/// No row says `later` of what is there.
async fn assert_still_later(world: &World, rows: &[Row]) {
    let document = answer(world.api.request_to(reqwest::Method::GET, "/openapi.json")).await.body;
    assert_eq!(here_already(rows, &document), Vec::<&str>::new());
    // The judge sees one that appeared.
    let one = rows.iter().find(|row| row.surface.is_some()).expect("some are later");
    let address =
        format!("{}/{{id}}/deliveries", one.address.as_deref().expect("a row that is later has one"));
    let document = json!({ "paths": { address: {} } });
    assert!(here_already(rows, &document).contains(&one.what.as_str()));
}

/// The rows that say `later` of an address in the document, or of one above it.
fn here_already<'a>(rows: &'a [Row], document: &Value) -> Vec<&'a str> {
    let paths: Vec<&String> = document["paths"].as_object().expect("paths").keys().collect();
    let there =
        |address: &str| paths.iter().any(|path| *path == address || path.starts_with(&format!("{address}/")));
    let later = rows.iter().filter(|row| row.surface.is_some());
    later
        .filter(|row| there(row.address.as_deref().expect("an address")))
        .map(|row| row.what.as_str())
        .collect()
}

#[test]
fn a_spoiled_answer_is_seen() {
    let row = |more: Value| {
        let mut row = json!({ "n": 1, "set": "D2", "what": "w", "expect": [403] });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value::<Row>(row).unwrap()
    };
    let plain = row(json!({}));
    let seen = |outcome: u16, body: &str| Seen::of("sent", outcome, body);
    assert!(judge(&plain, &[seen(403, "no")], &[]).is_empty());
    assert_eq!(judge(&plain, &[seen(200, "yes")], &[]).len(), 1);
    assert_eq!(judge(&plain, &[seen(500, "oh")], &[]).len(), 2);
    assert_eq!(judge(&plain, &[seen(403, "Theirs")], &[]).len(), 1);
    assert_eq!(judge(&plain, &[seen(403, "no")], &["project.created".to_owned()]).len(), 1);
    assert_eq!(judge(&plain, &[seen(403, "no"), seen(200, "yes")], &[]).len(), 1);
    assert_eq!(judge(&plain, &[], &[]).len(), 1);
    let kept = row(json!({ "expect": [201], "keeps": "a" }));
    let made = ["ticket.created".to_owned()];
    let as_kept = |text: &str| Seen { kept: Some(text.to_owned()), ..seen(201, "") };
    assert!(judge(&kept, &[as_kept("a")], &made).is_empty());
    assert_eq!(judge(&kept, &[as_kept("b")], &made).len(), 1);
    assert_eq!(judge(&kept, &[as_kept("a")], &[]).len(), 1);
    let hides = row(json!({ "expect": [200], "hides": "salary" }));
    assert_eq!(judge(&hides, &[seen(200, "the salary")], &[]).len(), 1);
}
