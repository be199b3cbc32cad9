//! The HTTP routes, a file a subject.

pub(crate) mod activity;
mod agent_orders;
pub(crate) mod answer;
mod audit;
mod auth;
pub(crate) mod board;
pub(crate) mod caller;
pub(crate) mod client_address;
pub(crate) mod events;
pub(crate) mod graph;
pub(crate) mod health;
pub(crate) mod inbox;
mod jwks;
pub(crate) mod limits;
mod merges;
pub(crate) mod metrics;
mod organizations;
mod origin;
pub(crate) mod problem;
pub(crate) mod processes;
pub(crate) mod projections;
pub(crate) mod projects;
pub(crate) mod rates;
pub(crate) mod read_your_writes;
mod repository;
pub(crate) mod request;
mod run_orders;
mod runs;
pub(crate) mod same_origin;
pub(crate) mod specs;
pub(crate) mod tasks;
pub(crate) mod tickets;

use axum::{Router, http::StatusCode, middleware};

use problem::Problem;

use crate::{
    openapi::{self, Documented, Route},
    pages,
    serve::Backends,
    wiring::Services,
    ws,
};

const BASE: &str = "/api/v1";

/// What the document tells of: everything that is served.
pub(crate) fn documented() -> Vec<Route> {
    let mut routes = Documented::nest(BASE, subjects().merge(open_subjects())).into_routes();
    routes.extend(health::router().into_routes());
    routes.extend(metrics::router().into_routes());
    routes.extend(jwks::router().into_routes());
    routes
}

/// What needs no sign-in, or is the sign-in.
fn open_subjects() -> Documented<Services> {
    Documented::new().merge(auth::open_router()).merge(organizations::open_router()).merge(ws::open_router())
}

fn subjects() -> Documented<Services> {
    Documented::new()
        .merge(projects::router())
        .merge(repository::router())
        .merge(board::router())
        .merge(graph::router())
        .merge(activity::router())
        .merge(specs::router())
        .merge(tickets::router())
        .merge(tasks::router())
        .merge(runs::router())
        .merge(agent_orders::router())
        .merge(run_orders::router())
        .merge(merges::router())
        .merge(inbox::router())
        .merge(events::router())
        .merge(projections::router())
        .merge(processes::router())
        .merge(auth::router())
        .merge(organizations::router())
        .merge(audit::router())
        .merge(ws::router())
}

/// Everything that this server answers. What no route does is a page, or nothing.
pub(crate) fn all(backends: &Backends, services: &Services) -> Router {
    let health = health::router().into_router().with_state(backends.clone());
    health.merge(openapi::pages()).merge(api(services)).fallback(pages::answer)
}

/// Everything below `/api/v1`, and `/metrics`; nothing of it answers without a key.
fn api(services: &Services) -> Router {
    let door = middleware::from_fn_with_state(services.clone(), caller::require);
    let rates = middleware::from_fn_with_state(services.clone(), rates::of_address);
    let alive = middleware::from_fn_with_state(services.clone(), limits::while_the_database_answers);
    let routes = subjects().into_router().method_not_allowed_fallback(async || {
        let detail = "this address takes another method; the Allow header names it";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
    });
    Router::new()
        .nest(
            BASE,
            routes
                .route_layer(door.clone())
                .merge(open_subjects().into_router().route_layer(rates))
                .route_layer(alive),
        )
        .merge(metrics::router().into_router().route_layer(door))
        .merge(jwks::router().into_router())
        .with_state(services.clone())
}
