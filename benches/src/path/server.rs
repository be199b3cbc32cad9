//! `omoi up` of one's own, and how a client talks to it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// A running server with its key. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) api: Api,
    pub(crate) directory: TempDir,
}

/// How to reach it.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    http: Client,
    base: String,
    key: String,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Server {
    /// Starts this binary in a data directory of its own.
    pub(crate) fn start(omoi: &Path) -> anyhow::Result<Self> {
        Self::start_with(omoi, &[])
    }

    /// The same with this in its environment.
    pub(crate) fn start_with(omoi: &Path, environment: &[(&str, String)]) -> anyhow::Result<Self> {
        let directory = tempfile::tempdir()?;
        let data_dir = directory.path().join("data");
        let mut child = Command::new(omoi)
            .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(&data_dir)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start omoi")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("omoi has an output")?).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).with_context(|| format!("omoi up said {line:?}"))?;
        let url = ready["url"].as_str().context("omoi up says its address")?;
        let key = std::fs::read_to_string(data_dir.join("operator.key"))?;
        let http = Client::builder().pool_max_idle_per_host(256).build()?;
        let api = Api { http, base: format!("{url}/api/v1"), key };
        Ok(Self { child, api, directory })
    }

    pub(crate) fn pid(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
        // Root's server keeps its files outside the data directory.
        if let Ok(home) = std::fs::read_to_string(self.directory.path().join("data/home")) {
            let _ = std::fs::remove_dir_all(home.trim());
            let _ = std::fs::remove_dir_all(format!("{}-runs", home.trim()));
        }
    }
}

impl Api {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key)
    }

    /// Where the ticket opens a live socket.
    pub(crate) fn socket_address(&self, ticket: &str) -> String {
        format!("{}/ws?ticket={ticket}", self.base.replacen("http", "ws", 1))
    }

    /// A command; any answer of the server is an answer.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let response = self.request(Method::POST, path).json(body).send().await?;
        let status = response.status().as_u16();
        Ok(Answer { status, body: serde_json::from_slice(&response.bytes().await?)? })
    }

    /// A command that is to act.
    pub(crate) async fn done(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.post(path, body).await?;
        ensure!(matches!(answer.status, 200 | 201), "{path} {body}: {answer:?}");
        Ok(answer.body)
    }

    /// A read that is to succeed, its body unread.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<bytes::Bytes> {
        let response = self.request(Method::GET, path).send().await?;
        ensure!(response.status().is_success(), "{path}: {}", response.status());
        Ok(response.bytes().await?)
    }

    /// What the server says of itself.
    pub(crate) async fn metrics(&self) -> anyhow::Result<String> {
        let url = format!("{}/metrics", self.base.trim_end_matches("/api/v1"));
        let response = self.http.get(url).bearer_auth(&self.key).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }

    pub(crate) async fn get_json(&self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.get(path).await?)?)
    }
}

/// The id of what was made.
pub(crate) fn id(body: &Value) -> anyhow::Result<String> {
    Ok(body["id"].as_str().context("an id")?.to_owned())
}
