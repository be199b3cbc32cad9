//! The HTTP routes, a file a subject.

pub(crate) mod activity;
pub(crate) mod answer;
pub(crate) mod auth;
pub(crate) mod board;
pub(crate) mod events;
pub(crate) mod graph;
pub(crate) mod health;
pub(crate) mod problem;
pub(crate) mod projects;
pub(crate) mod read_your_writes;
pub(crate) mod request;
pub(crate) mod tasks;
pub(crate) mod tickets;

use axum::{Router, http::StatusCode, middleware};

use problem::Problem;

use crate::wiring::Services;

/// Everything below `/api/v1`; nothing of it answers without the operator key.
pub(crate) fn api(services: &Services) -> Router {
    let routes = Router::new()
        .merge(activity::router())
        .merge(board::router())
        .merge(events::router())
        .merge(graph::router())
        .merge(projects::router())
        .merge(tasks::router())
        .merge(tickets::router())
        .method_not_allowed_fallback(async || {
            let detail = "this address takes another method; the Allow header names it";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .route_layer(middleware::from_fn_with_state(services.clone(), auth::operator_only));
    Router::new()
        .nest("/api/v1", routes)
        .fallback(async || {
            Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is nothing at this address")
        })
        .with_state(services.clone())
}
