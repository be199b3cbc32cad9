//! `omoi up` ends when it is told to, also after it has written to the log.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::support::{Api, signal};

#[tokio::test]
async fn a_server_that_has_appended_ends_in_time() {
    let mut api = Api::start().await;
    api.done("/projects", &json!({ "name": "Payments" })).await;
    signal(api.up.ready.pid, Signal::TERM);
    let (status, _) = api.up.ended(Duration::from_secs(10)).await;
    assert!(status.success(), "{status}");
}
