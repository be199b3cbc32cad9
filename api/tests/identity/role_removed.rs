//! Many write in the name of an admin, on two servers, while the admin is put out or demoted on one of them: five seconds
//! later nothing of it is accepted any more, and whatever was accepted before was carried out as a whole.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use embedded::ScratchNats;
use reqwest::Method;
use serde_json::json;
use sqlx::Row as _;
use tokio::process::Child;
use tokio::task::JoinSet;

use crate::proof::Proof;
use crate::support::{Person, answer, eventually, guard_exe, omoi};
use crate::world::{Started, started};

const REMOVALS: usize = 20;
/// In `make test`.
const FEW: usize = 3;
const WRITERS: usize = 8;
/// After it nothing is accepted, on no server.
const OUT_WITHIN: Duration = Duration::from_secs(5);
/// What both servers sign and read.
const PUBLIC_URL: &str = "http://omoi.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn role_removed() {
    let mut proof = Proof::new("role_removed", REMOVALS);
    let nats = ScratchNats::start(&guard_exe()).await.expect("a server");
    let bus = nats.server().relay_url();
    let site = started(&[("OMOI_PUBLIC_URL", PUBLIC_URL), ("NATS_URL", &bus)]).await;
    let other = Node::start(&site, &bus).await;
    let urls = [site.url().to_owned(), other.url.clone()];
    let mut owner = Person::register(&site.api, "owner@example.org").await;
    let org = owner.found(&site.api, "Acme").await;
    let project = owner.done(&site.api, "/projects", &json!({ "name": "Ours" })).await.id().to_owned();
    let (mut accepted, mut latest) = (0, Duration::ZERO);
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        site.forgive().await;
        let email = format!("admin{}@example.org", proof.cases());
        let admin = owner.invite(&site.api, &org, &email, "admin").await;
        let ticket =
            owner.done(&site.api, &format!("/projects/{project}/tickets"), &json!({ "title": "T" })).await;
        let path = format!("/api/v1/tickets/{}/tasks", ticket.id());
        let told = Arc::new(AtomicBool::new(false));
        let mut writers = JoinSet::new();
        for n in 0..WRITERS {
            let url = format!("{}{path}", urls[n % urls.len()]);
            writers.spawn(write(url, admin.access.clone(), told.clone()));
        }
        // On both, so that each knows the admin.
        let many = i64::try_from(WRITERS).expect("few") * 2;
        eventually(Duration::from_secs(30), "they write", async || {
            (commands_of(&site, &admin).await.len() as i64 >= many).then_some(())
        })
        .await;
        let removed = remove(&site, &owner, &org, &admin, proof.cases().is_multiple_of(2)).await;
        told.store(true, Ordering::Relaxed);
        let mut done = 0;
        for writer in writers.join_all().await {
            done += writer;
        }
        let commands = commands_of(&site, &admin).await;
        let at = recorded_at(&site, removed).await;
        assert_eq!(judge(&commands, done, at), Vec::<String>::new());
        accepted += done;
        latest = latest.max(commands.iter().map(|command| late(command, at)).max().unwrap_or_default());
        assert_the_judge_sees(commands, done, at);
    }
    proof.figure("accepted", accepted);
    proof.figure("latest_after_removal_ms", u64::try_from(latest.as_millis()).unwrap_or(u64::MAX));
    proof.holds();
    drop((other, site));
    nats.stop().await;
}

/// Plans tasks until it is refused after the removal; answers how many it was told are planned.
async fn write(url: String, bearer: String, told: Arc<AtomicBool>) -> usize {
    let client = reqwest::Client::new();
    let mut done = 0;
    loop {
        let over = told.load(Ordering::Relaxed);
        let request = client.post(&url).bearer_auth(&bearer).json(&json!({ "title": "K" }));
        let answered = answer(request).await;
        match answered.status {
            200 | 201 => done += 1,
            401 | 403 | 404 if over => return done,
            // The others were faster, again and again: it did nothing. On the other server the removal may be seen before
            // it is answered.
            401 | 403 | 404 | 409 | 429 => {}
            _ => panic!("{answered:?}"),
        }
    }
}

/// Ends what the admin may: as a member at all, or to write. The position of that.
async fn remove(site: &Started, owner: &Person, org: &str, admin: &Person, wholly: bool) -> i64 {
    let path = format!("/organizations/{org}/members/{}", admin.user);
    let answered = if wholly {
        answer(owner.request(&site.api, Method::DELETE, &path)).await
    } else {
        owner.done(&site.api, &format!("{path}/role"), &json!({ "role": "viewer" })).await
    };
    assert_eq!(answered.status, 200, "{answered:?}");
    answered.header("omoi-position").and_then(|text| text.parse().ok()).expect("a position")
}

/// A command of the admin: which events came of it, and when.
#[derive(Clone, Debug)]
struct Command {
    types: Vec<String>,
    at_micros: i64,
}

async fn commands_of(site: &Started, admin: &Person) -> Vec<Command> {
    let sql = "select array_agg(event_type order by position), \
               (extract(epoch from max(recorded_at)) * 1000000)::bigint from es.events \
               where actor = $1::uuid and aggregate_type = 'task' and causation_id is null group by command_id";
    let mut connection = site.database.connect().await;
    let rows = sqlx::query(sql).bind(&admin.user).fetch_all(&mut connection).await.expect("the log");
    rows.iter().map(|row| Command { types: row.get(0), at_micros: row.get(1) }).collect()
}

async fn recorded_at(site: &Started, position: i64) -> i64 {
    let sql = "select (extract(epoch from recorded_at) * 1000000)::bigint from es.events where position = $1";
    let mut connection = site.database.connect().await;
    sqlx::query_scalar(sql).bind(position).fetch_one(&mut connection).await.expect("an event")
}

fn late(command: &Command, removed_micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(command.at_micros - removed_micros).unwrap_or(0))
}

/// What is wrong with what was carried out, beside what was answered.
fn judge(commands: &[Command], done: usize, removed_micros: i64) -> Vec<String> {
    let mut faults = Vec::new();
    if commands.len() != done {
        faults.push(format!("{} in the log, {done} answered", commands.len()));
    }
    for command in commands {
        if late(command, removed_micros) > OUT_WITHIN {
            faults.push(format!("{:?} after the removal: {command:?}", late(command, removed_micros)));
        }
        if command.types != commands[0].types {
            faults.push(format!("half done: {command:?}"));
        }
    }
    faults
}

/// One that came too late, one that is half done, and one that was lost are seen.
fn assert_the_judge_sees(mut commands: Vec<Command>, done: usize, removed: i64) {
    let last = commands.len() - 1;
    commands[last].at_micros = removed + 5_000_001;
    assert_eq!(judge(&commands, done, removed).len(), 1);
    commands[last].types.pop();
    assert_eq!(judge(&commands, done, removed).len(), 2);
    commands.pop();
    assert_eq!(judge(&commands, done, removed).len(), 1);
}

/// `omoi serve` over the same database and bus; killed when it goes.
struct Node {
    url: String,
    _child: Child,
}

impl Node {
    async fn start(site: &Started, bus: &str) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        drop(listener);
        let data_dir = &site.api.up.ready.data_dir;
        let mut command = omoi();
        command.env("DATABASE_URL", &site.database.app_url).env("NATS_URL", bus);
        command.env("OMOI_DATA_DIR", data_dir).env("OMOI_MASTER_KEY_FILE", data_dir.join("master.key"));
        command.env("OMOI_PUBLIC_URL", PUBLIC_URL).env("OMOI_LOG", "error").stdout(Stdio::null());
        command.args(["serve", "--listen", &address.to_string()]);
        let child = command.spawn().expect("omoi starts");
        let url = format!("http://{address}");
        let ready = format!("{url}/readyz");
        eventually(Duration::from_secs(60), "the other server is ready", async || {
            (reqwest::get(&ready).await.ok()?.status() == 200).then_some(())
        })
        .await;
        Self { url, _child: child }
    }
}
