//! ID tokens, and the many ways to make a bad one.

use serde_json::{Value, json};

use super::keys::{self, Key};
use super::state::{Client, Grant, Provider};
use super::{Fault, Person};

/// How long a token is good, in seconds.
const LIVES: i64 = 3600;

pub(super) fn of(provider: &Provider, client: &Client, grant: &Grant) -> String {
    let has = |fault| provider.has(fault, Some(&grant.person));
    if has(Fault::IdTokenGarbage) {
        return "no.token.at.all".to_owned();
    }
    if has(Fault::KeysRotate) {
        provider.rotate_keys();
    }
    let claims = claims(provider, client, grant);
    let algorithm = provider.algorithm();
    let key_id = provider.with_key(|key| key.id().to_owned());
    let head = |alg: &str, kid: &str| json!({"alg": alg, "typ": "JWT", "kid": kid});

    if has(Fault::AlgNone) {
        return format!("{}.", unsigned(&json!({"alg": "none", "typ": "JWT"}), &claims));
    }
    if has(Fault::AlgHs256) {
        let text = unsigned(&head("HS256", &key_id), &claims);
        return signed(&text, &keys::sign_with_secret(&client.secret, &text));
    }
    if has(Fault::UnknownKey) {
        let stranger = Key::generate("key-of-nobody".to_owned(), algorithm);
        let text = unsigned(&head(algorithm.as_str(), stranger.id()), &claims);
        return signed(&text, &stranger.sign(&text));
    }
    if has(Fault::ForgedSignature) {
        let stranger = Key::generate(key_id, algorithm);
        let text = unsigned(&head(algorithm.as_str(), stranger.id()), &claims);
        return signed(&text, &stranger.sign(&text));
    }
    // Name and signature under one lock: between two of them the key could be replaced.
    provider.with_key(|key| {
        let text = unsigned(&head(algorithm.as_str(), key.id()), &claims);
        signed(&text, &key.sign(&text))
    })
}

fn claims(provider: &Provider, client: &Client, grant: &Grant) -> Value {
    let has = |fault| provider.has(fault, Some(&grant.person));
    let now = now();
    let mut claims = json!({
        "iss": provider.issuer(),
        "aud": client.id,
        "iat": now,
        "exp": now + LIVES,
    });
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    if has(Fault::EmailAtUserinfo) || has(Fault::UserinfoOtherSubject) {
        claims["sub"] = grant.person.sub.as_str().into();
    } else {
        for (name, value) in about(provider, &grant.person) {
            claims[name] = value;
        }
    }
    let lies = [
        (Fault::WrongNonce, "nonce", json!("the nonce of another sign-in")),
        (Fault::NoNonce, "nonce", Value::Null),
        (Fault::WrongAudience, "aud", json!("client-of-somebody-else")),
        (Fault::SecondAudience, "aud", json!([client.id, "client-of-somebody-else"])),
        (Fault::WrongParty, "azp", json!("client-of-somebody-else")),
        (Fault::WrongIssuer, "iss", json!("https://other.example")),
        (Fault::Expired, "exp", json!(now - 1)),
        (Fault::NoSubject, "sub", json!("")),
        (Fault::OtherSubject, "sub", json!(Person::grace().sub)),
    ];
    for (_, name, value) in lies.into_iter().filter(|(fault, ..)| has(*fault)) {
        claims[name] = value;
    }
    claims
}

/// What the provider says of a person, in an ID token or as userinfo.
pub(super) fn about(provider: &Provider, person: &Person) -> Vec<(&'static str, Value)> {
    let has = |fault| provider.has(fault, Some(person));
    let mut about = vec![("sub", json!(person.sub)), ("name", json!(person.name))];
    if !has(Fault::EmailLeftOut) {
        about.push(("email", json!(person.email)));
        about.push(("email_verified", json!(person.verified && !has(Fault::EmailUnverified))));
    }
    about
}

fn unsigned(head: &Value, claims: &Value) -> String {
    format!("{}.{}", keys::encode(head.to_string().as_bytes()), keys::encode(claims.to_string().as_bytes()))
}

fn signed(text: &str, signature: &[u8]) -> String {
    format!("{text}.{}", keys::encode(signature))
}

#[expect(clippy::disallowed_methods, reason = "a provider elsewhere has a clock of its own")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
