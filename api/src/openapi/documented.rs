//! Routes with their documentation: there is no way to register one without the other.

use axum::{
    Router,
    handler::Handler,
    routing::{self, MethodRouter},
};
use utoipa::openapi::HttpMethod;

use super::operation::Operation;

/// A subject of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    /// What the document groups its operations by.
    pub(crate) name: &'static str,
    /// In a sentence or two.
    pub(crate) about: &'static str,
}

/// A router that knows what it serves.
#[derive(Debug)]
pub(crate) struct Documented<S> {
    router: Router<S>,
    routes: Vec<Route>,
    subject: Option<Subject>,
}

/// A method of an address, with what the document says of it.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(super) method: HttpMethod,
    /// As axum and the document write it, e.g. `/tickets/{id}`.
    pub(super) path: String,
    pub(super) subject: Subject,
    pub(super) operation: Operation,
}

impl<S: Clone + Send + Sync + 'static> Documented<S> {
    /// Routes of a subject.
    pub(crate) fn about(name: &'static str, about: &'static str) -> Self {
        Self { router: Router::new(), routes: Vec::new(), subject: Some(Subject { name, about }) }
    }

    /// No route yet.
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new(), subject: None }
    }

    pub(crate) fn get<H, T>(self, path: &'static str, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(HttpMethod::Get, path, routing::get(handler), operation)
    }

    pub(crate) fn post<H, T>(self, path: &'static str, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(HttpMethod::Post, path, routing::post(handler), operation)
    }

    pub(crate) fn put<H, T>(self, path: &'static str, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(HttpMethod::Put, path, routing::put(handler), operation)
    }

    pub(crate) fn delete<H, T>(self, path: &'static str, handler: H, operation: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(HttpMethod::Delete, path, routing::delete(handler), operation)
    }

    fn add(mut self, method: HttpMethod, path: &str, handler: MethodRouter<S>, operation: Operation) -> Self {
        let subject = self.subject.expect("routes are added to a subject");
        self.routes.push(Route { method, path: path.to_owned(), subject, operation });
        Self { router: self.router.route(path, handler), ..self }
    }

    /// Those of another subject as well.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// Everything one floor deeper.
    pub(crate) fn nest(prefix: &str, inner: Self) -> Self {
        let routes = inner.routes.into_iter();
        let routes = routes.map(|route| Route { path: format!("{prefix}{}", route.path), ..route }).collect();
        Self { router: Router::new().nest(prefix, inner.router), routes, subject: None }
    }

    /// The router alone.
    pub(crate) fn into_router(self) -> Router<S> {
        self.router
    }

    /// What the document says of it.
    pub(crate) fn into_routes(self) -> Vec<Route> {
        self.routes
    }
}
