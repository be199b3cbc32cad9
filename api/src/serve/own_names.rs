//! A page in a browser on this machine may give its own name the address 127.0.0.1 and then talk to us as if
//! we were its server. It cannot choose the `Host` of its requests, so names that are not ours are refused.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::routes::problem::Problem;

/// Lets requests through whose `Host` is this machine's own name.
pub(super) async fn require(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    // The web has no requests without a Host; old tools on this machine have.
    if host.is_none_or(is_own) {
        next.run(request).await
    } else {
        let detail = "this server answers to localhost and 127.0.0.1 only";
        Problem::new(StatusCode::MISDIRECTED_REQUEST, "not_our_name", detail).into_response()
    }
}

fn is_own(host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    let name = without_port.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn own_names_with_and_without_port() {
        for host in ["localhost", "LOCALHOST:4310", "127.0.0.1:4310", "127.0.0.2", "[::1]:4310", "[::1]"] {
            assert!(is_own(host), "{host}");
        }
        for host in ["", "evil.example", "evil.example:4310", "127.0.0.1.evil.example", "10.0.0.1:4310", "::"]
        {
            assert!(!is_own(host), "{host}");
        }
    }
}
