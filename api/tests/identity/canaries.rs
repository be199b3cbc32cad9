//! Secrets are put wherever a person, a program or an operator can put one, and then looked for wherever this product keeps
//! or tells anything: they stand nowhere but where they are kept on purpose. So do names and addresses of people.

mod needles;
mod places;
mod watch;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use sqlx::{Row as _, postgres::PgConnection};

pub(crate) use self::needles::Needles;
use self::places::plant;
use self::watch::Watch;
use crate::proof::Proof;

/// Named places in which something was planted.
const PLACES: usize = 58;
/// Files that keep a secret on purpose, for whoever owns the data directory, by their names: the keys and passwords of
/// the installation, and letters, which hold links by their nature and lie there for want of a mail server.
const KEPT: &[&str] = &["master.key", "operator.key", "postgres.json", "nats.json", "nats.conf", "outbox"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canaries() {
    let mut proof = Proof::new("canaries", PLACES);
    let mut watch = Watch::start().await;
    let canaries = plant(&mut watch).await;
    let names: BTreeSet<&str> = canaries.iter().map(|canary| canary.place).collect();
    assert_eq!(names.len(), canaries.len(), "each place has its name");
    for _ in &names {
        assert!(proof.next_case_or(true));
    }
    assert_eq!(proof.cases(), PLACES, "the proof says how many places there are");
    let needles = Needles::of(canaries.iter().map(|canary| (canary.place, canary.text.as_str())));

    let mut admin = watch.site.database.admin().await;
    let tables = tables(&mut admin, &needles).await;
    proof.figure("tables", tables.searched);
    let transcript = watch.transcript().await;
    watch.end_server().await;
    let mut found = tables.found;
    for (medium, text) in [
        ("the log of the server", watch.log()),
        ("traces", watch.traces()),
        ("the transcript of a socket", transcript),
        ("numbers", watch.numbers.clone()),
        ("answers", watch.answers.join("\n")),
    ] {
        assert!(!text.is_empty(), "nothing was said in {medium}");
        for line in text.lines() {
            let places = needles.find(line.as_bytes()).into_iter();
            found.extend(places.map(|place| format!("{place} in {medium}: {line}")));
        }
    }
    let mut files = 0;
    for directory in [watch.site.api.up.ready.data_dir.clone(), watch.home()] {
        look_into(&directory, &needles, &mut files, &mut found);
    }
    proof.figure("files", files);
    proof.figure("needles", needles.len());
    assert_eq!(found, Vec::<String>::new());
    assert!(files > 100 && tables.searched > 30, "{files} files, {} tables", tables.searched);
    proof.holds();
}

/// What was found in the database.
pub(crate) struct Tables {
    pub(crate) searched: usize,
    pub(crate) found: Vec<String>,
}

/// Every row of every table that is ours, as text.
pub(crate) async fn tables(admin: &mut PgConnection, needles: &Needles) -> Tables {
    let sql = "select format('%I.%I', schemaname, tablename) from pg_tables \
               where schemaname not in ('pg_catalog', 'information_schema') order by 1";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *admin).await.expect("a list");
    let mut tables = Tables { searched: names.len(), found: Vec::new() };
    for name in names {
        let sql = format!("select t::text from {name} t");
        for row in sqlx::query(&sql).fetch_all(&mut *admin).await.expect("an admin may") {
            let text: String = row.get(0);
            let places = needles.find(text.as_bytes());
            tables.found.extend(places.into_iter().map(|place| format!("{place} in table {name}: {text}")));
        }
    }
    tables
}

/// Every file below a directory, but those that keep secrets on purpose.
fn look_into(directory: &Path, needles: &Needles, files: &mut usize, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().expect("a kind");
        if KEPT.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            look_into(&path, needles, files, found);
        } else if kind.is_file() {
            // What the children remove while they end is no matter.
            let Ok(bytes) = std::fs::read(&path) else { continue };
            *files += 1;
            let places = needles.find(&bytes);
            found.extend(places.into_iter().map(|place| format!("{place} in {}", path.display())));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planted_canary_is_found_everywhere() {
    let mut watch = Watch::start().await;
    let secret = "correct cnry-5f1c9b7d battery&staple";
    let needles = Needles::of([("here", secret)].into_iter());
    let mut admin = watch.site.database.admin().await;
    assert_eq!(tables(&mut admin, &needles).await.found, Vec::<String>::new());
    for statement in [
        "create table public.notes (words text)",
        "insert into public.notes values ('correct cnry-5f1c9b7d battery&staple')",
        "create table public.bytes (raw bytea)",
        "insert into public.bytes values (convert_to('x correct cnry-5f1c9b7d battery&staple', 'UTF8'))",
        "checkpoint",
    ] {
        sqlx::query(statement).execute(&mut admin).await.expect("an admin may");
    }
    assert_eq!(tables(&mut admin, &needles).await.found.len(), 2, "as text and as bytes");
    // On the bus and the socket, by what people may write: a title is no secret, unless it is one.
    watch.site.api.done("/projects", &json!({ "name": secret })).await;
    assert_eq!(needles.find(watch.transcript().await.as_bytes()), ["here"]);
    assert!(needles.find(watch.log().as_bytes()).is_empty());
    watch.collected(&format!("{{\"attribute\":\"{secret}\"}}"));
    assert_eq!(needles.find(watch.traces().as_bytes()), ["here"]);
    let (mut files, mut found) = (0, Vec::new());
    watch.bus_is_whole().await;
    watch.end_server().await;
    for directory in [watch.site.api.up.ready.data_dir.clone(), watch.home()] {
        look_into(&directory, &needles, &mut files, &mut found);
    }
    for medium in ["/base/", "/pg_wal/", "jetstream"] {
        assert!(found.iter().any(|place| place.contains(medium)), "not in {medium}: {found:?}");
    }
}
