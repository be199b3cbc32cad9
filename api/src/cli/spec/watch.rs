//! `omoi spec watch`: what is new since the last look, until nothing more comes by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use kernel::Uuid;
use serde_json::json;

use super::news::news;
use super::shown::Spec;
use crate::cli::client::{Failure, Session};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows a spec until people are asked or planning ends. Ctrl-C ends the watching, not the planning.
pub(super) async fn until_it_rests(session: &Session, spec: Uuid) -> Result<(), Failure> {
    let mut seen = BTreeMap::new();
    loop {
        let answer = session.client.read(&format!("/specs/{spec}"), None).await?;
        let now: Spec = answer.parse()?;
        for (key, line, what) in news(&now) {
            if seen.get(&key) == Some(&what) {
                continue;
            }
            if session.out.json {
                session.out.raw([&*json!({ "about": key, "is": what, "status": now.status }).to_string()])?;
            } else {
                session.out.lines(&[line])?;
            }
            seen.insert(key, what);
        }
        if now.rests() {
            return if session.out.json {
                session.out.raw([answer.body.trim()])
            } else {
                session.out.lines(&now.end())
            };
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = tokio::signal::ctrl_c() => return Err(Failure::Interrupted),
        }
    }
}
