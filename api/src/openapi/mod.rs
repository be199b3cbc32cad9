//! The `OpenAPI` document of the routes, and the two pages that show it.
//!
//! A route is registered together with its [`Operation`], so none is undocumented; types describe themselves by
//! `JsonSchema`. `schemas/openapi.json` is the same document, written by `cargo xtask generate`.

mod document;
mod documented;
mod operation;
mod pages;
mod problems;
mod schema;
#[cfg(test)]
mod tests;

pub(crate) use documented::{Documented, Route};
pub(crate) use operation::{
    Operation, act, bare_command, command, look, look_at_text, open, open_act, open_order, order, plain,
    query,
};
pub(crate) use pages::router as pages;

use serde_json::Value;

/// The document of everything that is served.
pub(crate) fn document() -> Value {
    document::document(&crate::routes::documented()).expect("a test builds the document")
}
