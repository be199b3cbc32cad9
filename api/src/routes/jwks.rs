//! `GET /.well-known/jwks.json`: the keys that verify access tokens, for whoever else reads them.

use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    openapi::{Documented, open},
    wiring::Services,
};

pub(super) fn router() -> Documented<Services> {
    Documented::about("auth", super::auth::ABOUT).get(
        "/.well-known/jwks.json",
        show,
        open("show_jwks", "Show the keys that verify access tokens")
            .says("RFC 7517. A key is here a minute before it signs, until nothing that it signed is good.")
            .answers::<Keys>(axum::http::StatusCode::OK, "The keys."),
    )
}

/// The keys (RFC 7517).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Jwks", example = json!({ "keys": [{
    "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "x", "x": "x"
}] }))]
struct Keys {
    /// The one that signs first.
    keys: Vec<Value>,
}

async fn show(State(services): State<Services>) -> Json<Keys> {
    let keys = services.accounts().jwks().keys;
    Json(Keys { keys: keys.iter().map(|key| json!(key)).collect() })
}
