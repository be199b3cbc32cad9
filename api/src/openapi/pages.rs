//! `/openapi.json`, and the pages `/docs` (Swagger UI) and `/redoc` that show it. They need no sign-in, as they say
//! nothing of anybody's work. Their scripts are in `api/vendor`, and their policies let them talk to this server only.

use std::sync::LazyLock;

use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};

/// Both tools write their styles into the page; fonts and pictures of the tools are part of the scripts.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'none'";
/// Redoc searches in a worker that it makes itself.
const REDOC_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                            img-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; \
                            form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

static DOCUMENT: LazyLock<String> = LazyLock::new(|| super::document().to_string());

/// The document and its pages.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/openapi.json", get(async || ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str())))
        .route("/docs", get(async || page(DOCS_POLICY, include_str!("pages/docs.html"))))
        .route("/docs/start.js", get(async || ([(CONTENT_TYPE, SCRIPT)], include_str!("pages/docs.js"))))
        .route("/docs/page.css", get(async || ([(CONTENT_TYPE, STYLE)], include_str!("pages/docs.css"))))
        .route("/docs/swagger-ui.js", get(async || vendored(SCRIPT, SWAGGER_UI)))
        .route("/docs/swagger-ui.css", get(async || vendored(STYLE, SWAGGER_UI_STYLE)))
        .route("/redoc", get(async || page(REDOC_POLICY, include_str!("pages/redoc.html"))))
        .route("/redoc/start.js", get(async || ([(CONTENT_TYPE, SCRIPT)], include_str!("pages/redoc.js"))))
        .route("/redoc/redoc.js", get(async || vendored(SCRIPT, REDOC)))
}

const SWAGGER_UI: &[u8] = include_bytes!("../../vendor/swagger-ui/swagger-ui-bundle.js.gz");
const SWAGGER_UI_STYLE: &[u8] = include_bytes!("../../vendor/swagger-ui/swagger-ui.css.gz");
const REDOC: &[u8] = include_bytes!("../../vendor/redoc/redoc.standalone.js.gz");

fn page(policy: &'static str, html: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, HTML), (CONTENT_SECURITY_POLICY, policy)], html)
}

/// Compressed as it lies in the tree: only browsers come here, and each of them takes gzip.
fn vendored(kind: &'static str, file: &'static [u8]) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind), (CONTENT_ENCODING, "gzip"), (CACHE_CONTROL, "public, max-age=3600")], file)
}
