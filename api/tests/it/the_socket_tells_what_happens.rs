//! The live socket: whoever follows hears everything once and in order, goes on where they were, and sees nothing of others.

use serde_json::{Value, json};

use crate::support::{Answer, Api, Follower, Socket, answer};

struct Story {
    api: Api,
    project: String,
}

impl Story {
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
        Self { api, project }
    }

    async fn ticket(&self, title: &str) -> Answer {
        let wish = json!({ "title": title, "phase": "backlog" });
        self.api.done(&format!("/projects/{}/tickets", self.project), &wish).await
    }

    /// The log as it is read over HTTP.
    async fn log(&self) -> Vec<Value> {
        let page = answer(self.api.get("/events?after=0&limit=1000")).await;
        page.body["events"].as_array().expect("a list").clone()
    }

    fn board(&self) -> Value {
        json!({ "kind": "board", "project": self.project })
    }
}

fn log() -> Value {
    json!({ "kind": "log" })
}

#[tokio::test]
async fn every_event_comes_once_and_in_order_as_the_log_has_it() {
    let story = Story::begin().await;
    story.ticket("Before").await;
    let mut socket = story.api.socket().await;
    socket.subscribe("all", log(), Some(0)).await;
    let mut follower = Follower::from(Some(0));
    for n in 0..20 {
        story.ticket(&format!("Ticket {n}")).await;
    }
    let head = story.api.last_position().await;
    follower.reaches(&mut socket, "all", head).await;
    assert_eq!(follower.events, story.log().await);

    // Who begins with what comes next hears at once where that is.
    socket.subscribe("next", log(), None).await;
    let first = loop {
        let frame = socket.frame().await;
        if frame["sub"] == "next" {
            break frame;
        }
    };
    assert_eq!((&first["from"], &first["to"], &first["events"]), (&json!(head), &json!(head), &json!([])));
    let last = story.ticket("Last").await;
    let news = socket.news("next").await;
    assert_eq!(news["events"][0]["aggregate_id"], last.body["id"]);

    // An unsubscribed one is not heard of again.
    socket.say(&json!({ "op": "unsubscribe", "sub": "all" })).await;
    socket.subscribe("probe", log(), None).await;
    while socket.frame().await["sub"] != "probe" {}
    story.ticket("Unheard").await;
    let mut heard = Vec::new();
    while heard.len() < 4 {
        heard.push(socket.frame().await["sub"].clone());
    }
    assert!(!heard.contains(&json!("all")), "{heard:?}");
}

#[tokio::test]
async fn a_topic_has_its_own_events_and_the_range_goes_on_over_the_others() {
    let story = Story::begin().await;
    let other = story.api.done("/projects", &json!({ "name": "Others" })).await.id().to_owned();
    let ticket = story.ticket("Send invoices").await.id().to_owned();
    story.api.done(&format!("/projects/{other}/tickets"), &json!({ "title": "Elsewhere" })).await;
    story.api.done(&format!("/tickets/{ticket}/comments"), &json!({ "text": "Which currency?" })).await;
    let head = story.api.last_position().await;
    let log = story.log().await;
    let expected = |wanted: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        log.iter().filter(|event| wanted(event)).cloned().collect()
    };
    let topics = [
        (json!({ "kind": "ticket", "id": ticket }), expected(&|event| event["aggregate_id"] == *ticket)),
        (
            json!({ "kind": "log", "project": other, "types": null }),
            expected(&|event| event["project_id"] == *other),
        ),
        (
            json!({ "kind": "log", "types": ["ticket.created", "ticket.commented"] }),
            expected(&|event| event["type"] == "ticket.created" || event["type"] == "ticket.commented"),
        ),
    ];
    let mut socket = story.api.socket().await;
    for (n, (topic, expected)) in topics.into_iter().enumerate() {
        assert!(!expected.is_empty());
        let (sub, mut follower) = (n.to_string(), Follower::from(Some(0)));
        socket.subscribe(&sub, topic.clone(), Some(0)).await;
        follower.reaches(&mut socket, &sub, head).await;
        assert_eq!(follower.events, expected, "{topic}");
    }
}

#[tokio::test]
async fn a_client_goes_on_where_it_was_also_after_kill_nine() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    let api = Api::of(crate::support::Up::start_in(&data).await);
    let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
    let tickets = format!("/projects/{project}/tickets");
    let mut follower = Follower::from(Some(0));
    let mut socket = api.socket().await;
    let incarnation = socket.hello["incarnation"].clone();
    socket.subscribe("all", log(), Some(0)).await;
    for n in 0..5 {
        api.done(&tickets, &json!({ "title": format!("Ticket {n}") })).await;
    }
    follower.reaches(&mut socket, "all", 3).await;
    // What is told after this is lost on the way.
    let Api { mut up, .. } = api;
    up.child.kill().await.expect("it is our child");
    drop(socket);

    let api = Api::of(crate::support::Up::start_in(&data).await);
    let mut socket = api.socket().await;
    assert_eq!(socket.hello["incarnation"], incarnation, "the same log");
    for n in 5..8 {
        api.done(&tickets, &json!({ "title": format!("Ticket {n}") })).await;
    }
    socket.subscribe("all", log(), follower.at).await;
    let head = api.last_position().await;
    follower.reaches(&mut socket, "all", head).await;
    // The first event is about a person, and of no organization.
    assert_eq!(follower.positions(), (2..=head).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_board_is_told_as_what_changed() {
    let story = Story::begin().await;
    let first = story.ticket("First").await.id().to_owned();
    let second = story.ticket("Second").await.id().to_owned();
    let mut socket = story.api.socket().await;
    socket.subscribe("board", story.board(), None).await;
    let names = |frame: &Value, list: &str| -> Vec<(Value, Value)> {
        let entities = frame[list].as_array().expect("a list").iter();
        entities.map(|entity| (entity["kind"].clone(), entity["id"].clone())).collect()
    };
    let card = |id: &str| (json!("card"), json!(id));
    let mut frame = socket.news("board").await;
    assert_eq!((&frame["op"], &frame["snapshot"]), (&json!("latest"), &json!(true)), "{frame}");
    let mut told = names(&frame, "upserts");
    while ![&first, &second].iter().all(|id| told.contains(&card(id))) {
        // The read model was still behind.
        frame = socket.news("board").await;
        told.extend(names(&frame, "upserts"));
    }

    let path = format!("/tickets/{first}/move");
    let moved = story.api.done(&path, &json!({ "phase": "design", "force": true })).await;
    let frame = socket.news("board").await;
    assert_eq!(
        (&frame["snapshot"], names(&frame, "upserts")),
        (&json!(false), vec![card(&first)]),
        "{frame}"
    );
    let value = &frame["upserts"][0]["value"];
    assert_eq!((&value["column"], &value["title"]), (&json!("design"), &json!("First")));
    let read = answer(
        story
            .api
            .get(&format!("/projects/{}/board", story.project))
            .header("Omoi-Min-Position", moved.header("omoi-position").expect("it acted")),
    )
    .await;
    let mut shown = value.clone();
    assert_eq!(shown.as_object_mut().expect("an object").remove("column"), Some(json!("design")));
    assert_eq!(shown, read.body["columns"][1]["cards"][0], "as the read has it");

    story.api.done(&format!("/tickets/{second}/cancel"), &json!({})).await;
    let frame = socket.news("board").await;
    assert_eq!(
        (names(&frame, "upserts"), names(&frame, "removes")),
        (vec![], vec![card(&second)]),
        "{frame}"
    );

    // Who has read the board needs no snapshot.
    let position =
        answer(story.api.get(&format!("/projects/{}/board", story.project))).await.body["position"].as_i64();
    socket.subscribe("again", story.board(), position).await;
    let third = story.ticket("Third").await.id().to_owned();
    let frame = socket.news("again").await;
    assert_eq!(
        (&frame["snapshot"], names(&frame, "upserts")),
        (&json!(false), vec![card(&third)]),
        "{frame}"
    );
}

#[tokio::test]
async fn a_graph_is_told_as_what_changed() {
    let story = Story::begin().await;
    let ticket = story.ticket("First").await.id().to_owned();
    let task = story.api.done(&format!("/tickets/{ticket}/tasks"), &json!({ "title": "Write" })).await;
    let mut socket = story.api.socket().await;
    socket.subscribe("graph", json!({ "kind": "graph", "project": story.project }), None).await;
    let has = |frame: &Value, status: &str| {
        let nodes = frame["upserts"].as_array().expect("a list").iter();
        nodes.clone().any(|entity| entity["id"] == task.body["id"] && entity["value"]["status"] == status)
    };
    while !has(&socket.news("graph").await, "ready") {}
    story.api.done(&format!("/tasks/{}/start", task.id()), &json!({})).await;
    while !has(&socket.news("graph").await, "running") {}
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    let story = Story::begin().await;
    assert_eq!(story.api.ticket_with(None).await.problem(), (401, "unauthenticated"));
    let made = story.api.ticket_with(Some(story.api.operator_key())).await;
    assert_eq!(made.status, 201);
    let ticket = made.body["ticket"].as_str().expect("a ticket").to_owned();
    assert_eq!(
        answer(story.api.request_with(None, reqwest::Method::GET, &format!("/ws?ticket={ticket}")))
            .await
            .problem(),
        (426, "upgrade_required")
    );
    let (_, _) = tokio_tungstenite::connect_async(format!(
        "{}/api/v1/ws?ticket={ticket}",
        story.api.up.ready.url.replacen("http", "ws", 1)
    ))
    .await
    .expect("it opens one, and the request that could not become a socket did not use it up");
    for wrong in [ticket.as_str(), "", "x", &"a".repeat(43), "%00"] {
        assert_eq!(story.api.refused_socket(wrong).await, 401, "{wrong}");
    }
}

#[tokio::test]
async fn nobody_sees_what_is_not_theirs() {
    let story = Story::begin().await;
    let stranger = story.api.key("others", "owner").await;
    let auditor = story.api.key("local", "auditor").await;
    let key = |made: &Value| made["key"].as_str().expect("a key").to_owned();

    let mut socket = story.api.socket_with(&key(&stranger)).await;
    socket.subscribe("board", story.board(), None).await;
    let refused = socket.news("board").await;
    assert_eq!((&refused["op"], &refused["problem"]["code"]), (&json!("refused"), &json!("not_found")));
    let mut follower = Follower::from(Some(0));
    socket.subscribe("all", log(), Some(0)).await;
    socket.subscribe("ours", json!({ "kind": "log", "project": story.project }), Some(0)).await;
    story.ticket("Secret").await;
    let head = story.api.last_position().await;
    follower.reaches(&mut socket, "all", head).await;
    let foreign: Vec<_> =
        follower.events.iter().filter(|event| event["aggregate_type"] != "organization").collect();
    assert_eq!(foreign, Vec::<&Value>::new());

    let mut socket = story.api.socket_with(&key(&auditor)).await;
    socket.subscribe("board", story.board(), None).await;
    let refused = socket.news("board").await;
    assert_eq!(refused["problem"]["code"], "forbidden", "{refused}");
    socket.subscribe("all", log(), Some(0)).await;
    assert_eq!(socket.news("all").await["op"], "events", "an auditor reads the log");

    revoke(&story.api, &auditor).await;
    let (last, code) = socket.ends().await;
    assert_eq!((&last["reason"], code), (&json!("revoked"), Some(4401)), "{last}");
    assert_eq!(last["positions"]["all"], json!(head), "where to go on");
}

async fn revoke(api: &Api, made: &Value) {
    let mut command = crate::support::omoi();
    command.args(["key", "revoke", made["id"].as_str().expect("an id"), "--data-dir"]);
    let revoked = command.arg(&api.up.ready.data_dir).output().await.expect("omoi starts");
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused() {
    let story = Story::begin().await;
    let mut socket = story.api.socket().await;
    let unknown = json!({ "kind": "log", "project": uuid() });
    let refusals = [
        (json!({ "kind": "moon" }), json!(0), "invalid_frame"),
        (json!({ "kind": "log", "more": 1 }), json!(0), "invalid_frame"),
        (json!({ "kind": "board", "project": "x" }), json!(0), "invalid_frame"),
        (json!({ "kind": "board", "project": uuid() }), Value::Null, "not_found"),
        (log(), json!(-1), "invalid_position"),
        (log(), json!("1"), "invalid_frame"),
        (json!({ "kind": "log", "types": ["a\u{0}b"] }), json!(0), "invalid_filter"),
        (json!({ "kind": "log", "types": vec!["a.b"; 101] }), json!(0), "invalid_filter"),
    ];
    for (topic, from, code) in refusals {
        socket.say(&json!({ "op": "subscribe", "sub": "s", "topic": topic, "from": from })).await;
        let refused = socket.news("s").await;
        assert_eq!(
            (&refused["op"], &refused["problem"]["code"]),
            (&json!("refused"), &json!(code)),
            "{topic}"
        );
    }
    socket.subscribe("s", log(), Some(i64::MAX)).await;
    assert_eq!(socket.news("s").await["op"], "resync", "a position that the log has not");
    socket.subscribe(&"x".repeat(65), unknown.clone(), None).await;
    assert_eq!(socket.frame().await["problem"]["code"], "invalid_frame");
    for n in 0..64 {
        socket.subscribe(&format!("many {n}"), unknown.clone(), None).await;
    }
    socket.subscribe("too many", unknown, None).await;
    assert_eq!(socket.news("too many").await["problem"]["code"], "too_many_subscriptions");

    for hostile in ["{", "[]", "\"subscribe\"", "{\"op\":\"drop\"}", "{\"op\":\"visible\"}", "null", ""] {
        let mut socket = story.api.socket().await;
        socket.say_text(hostile).await;
        let (last, code) = socket.ends().await;
        assert_eq!((&last["reason"], code), (&json!("misuse"), Some(1008)), "{hostile}");
    }
    let mut socket = story.api.socket().await;
    socket.say_text(&" ".repeat(65 * 1024)).await;
    let (_, code) = socket.ends().await;
    assert_ne!(code, Some(1000), "a message of 65 KiB ends the socket");
    let mut flood = story.api.socket().await;
    for _ in 0..500 {
        flood.try_say(&json!({ "op": "visible", "visible": true })).await;
    }
    let (last, _) = flood.ends().await;
    assert_eq!(last["reason"], "misuse", "too many frames");
}

fn uuid() -> String {
    "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()
}

#[tokio::test]
async fn who_ends_the_server_is_told_and_goes_elsewhere() {
    let mut story = Story::begin().await;
    let mut socket: Socket = story.api.socket().await;
    socket.subscribe("all", log(), Some(0)).await;
    socket.news("all").await;
    crate::support::signal(story.api.up.ready.pid, rustix::process::Signal::TERM);
    let (last, code) = socket.ends().await;
    assert_eq!((&last["reason"], code), (&json!("shutdown"), Some(1001)));
    assert!(last["positions"]["all"].is_i64(), "{last}");
    let (status, _) = story.api.up.ended(std::time::Duration::from_secs(15)).await;
    assert!(status.success());
}
