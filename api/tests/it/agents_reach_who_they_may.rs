//! Out of a sandbox lead the hosts that the project names, over TLS, and nothing else. Each request stands in the run's record.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::workshop::{CHECK, MEND, Workshop, sandboxes};
use crate::support::{Api, Up, answer, omoi};

/// A host outside: it shows a repository over HTTPS, and remembers what it was asked.
struct Outside {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Outside {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("it listens").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (tls, heard) = (certificate(), asked.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = tls.accept(stream).await else { continue };
                let mut stream = BufReader::new(stream);
                let mut request = String::new();
                while stream.read_line(&mut request).await.is_ok_and(|read| read > 2) {}
                let first = request.lines().next().unwrap_or_default().to_owned();
                let body = if first.contains("info/refs") {
                    format!("{}\trefs/heads/main\n", "a".repeat(40))
                } else {
                    "ref: refs/heads/main\n".to_owned()
                };
                heard.lock().expect("nobody panics").push(first);
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { port, asked, task }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics").clone()
    }
}

fn certificate() -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are some")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("the key is the certificate's");
    TlsAcceptor::from(Arc::new(config))
}

/// A workshop whose operator lets projects reach `localhost`.
async fn workshop() -> (Workshop, TempDir) {
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut command = omoi();
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    command.env("OMOI_PRIVATE_HOSTS", "localhost");
    (Workshop::open_at(Api::of(Up::start_command(command).await)).await, home)
}

/// Asks a host for its repository. That it is called `localhost` only here is why the proxy is asked for it.
fn asks(url: &str) -> String {
    format!("NO_PROXY= no_proxy= git -c http.sslVerify=false ls-remote {url}/repo")
}

/// What the record of the run says of its ways out: to whom, whether it was let through, and why not.
async fn attempts(workshop: &Workshop, run: &str) -> Vec<(String, bool, Value)> {
    let events = workshop.events(run, "trajectory.egress_attempted").await;
    let row = |event: Value| {
        let seen = &event["payload"];
        let host = seen["host"].as_str().unwrap_or_default().to_owned();
        (host, seen["allowed"] == true, seen["reason"].clone())
    };
    events.into_iter().rev().map(row).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_to_the_hosts_of_the_project_and_only_over_tls() {
    if !sandboxes() {
        return;
    }
    let outside = Outside::start().await;
    let (workshop, _home) = workshop().await;
    let host = format!("localhost:{}", outside.port);
    let settings = format!("/projects/{}/settings", workshop.project);
    let allowed =
        json!({ "hosts": [host, "nobody.invalid"], "verify": [CHECK, asks(&format!("https://{host}"))] });
    workshop.api.done(&settings, &allowed).await;

    let line = [
        asks(&format!("https://{host}")),
        format!("! {} 2> other", asks("https://example.org")),
        format!("! {} 2> plain", asks(&format!("http://{host}"))),
        format!("! {} 2> nobody", asks("https://nobody.invalid")),
        format!("! {} 2> address", asks("https://[::1]")),
        MEND.to_owned(),
    ];
    let ended = workshop.does(&line.join(" && ")).await;
    assert_eq!(ended["code"], "verified", "{ended}");
    let run = ended["run"].as_str().expect("it was started");

    let attempts = attempts(&workshop, run).await;
    assert!(attempts.contains(&(host.clone(), true, Value::Null)), "{attempts:?}");
    assert!(attempts.contains(&("example.org:443".into(), false, json!("not_allowed"))), "{attempts:?}");
    assert!(attempts.contains(&(host.clone(), false, json!("in_the_clear"))), "{attempts:?}");
    assert!(attempts.contains(&("[::1]:443".into(), false, json!("not_allowed"))), "{attempts:?}");
    assert!(attempts.contains(&("nobody.invalid:443".into(), false, json!("unknown_host"))), "{attempts:?}");

    // The one that was let through arrived, from the agent and from what judged its work, and is counted.
    let let_through = attempts.iter().filter(|(_, allowed, _)| *allowed).count();
    let ended = workshop.events(run, "trajectory.egress_ended").await;
    assert_eq!(ended.len(), let_through, "{ended:?}");
    for event in &ended {
        let seen = &event["payload"];
        assert_eq!(seen["reason"], "closed", "{seen}");
        assert!(seen["sent"].as_u64() > Some(100) && seen["received"].as_u64() > Some(100), "{seen}");
    }
    assert!(outside.asked().len() >= 2, "{:?}", outside.asked());

    // The agent was told what to do about it.
    let plain = workshop.git(&["show", "omoi/TSK-001-mend-add:plain"]).await;
    assert!(plain.contains("403"), "{plain}");
    let other = workshop.git(&["show", "omoi/TSK-001-mend-add:other"]).await;
    assert!(other.contains("403"), "{other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_names_no_host_leads_nowhere() {
    if !sandboxes() {
        return;
    }
    let outside = Outside::start().await;
    let (workshop, _home) = workshop().await;
    let host = format!("localhost:{}", outside.port);
    let line = format!("! {} && {MEND}", asks(&format!("https://{host}")));
    let ended = workshop.does(&line).await;
    assert_eq!(ended["code"], "verified", "{ended}");
    let attempts = attempts(&workshop, ended["run"].as_str().expect("it was started")).await;
    assert_eq!(attempts, [(host, false, json!("not_allowed"))]);
    assert!(outside.asked().is_empty(), "{:?}", outside.asked());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_none_is_refused() {
    let workshop = Workshop::open().await;
    let settings = format!("/projects/{}/settings", workshop.project);
    for host in ["*", "https://example.org", "10.0.0.1", "example.org:0"] {
        let request = workshop.api.request(reqwest::Method::POST, &settings);
        let refused = answer(request.json(&json!({ "hosts": [host] }))).await;
        assert_eq!(refused.status, 422, "{host}: {refused:?}");
    }
}
