//! Clients that read slowly, or never: they are cut off within 30 s and told where to go on, they cost the server little, and
//! others do not notice them.

use std::sync::Arc;
use std::time::Duration;

use futures::SinkExt as _;
use kernel::Uuid;
use rand::Rng as _;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::client::Client;
use crate::door::Door;
use crate::load::Load;
use crate::place::Place;
use crate::proof::{Proof, Times};
use crate::support::{Follower, Socket, eventually};
use crate::viewer::{Viewer, assert_saw_all};

const SLOW: usize = 12;
const IDLE: usize = 1_000;
const CLIENTS: usize = 4;
/// How long others work before it is measured what they hear, with slow clients and without.
const WITH_SLOW_ONES: Duration = Duration::from_secs(2);
const CUT_WITHIN: Duration = Duration::from_secs(30);
const MIB_EACH: f64 = 1.0;
/// How much later than without the slow ones others may hear, 99 of 100 times.
const DISTURBED: f64 = 1.2;
const HEARD_WITHIN_MS: f64 = 250.0;

/// How fast a client reads.
#[derive(Clone, Copy, Debug)]
enum Reads {
    Never,
    /// A kilobyte a second.
    Slowly,
}

/// Opens a socket by hand, with as little room for what is not read as the system gives, and reads like this for ever. It says
/// all the time that it is alive.
async fn read_like_this(place_url: String, ticket: String, reads: Reads) {
    let address = place_url.trim_start_matches("http://").parse().expect("an address");
    let tcp = TcpSocket::new_v4().expect("a socket");
    tcp.set_recv_buffer_size(4096).expect("a small buffer");
    let stream = tcp.connect(address).await.expect("a connection");
    let url = format!("{}/api/v1/ws?ticket={ticket}", place_url.replacen("http", "ws", 1));
    let (mut ws, _) = tokio_tungstenite::client_async(url, stream).await.expect("a socket");
    let subscribe = json!({ "op": "subscribe", "sub": "s", "topic": { "kind": "log" }, "from": 0 });
    ws.send(Message::text(subscribe.to_string())).await.expect("sent");
    let stream: &mut TcpStream = ws.get_mut();
    let mut kilobyte = [0; 1024];
    let mut seconds = interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        if matches!(reads, Reads::Slowly) {
            let _ = timeout(Duration::from_secs(1), stream.read(&mut kilobyte)).await;
        }
        // A pong that nobody asked for; once it is cut off, nobody takes it.
        let _ = stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await;
    }
}

/// How many sockets the server has.
async fn sockets(door: &Arc<Door>) -> usize {
    let client = Client::new(door.clone(), "counting");
    let metrics = crate::client::read(client.request_to(Method::GET, "/metrics")).await.expect("an answer");
    let text = metrics.body.as_str().expect("text").to_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("omoi_live_sockets ")).expect("it is counted");
    line.parse().expect("a number")
}

async fn there_are(door: &Arc<Door>, count: usize) {
    eventually(CUT_WITHIN, "the server has the sockets that there are", async || {
        (sockets(door).await == count).then_some(())
    })
    .await;
}

/// Waits until the server has no more than these; how long that took.
async fn cut_down_to(door: Arc<Door>, others: usize) -> Duration {
    let begun = Instant::now();
    eventually(CUT_WITHIN * 2, "they are cut off", async || (sockets(&door).await <= others).then_some(()))
        .await;
    begun.elapsed()
}

/// How long after a command its event is heard.
async fn heard_after(place: &Place, times: usize) -> Times {
    let door = &place.site.door;
    let mut socket = Socket::open(&door.url(0), door.key()).await.expect("a socket");
    socket.subscribe("s", json!({ "kind": "log" }), None).await;
    let mut follower = Follower::from(None);
    let mut client = place.site.client("measuring");
    let mut heard = Times::default();
    for n in 0..times {
        let begun = Instant::now();
        let made = client.done("/projects", &json!({ "name": format!("Measured {n}") })).await;
        let position = made.position().expect("it acted");
        follower.reaches(&mut socket, "s", position).await;
        heard.push(begun.elapsed());
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients() {
    let mut proof = Proof::new("slow_clients", 1);
    let mut random = proof.random();
    assert!(proof.next_case());
    let place = Place::start().await;
    let door = place.site.door.clone();
    let mut load = Load::start(&door, CLIENTS, random.random());
    load.work_for(Duration::from_secs(10)).await;
    let times = if proof.is_full() { 300 } else { 60 };
    let at_first = resident_mib(place.site.pid());
    load.work_for(WITH_SLOW_ONES).await;
    let before = heard_after(&place, times).await;
    // What the same work takes without them: the node remembers recent events, up to a bound.
    let anyway = resident_mib(place.site.pid()) - at_first;
    let idle_count = if proof.is_full() { IDLE } else { 100 };
    let mut idle = JoinSet::new();
    for _ in 0..idle_count {
        let mut socket = Socket::open(&door.url(0), door.key()).await.expect("a socket");
        // Nothing happens there; it is told so each second.
        socket.subscribe("s", json!({ "kind": "log", "project": Uuid::nil() }), None).await;
        idle.spawn(async move { while socket.next().await.is_some() {} });
    }

    let memory = resident_mib(place.site.pid());
    let viewer = Viewer::start(&door);
    load.work_for(Duration::from_secs(1)).await;
    let others = idle_count + 1;
    there_are(&door, others).await;
    let mut slow = JoinSet::new();
    for n in 0..SLOW {
        let ticket = ticket(&place).await;
        let reads = if n % 2 == 0 { Reads::Never } else { Reads::Slowly };
        slow.spawn(read_like_this(door.url(0), ticket, reads));
    }
    there_are(&door, others + SLOW).await;
    let cut = tokio::spawn(cut_down_to(door.clone(), others));
    load.work_for(WITH_SLOW_ONES).await;
    let beside = heard_after(&place, times).await;
    let grown = resident_mib(place.site.pid()) - memory;
    let most = (grown - anyway) / SLOW as f64;
    let cut = cut.await.expect("they are cut off");
    load.stop().await;
    let head = place.head().await;
    assert_saw_all(&viewer.seen_up_to(head).await, head);
    // Those who only wait are not cut off.
    there_are(&door, idle_count).await;
    drop((idle, slow));
    proof.figure("all_cut_off_after_ms", u64::try_from(cut.as_millis()).expect("a time"));
    proof.figure("heard_before", before.summary());
    proof.figure("heard_beside", beside.summary());
    proof.figure("memory_anyway_mib", anyway);
    proof.figure("memory_with_slow_clients_mib", grown);
    proof.figure("memory_each_mib", most);
    assert!(cut <= CUT_WITHIN, "{cut:?}");
    if proof.is_full() {
        assert!(most <= MIB_EACH, "{most} MiB for each slow client");
        let (before, beside) = (before.percentile_ms(99.0), beside.percentile_ms(99.0));
        assert!(beside <= HEARD_WITHIN_MS, "{beside} ms");
        assert!(beside <= before * DISTURBED + 5.0, "{beside} ms, and {before} ms without them");
    }
    proof.holds();
    place.end().await;
}

async fn ticket(place: &Place) -> String {
    let client = place.site.client("slow");
    let made = crate::client::read(client.request(Method::POST, "/ws-tickets")).await.expect("an answer");
    made.body["ticket"].as_str().expect("a ticket").to_owned()
}

/// As the kernel counts it.
fn resident_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says it");
    line.trim().trim_end_matches("kB").trim().parse::<f64>().expect("a number") / 1024.0
}
