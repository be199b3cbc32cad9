//! How long a read has to wait until it shows what was just written.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use super::server::{Api, id};

const EVERY: Duration = Duration::from_millis(50);

/// Writes a comment's worth of change now and then and waits until the board shows its position.
pub(super) async fn sample(api: &Api, until: Instant) -> anyhow::Result<Vec<Duration>> {
    let project =
        id(&api.done("/projects", &json!({ "name": format!("Lag {}", std::process::id()) })).await?)?;
    let ticket =
        id(&api.done(&format!("/projects/{project}/tickets"), &json!({ "title": "Watched" })).await?)?;
    let mut lags = Vec::new();
    let mut n = 0;
    while Instant::now() < until {
        n += 1;
        let change = json!({ "title": format!("Watched {n}") });
        let refined = api.done(&format!("/tickets/{ticket}/refine"), &change).await?;
        let position = refined["position"].as_i64().context("a position")?;
        let written = Instant::now();
        loop {
            // 503 after 2 s of waiting: it is still behind, so go on waiting.
            match api.get(&format!("/projects/{project}/board?min_position={position}")).await {
                Ok(_) => break,
                Err(_) if written.elapsed() < Duration::from_secs(60) => {}
                Err(error) => return Err(error),
            }
        }
        lags.push(written.elapsed());
        tokio::time::sleep(EVERY).await;
    }
    Ok(lags)
}
