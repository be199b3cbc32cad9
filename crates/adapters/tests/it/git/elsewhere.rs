//! A repository at an address: git's own server, behind TLS of ours.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use adapters::git::{FoundGit, GitOptions, Reach};
use ports::git::{Content, Git as _, GitError, RepositoryUrl};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpListener;
use tokio::process::Command;

use super::{Reader, Repository, branch, text, url};
use crate::tls::certificate;

/// `git http-backend` for one repository, on a port of its own.
pub(super) struct Host {
    port: u16,
    pub(super) ca_file: PathBuf,
    asked: Arc<AtomicUsize>,
    _home: tempfile::TempDir,
}

impl Host {
    pub(super) async fn of(repository: &Repository) -> Self {
        Self::answering(Some(repository), "").await
    }

    /// One that answers everything with this head.
    async fn saying(head: &'static str) -> Self {
        Self::answering(None, head).await
    }

    async fn answering(repository: Option<&Repository>, head: &'static str) -> Self {
        let (tls, pem) = certificate("localhost");
        let home = tempfile::tempdir().unwrap();
        let ca_file = home.path().join("ca.pem");
        std::fs::write(&ca_file, pem).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let root = repository.map(|repository| {
            repository.git(&["config", "uploadpack.allowFilter", "true"]);
            repository.path().join(".git")
        });
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = asked.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (tls, root) = (tls.clone(), root.clone());
                tokio::spawn(async move {
                    let Ok(connection) = tls.accept(connection).await else { return };
                    match root {
                        Some(root) => serve(connection, root).await,
                        None => {
                            let mut connection = connection;
                            self::head(&mut connection).await;
                            refuse(connection, head).await;
                        }
                    }
                });
            }
        });
        Self { port, ca_file, asked, _home: home }
    }

    pub(super) fn url(&self) -> RepositoryUrl {
        url(&format!("https://localhost:{}/billing.git", self.port))
    }

    fn reader(&self, adapt: impl FnOnce(&mut GitOptions)) -> Reader {
        Reader::of(Reach::ThisAccount, |options| {
            options.ca_file = Some(self.ca_file.clone());
            adapt(options);
        })
    }
}

/// A head of HTTP: its first line, and its fields.
async fn head(from: &mut (impl AsyncRead + Unpin)) -> (String, Vec<(String, String)>) {
    let mut from = BufReader::with_capacity(1, from);
    let (mut first, mut fields) = (String::new(), Vec::new());
    from.read_line(&mut first).await.unwrap();
    loop {
        let mut line = String::new();
        from.read_line(&mut line).await.unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) => fields.push((name.to_lowercase(), value.to_owned())),
            None => return (first, fields),
        }
    }
}

/// One request by the rules of CGI.
async fn serve(mut connection: impl AsyncRead + AsyncWrite + Unpin, root: PathBuf) {
    let (first, fields) = head(&mut connection).await;
    let field = |wanted: &str| {
        fields.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str()).to_owned()
    };
    let mut words = first.split(' ');
    // Who does not trust us goes away without a word.
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Some(path) = path.strip_prefix("/billing.git") else {
        return refuse(connection, "404 Not Found").await;
    };
    let mut body = vec![0; field("content-length").parse().unwrap_or(0)];
    connection.read_exact(&mut body).await.unwrap();
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", field("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", field("content-encoding"))
        .env("GIT_PROTOCOL", field("git-protocol"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = tokio::spawn(async move {
        let _ = stdin.write_all(&body).await;
    });
    let output = child.wait_with_output().await.unwrap();
    let _ = feeding.await;
    let status = output.stdout.strip_prefix(b"Status: ").map_or(&b"200 OK"[..], |rest| &rest[..3]);
    let status = String::from_utf8_lossy(status);
    let before = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    // Who has heard enough goes away.
    let _ = connection.write_all(before.as_bytes()).await;
    let _ = connection.write_all(&output.stdout).await;
    let _ = connection.shutdown().await;
}

async fn refuse(mut connection: impl AsyncRead + AsyncWrite + Unpin, with: &str) {
    let answer = format!("HTTP/1.1 {with}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let _ = connection.write_all(answer.as_bytes()).await;
    let _ = connection.shutdown().await;
}

#[tokio::test]
async fn a_commit_is_fetched_once_and_then_read_from_the_cache() {
    let large = vec![b'x'; 2_000_000];
    let repository =
        Repository::with(&[("README.md", b"# Billing\n"), ("src/a.rs", b"//\n"), ("large", &large)]);
    repository.git(&["branch", "next"]);
    let host = Host::of(&repository).await;
    let reader = host.reader(|_| ());
    let head = reader.git.resolve(&host.url(), None).await.unwrap();
    assert_eq!((head.branch.as_str(), head.commit), ("main", Reader::new().head(&repository).await));
    assert_eq!(reader.git.resolve(&host.url(), Some(&branch("next"))).await.unwrap().commit, head.commit);
    assert!(!reader.cache.path().join("git").exists(), "asking fetches nothing");

    let listed = reader.list(&host.url(), head.commit).await;
    // Too large to be fetched: its size is not known either.
    let (size, bytes) = match FoundGit::look().await.unwrap().can_leave_files_out() {
        true => ("-", None),
        false => ("2000000", Some(2_000_000)),
    };
    assert_eq!(listed, ["README.md file 10", &format!("large file {size}"), "src/a.rs file 3"]);
    let asked = host.asked.load(Ordering::SeqCst);
    assert_eq!(reader.list(&host.url(), head.commit).await, listed);
    assert_eq!(reader.show(&host.url(), head.commit, "README.md").await, text("# Billing\n"));
    let left_out = reader.show(&host.url(), head.commit, "large").await;
    assert_eq!(left_out, Ok(Content::TooLarge { bytes }));
    assert_eq!(host.asked.load(Ordering::SeqCst), asked, "all of it is here");

    let later = repository.commit(&[("README.md", b"# Payments\n")]);
    assert_eq!(reader.git.resolve(&host.url(), None).await.unwrap().commit, later);
    assert_eq!(reader.show(&host.url(), later, "README.md").await, text("# Payments\n"));
    assert_eq!(reader.show(&host.url(), head.commit, "README.md").await, text("# Billing\n"));
    assert!(host.asked.load(Ordering::SeqCst) > asked);
}

#[tokio::test]
async fn many_who_read_at_once_wait_for_one_fetch() {
    let repository = Repository::with(&[("a", b"a")]);
    let host = Host::of(&repository).await;
    let reader = host.reader(|_| ());
    let commit = reader.git.resolve(&host.url(), None).await.unwrap().commit;
    let place = host.url();
    let shown = futures::future::join_all((0..5).map(|_| reader.show(&place, commit, "a"))).await;
    assert!(shown.iter().all(|shown| *shown == text("a")), "{shown:?}");
}

#[tokio::test]
async fn a_cache_that_is_broken_is_made_anew() {
    let repository = Repository::with(&[("a", b"a")]);
    let host = Host::of(&repository).await;
    let reader = host.reader(|_| ());
    let first = reader.git.resolve(&host.url(), None).await.unwrap().commit;
    assert_eq!(reader.show(&host.url(), first, "a").await, text("a"));
    let mirror = std::fs::read_dir(reader.cache.path().join("git")).unwrap().next().unwrap().unwrap().path();
    // What a kill in the middle of a fetch leaves.
    std::fs::write(mirror.join("shallow.lock"), "").unwrap();
    let second = repository.commit(&[("a", b"b")]);
    assert_eq!(reader.show(&host.url(), second, "a").await, text("b"));
    assert!(!mirror.join("shallow.lock").exists());
}

#[tokio::test]
async fn what_is_too_large_is_not_kept() {
    let noise: Vec<u8> = (0..300_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).rotate_left(n % 31).to_le_bytes())
        .collect();
    let repository = Repository::with(&[("noise", &noise)]);
    let host = Host::of(&repository).await;
    let reader = host.reader(|options| {
        options.max_file_bytes = 10_000_000;
        options.max_fetched_bytes = 100_000;
    });
    let commit = reader.git.resolve(&host.url(), None).await.unwrap().commit;
    let refused = reader.git.list(&host.url(), commit, 9).await;
    assert_eq!(refused, Err(GitError::TooLarge { max_bytes: 100_000 }));
    assert_eq!(std::fs::read_dir(reader.cache.path().join("git")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_refusal_says_what_can_be_done() {
    let repository = Repository::with(&[("a", b"a")]);
    let host = Host::of(&repository).await;
    let reader = host.reader(|_| ());
    let elsewhere = url(&format!("https://localhost:{}/none.git", host.port));
    assert_eq!(reader.git.resolve(&elsewhere, None).await, Err(GitError::NotARepository));
    let unknown = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    assert_eq!(
        reader.git.list(&host.url(), unknown, 9).await,
        Err(GitError::NoSuchCommit { commit: unknown })
    );
    let none = Reader::new().git.resolve(&host.url(), None).await;
    assert_eq!(none.map_err(|error| error.code()), Err("repository_unreachable"), "whose certificate is it?");

    let private = Host::saying("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"").await;
    let reader = private.reader(|_| ());
    assert_eq!(reader.git.resolve(&private.url(), None).await, Err(GitError::Refused));
    let away = Host::saying("301 Moved Permanently\r\nLocation: https://127.0.0.1:1/").await;
    let reader = away.reader(|_| ());
    let moved = reader.git.resolve(&away.url(), None).await.unwrap_err();
    assert!(moved.to_string().contains("another address"), "{moved}");
    assert_eq!(away.asked.load(Ordering::SeqCst), 1, "it is not followed");
}

#[tokio::test]
async fn an_empty_repository_has_nothing_to_read() {
    let repository = Repository::empty();
    let host = Host::of(&repository).await;
    assert_eq!(host.reader(|_| ()).git.resolve(&host.url(), None).await, Err(GitError::Empty));
}
