//! One trace goes from the request through the append to the read models, and the numbers say what happened.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::{Json, Router, extract::State, routing::post};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Api, Up, answer, eventually, omoi};

type Spans = Arc<Mutex<Vec<Value>>>;

/// A collector of traces that keeps the spans it is sent.
async fn collector() -> (String, Spans) {
    async fn take(State(spans): State<Spans>, Json(body): Json<Value>) -> Json<Value> {
        let sent = body["resourceSpans"].as_array().into_iter().flatten();
        let sent = sent.flat_map(|resource| resource["scopeSpans"].as_array().into_iter().flatten());
        let sent = sent.flat_map(|scope| scope["spans"].as_array().into_iter().flatten().cloned());
        spans.lock().expect("nobody panicked").extend(sent);
        Json(json!({}))
    }
    let spans = Spans::default();
    let routes = Router::new().route("/v1/traces", post(take)).with_state(spans.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, spans)
}

#[tokio::test]
async fn a_trace_goes_from_the_request_to_the_read_models() {
    let (url, spans) = collector().await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut command = omoi();
    command.env("OMOI_OTLP_URL", url).env("OMOI_TRACE_RATIO", "0");
    command
        .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory.path().join("data"));
    let api = Api::of(Up::start_command(command).await);

    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let wish = api.post("/projects", &json!({ "name": "Followed" }));
    let made = answer(wish.header("traceparent", format!("00-{trace}-{parent}-01"))).await;
    assert_eq!(made.status, 201, "{made:?}");
    api.done("/projects", &json!({ "name": "Not followed: the share is 0" })).await;

    let event = &api.newest("&limit=2").await[1];
    let noted = event["metadata"]["traceparent"].as_str().expect("the event names its trace").to_owned();
    assert!(
        noted.contains(trace) && !noted.contains(parent),
        "our own span is the parent of what follows: {noted}"
    );
    let named = |name: &str| -> Option<Value> {
        spans.lock().expect("nobody panicked").iter().find(|span| span["name"] == name).cloned()
    };
    let request = eventually(Duration::from_secs(20), "the request is sent", || async {
        named("POST /api/v1/projects")
    })
    .await;
    assert_eq!((&request["traceId"], &request["parentSpanId"]), (&json!(trace), &json!(parent)));
    for name in ["append", "apply board/1", "apply projects/1"] {
        let span = eventually(Duration::from_secs(20), name, || async { named(name) }).await;
        assert_eq!(span["traceId"], trace, "{name}");
        assert_eq!(span["parentSpanId"], request["spanId"], "{name}");
    }
    let all = spans.lock().expect("nobody panicked").clone();
    assert!(all.iter().all(|span| span["traceId"] == trace), "nobody asked for another trace: {all:?}");
}

#[tokio::test]
async fn the_numbers_say_what_happened() {
    let api = Api::start().await;
    let made = api.done("/projects", &json!({ "name": "Counted" })).await;
    let refused = answer(api.post(&format!("/projects/{}/restore", made.id()), &json!({}))).await;
    assert_eq!(refused.status, 422);
    let url = format!("{}/metrics", api.up.ready.url);
    assert_eq!(reqwest::get(&url).await.expect("an answer").status(), 401, "nothing is open");
    let metrics = |needle: String| {
        let request = api.request_to(Method::GET, "/metrics");
        async move {
            let text = request.send().await.ok()?.text().await.ok()?;
            text.contains(&needle).then_some(text)
        }
    };
    let position = made.body["position"].as_i64().expect("a position");
    let behind = format!("omoi_consumer_position{{consumer=\"board/1\"}} {position}\n");
    eventually(Duration::from_secs(10), "the board has caught up", || metrics(behind.clone())).await;
    let behind = format!("omoi_consumer_position{{consumer=\"process/retry_timers\"}} {position}\n");
    let text = eventually(Duration::from_secs(10), "the timers as well", || metrics(behind.clone())).await;
    for line in [
        "omoi_http_requests_total{method=\"POST\",route=\"/api/v1/projects\",status=\"201\"} 1",
        "omoi_http_requests_total{method=\"POST\",route=\"/api/v1/projects/{id}/restore\",status=\"422\"} 1",
        format!("omoi_log_position {position}").as_str(),
        "omoi_parked_roots{consumer=\"board/1\"} 0",
        "omoi_consumer_behind_events{consumer=\"board/1\"} 0",
        "# TYPE omoi_http_request_duration_seconds histogram",
    ] {
        assert!(text.contains(line), "{line} is missing in:\n{text}");
    }
    assert!(!text.contains(made.id()), "no number names a project");
}
