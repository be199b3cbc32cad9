//! The pages: what `dashboard/` was built to, carried in this program. Whatever no route answers comes here, and only an
//! address of the pages is answered with one: a file by its name, and `index.html` where a browser opens an address that
//! the router of the pages knows. All else is a problem, as everywhere; below `/api` nothing is ever a page.
//!
//! `dist.rs` holds the files, `accepts.rs` reads what a browser takes, `headers.rs` says what travels with a file.

mod accepts;
mod dist;
mod headers;

use axum::{
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY},
    },
    response::{IntoResponse as _, Response},
};

use crate::routes::problem::Problem;

const INDEX: &str = "index.html";

/// First parts of addresses that belong to somebody else: what lies below them and is not there is no page.
const NOT_OURS: [&str; 7] = ["api", "docs", "redoc", "openapi.json", "metrics", "healthz", "readyz"];

/// What an address is to a browser.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    /// A file of that name.
    File(&'a str),
    /// One that the pages have an answer to, if only that there is no such page.
    Page,
    /// None of the pages.
    Nothing,
}

/// Answers what no route does.
pub(crate) async fn answer(method: Method, address: Uri, asked: HeaderMap) -> Response {
    match place(address.path(), dist::holds) {
        Place::Nothing => no_such_route(),
        Place::File(_) | Place::Page if method != Method::GET && method != Method::HEAD => other_method(),
        Place::File(name) => file(name, &asked),
        // Who does not ask for HTML is a script, and would take the page for what it wanted.
        Place::Page if !accepts::html(&asked) => no_such_route(),
        Place::Page => file(INDEX, &asked),
    }
}

/// `holds` says whether there is a file of a name. Names of files need no escapes, so none are undone: `%2e%2e` is a name
/// like any other, and there is no file of that name.
fn place(path: &str, holds: impl Fn(&str) -> bool) -> Place<'_> {
    let name = path.strip_prefix('/').unwrap_or(path);
    let first = name.split_once('/').map_or(name, |(first, _)| first);
    let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
    if name.is_empty() || name == INDEX {
        Place::File(INDEX)
    } else if NOT_OURS.contains(&first) {
        Place::Nothing
    } else if holds(name) {
        Place::File(name)
    } else if first == "assets" || last.contains('.') {
        // A tab of an older version asks for a part that is gone. With the page instead, it would run HTML as a script.
        Place::Nothing
    } else {
        Place::Page
    }
}

fn file(name: &str, asked: &HeaderMap) -> Response {
    let Some(form) = dist::form(name, asked) else { return not_built() };
    let response = if accepts::has(asked, &form.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut whole = ([(CONTENT_TYPE, headers::kind(name))], form.bytes).into_response();
        if let Some(coding) = form.coding {
            whole.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        whole
    };
    let kept = [(CACHE_CONTROL, headers::kept(name)), (VARY, "accept-encoding")];
    (headers::OF_EACH, kept, [(ETAG, form.tag)], response).into_response()
}

/// Only `index.html` can come to this: it is asked for whether or not it is there. The address is right and the program
/// is not whole, so this is neither 404 nor 200, which a monitor would take for the pages.
fn not_built() -> Response {
    let told = [(CONTENT_TYPE, headers::kind(INDEX)), (CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers::OF_EACH, told, include_str!("not_built.html")).into_response()
}

fn no_such_route() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is nothing at this address").into_response()
}

fn other_method() -> Response {
    let detail = "this address takes another method; the Allow header names it";
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
    ([(ALLOW, "GET, HEAD")], problem).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Place<'_> {
        place(path, |name| ["theme.js", "assets/index-a1.js"].contains(&name))
    }

    #[test]
    fn a_file_is_found_by_its_name_only() {
        assert_eq!(of("/"), Place::File(INDEX));
        assert_eq!(of("/index.html"), Place::File(INDEX));
        assert_eq!(of("/theme.js"), Place::File("theme.js"));
        assert_eq!(of("/assets/index-a1.js"), Place::File("assets/index-a1.js"));
        for path in ["/assets/../theme.js", "/assets/%2e%2e/theme.js", "/assets//index-a1.js", "//theme.js"] {
            assert_eq!(of(path), Place::Nothing, "{path}");
        }
    }

    #[test]
    fn an_address_without_an_extension_is_a_page() {
        for path in ["/log", "/p/36d076fe/board", "/p/36d076fe/t/346954e4", "/nowhere", "/apis"] {
            assert_eq!(of(path), Place::Page, "{path}");
        }
    }

    #[test]
    fn what_is_gone_or_belongs_to_others_is_no_page() {
        for path in ["/assets/index-b2.js", "/assets/", "/assets/part", "/favicon.ico", "/assets"] {
            assert_eq!(of(path), Place::Nothing, "{path}");
        }
        for path in
            ["/api", "/api/v1/nothing", "/docs/nothing", "/redoc/", "/metrics/", "/healthz/a", "/readyz/"]
        {
            assert_eq!(of(path), Place::Nothing, "{path}");
        }
    }

    #[tokio::test]
    async fn the_first_page_is_there_or_says_how_it_comes_there() {
        let first = answer(Method::GET, Uri::from_static("/"), HeaderMap::new()).await;
        let expected = if dist::holds(INDEX) { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        assert_eq!(first.status(), expected);
        assert_eq!(first.headers()["content-security-policy"], headers::POLICY);
    }
}
