//! The pages are part of the program: sent small and kept long, under a strict policy, and never in the place of
//! something else. `make test` builds them before the program.

use reqwest::{Client, Method, header::HeaderMap};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::Up;

/// What a browser says when a person opens an address.
const NAVIGATION: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn the_pages_are_served() {
    let up = Up::start().await;
    let site = Site { client: Client::new(), url: up.ready.url.clone() };
    let index = the_first_page_stands_under_the_policy(&site).await;
    let asset = index.script();
    an_asset_is_kept_for_ever_and_sent_as_small_as_it_is_taken(&site, &asset).await;
    what_is_known_is_not_sent_again(&site, &asset).await;
    an_address_of_the_pages_is_answered_with_the_page(&site, &index).await;
    what_is_not_there_is_never_a_page(&site, &asset).await;
    pages_are_only_read(&site, &asset).await;
    no_address_leads_out_of_the_pages(&site, &index).await;
}

async fn the_first_page_stands_under_the_policy(site: &Site) -> Shown {
    let index = site.open("/").await;
    assert_eq!(index.status, 200, "without its pages? `cargo xtask dashboard`, then compile again");
    assert_eq!(index.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(index.header("cache-control"), "no-cache");
    let policy = index.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(index.header("x-content-type-options"), "nosniff");
    assert_eq!(index.header("referrer-policy"), "no-referrer");
    assert_eq!(index.header("cross-origin-opener-policy"), "same-origin");
    assert!(index.header("permissions-policy").contains("camera=()"));

    let html = index.text();
    assert!(!html.contains("<style") && !html.contains(" style="), "the policy refuses its own page: {html}");
    for script in html.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').expect("a whole tag");
        assert!(tag.contains(" src=\"/") && rest.starts_with("</script>"), "an inline script: {script}");
    }
    index
}

async fn an_asset_is_kept_for_ever_and_sent_as_small_as_it_is_taken(site: &Site, asset: &str) {
    let mut sizes = Vec::new();
    for (takes, coding) in
        [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, *", "gzip"), ("br;q=0, gzip;q=0", "")]
    {
        let shown = site.ask(Method::GET, asset, &[("accept-encoding", takes)]).await;
        assert_eq!((shown.status, shown.header("content-encoding")), (200, coding), "{takes}");
        assert_eq!(shown.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(shown.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(shown.header("vary"), "accept-encoding");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert_eq!(shown.header("content-length"), shown.bytes.len().to_string(), "{takes}");
        assert_eq!(shown.bytes.starts_with(&[0x1f, 0x8b]), coding == "gzip", "{takes}");

        let told = site.ask(Method::HEAD, asset, &[("accept-encoding", takes)]).await;
        assert_eq!((told.status, told.bytes.len()), (200, 0), "{takes}");
        for name in ["content-length", "content-encoding", "content-type", "etag"] {
            assert_eq!(told.header(name), shown.header(name), "{takes}");
        }
        sizes.push((shown.bytes.len(), shown.header("etag").to_owned()));
    }
    let [(br, brotli_tag), (gzip, _), _, (whole, whole_tag)] = &sizes[..] else { panic!("{sizes:?}") };
    assert!(br < gzip && gzip < whole, "{sizes:?}");
    assert_ne!(brotli_tag, whole_tag, "a cache would take one form for the other");
    let unasked = site.ask(Method::GET, asset, &[]).await;
    assert_eq!((unasked.header("content-encoding"), unasked.bytes.len()), ("", *whole));
}

async fn what_is_known_is_not_sent_again(site: &Site, asset: &str) {
    for path in ["/", "/theme.js", asset] {
        let shown = site.ask(Method::GET, path, &[]).await;
        let tag = shown.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let again = site.ask(Method::GET, path, &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} {known}");
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.header("cache-control"), shown.header("cache-control"));
        }
        let other = site.ask(Method::GET, path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!((other.status, &other.bytes), (200, &shown.bytes), "{path}");
    }
}

async fn an_address_of_the_pages_is_answered_with_the_page(site: &Site, index: &Shown) {
    for path in ["/log?at=1", "/p/36d076fe-bcc4-8ccc-a9ab-9021efaf03b1/board", "/nowhere"] {
        let shown = site.open(path).await;
        assert_eq!((shown.status, &shown.bytes), (200, &index.bytes), "{path}");
        assert_eq!(shown.header("content-security-policy"), index.header("content-security-policy"));
        let asked_by_a_script = site.ask(Method::GET, path, &[("accept", "*/*")]).await;
        assert_eq!(asked_by_a_script.problem(), (404, "no_such_route".to_owned()), "{path}");
    }
}

async fn what_is_not_there_is_never_a_page(site: &Site, asset: &str) {
    let packed = format!("{asset}.br");
    for path in [
        "/assets/index-gone.js",
        "/assets/gone",
        "/gone.css",
        "/.vite/manifest.json",
        &packed,
        "/docs/gone",
        "/api/gone",
        "/api/v1/nothing",
    ] {
        assert_eq!(site.open(path).await.problem(), (404, "no_such_route".to_owned()), "{path}");
        let sent = site.ask(Method::POST, path, &[]).await;
        assert_eq!(sent.problem(), (404, "no_such_route".to_owned()), "POST {path}");
    }
}

async fn pages_are_only_read(site: &Site, asset: &str) {
    for path in ["/", asset, "/log"] {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let refused = site.ask(method.clone(), path, &[("accept", NAVIGATION)]).await;
            assert_eq!(refused.problem(), (405, "method_not_allowed".to_owned()), "{method} {path}");
            assert_eq!(refused.header("allow"), "GET, HEAD");
        }
    }
}

/// A client would tidy these addresses up before it sends them, so they are written by hand.
async fn no_address_leads_out_of_the_pages(site: &Site, index: &Shown) {
    let host = site.url.strip_prefix("http://").expect("the address of a server on this machine");
    for target in [
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/..%2findex.html",
        "/assets/..\\index.html",
        "/..",
        "/../Cargo.toml",
        "/../../api/Cargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/.",
        "/%00",
    ] {
        let mut stream = TcpStream::connect(host).await.expect("a connection");
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: {NAVIGATION}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let is_the_page = answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(&index.bytes);
        let said = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with(b"HTTP/1.1 404 ") || is_the_page, "{target}: {said}");
    }
}

struct Site {
    client: Client,
    url: String,
}

/// What came back, as it was sent: the client unpacks nothing.
struct Shown {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Site {
    /// As a person opens it.
    async fn open(&self, path: &str) -> Shown {
        self.ask(Method::GET, path, &[("accept", NAVIGATION)]).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Shown {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Shown { status, headers, bytes: answer.bytes().await.expect("a body").to_vec() }
    }
}

impl Shown {
    /// Empty when it is not there.
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text")
    }

    /// The address of the script that the page begins with.
    fn script(&self) -> String {
        let (_, rest) = self.text().split_once("src=\"/assets/").expect("a script of the page");
        format!("/assets/{}", rest.split('"').next().expect("split gives one part at least"))
    }

    /// Status and code, as everywhere.
    fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.status);
        let body: Value = serde_json::from_slice(&self.bytes).expect("JSON");
        (self.status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}
