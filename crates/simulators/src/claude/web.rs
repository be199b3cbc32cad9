//! Requests over HTTP, one after another; it has nothing else to do meanwhile.

use serde_json::Value;

/// Asks over HTTP.
#[derive(Debug)]
pub(super) struct Web {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

impl Web {
    /// None when the machine has nothing for it.
    pub(super) fn open() -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let client = reqwest::Client::builder().no_proxy().build().ok()?;
        Some(Self { runtime, client })
    }

    /// Posts a JSON document; the status and the body of the answer, or why there is none.
    pub(super) fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<(u16, String), String> {
        let request = headers
            .iter()
            .fold(self.client.post(url), |request, (name, value)| request.header(*name, *value));
        let asking = async {
            let response = request.json(body).send().await?;
            let status = response.status().as_u16();
            Ok((status, response.text().await?))
        };
        self.runtime.block_on(asking).map_err(|error: reqwest::Error| error.to_string())
    }
}
