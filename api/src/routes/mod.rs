//! The HTTP routes, a file a subject.

pub(crate) mod auth;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod problem;
pub(crate) mod projects;

use axum::{Router, middleware};

use crate::wiring::Services;

/// Everything below `/api/v1`; nothing of it answers without the operator key.
pub(crate) fn api(services: &Services) -> Router {
    let routes = Router::new()
        .merge(events::router())
        .merge(projects::router())
        .route_layer(middleware::from_fn_with_state(services.clone(), auth::operator_only));
    Router::new().nest("/api/v1", routes).with_state(services.clone())
}
