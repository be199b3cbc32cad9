//! What buys an ID token.

use base64ct::{Base64, Encoding as _};
use simulators::oidc::{Fault, go};

use crate::stage::{Change, Stage, json};

async fn code(stage: &Stage) -> String {
    go(&stage.authorize("/authorize", &[])).await.unwrap().code.unwrap()
}

#[tokio::test]
async fn a_code_buys_a_token_once() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    let (status, answer) = json(stage.token("/token", &code, &[])).await;
    assert_eq!(status, 200, "{answer}");
    assert!(answer["id_token"].is_string() && answer["access_token"].is_string(), "{answer}");
    let (status, answer) = json(stage.token("/token", &code, &[])).await;
    assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_grant")), "used");
}

#[tokio::test]
async fn a_code_buys_nothing_for_who_cannot_prove_that_it_is_theirs() {
    let stage = Stage::set().await;
    let other = stage.oidc.register(crate::stage::CALLBACK);
    let (id, secret) = (Some(other.client_id.as_str()), Some(other.client_secret.as_str()));
    let table: [(&str, &[Change<'_>]); 5] = [
        ("no verifier", &[("code_verifier", None)]),
        (
            "another verifier",
            &[("code_verifier", Some("the-verifier-of-another-browser-that-is-long-enough"))],
        ),
        ("another address", &[("redirect_uri", Some("http://127.0.0.1:9/oauth/callback/"))]),
        ("no address", &[("redirect_uri", None)]),
        ("another client", &[("client_id", id), ("client_secret", secret)]),
    ];
    for (what, changes) in table {
        let code = code(&stage).await;
        let (status, answer) = json(stage.token("/token", &code, changes)).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_grant")), "{what}");
        let (status, _) = json(stage.token("/token", &code, &[])).await;
        assert_eq!(status, 400, "{what}: the code is gone");
    }
}

#[tokio::test]
async fn a_client_without_its_secret_is_nobody() {
    let stage = Stage::set().await;
    for secret in [None, Some(""), Some("a guess")] {
        let code = code(&stage).await;
        let (status, answer) = json(stage.token("/token", &code, &[("client_secret", secret)])).await;
        assert_eq!((status, answer["error"].as_str()), (401, Some("invalid_client")));
    }
}

#[tokio::test]
async fn the_secret_in_a_basic_header_is_form_encoded_inside() {
    let stage = Stage::set().await;
    let without = [("client_id", None), ("client_secret", None)];
    let raw = &stage.client.client_secret;
    let encoded = raw.replace('%', "%25").replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    for (secret, expected) in [(encoded.as_str(), 200), (raw.as_str(), 401)] {
        let header = Base64::encode_string(format!("{}:{secret}", stage.client.client_id).as_bytes());
        let code = code(&stage).await;
        let request =
            stage.token("/token", &code, &without).header("authorization", format!("Basic {header}"));
        assert_eq!(json(request).await.0, expected, "{secret}");
    }
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    stage.oidc.misbehave(Fault::CodesExpire);
    let (status, answer) = json(stage.token("/token", &code, &[])).await;
    assert_eq!((status, answer["error"].as_str()), (400, Some("invalid_grant")));
}

#[tokio::test]
async fn a_fault_for_one_person_is_none_for_another() {
    let stage = Stage::set().await;
    stage.oidc.misbehave_for("1906", Fault::TokenFails);
    let of_ada = code(&stage).await;
    stage.oidc.person(simulators::oidc::Person::grace());
    let of_grace = code(&stage).await;
    // Whoever comes first: the rule looks at whose code it is.
    let answer = stage.token("/token", &of_grace, &[]).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert_eq!(json(stage.token("/token", &of_ada, &[])).await.0, 200);
    stage.oidc.behave();
    let of_grace = code(&stage).await;
    assert_eq!(json(stage.token("/token", &of_grace, &[])).await.0, 200);
}

#[tokio::test]
async fn every_request_is_recorded_word_for_word() {
    let stage = Stage::set().await;
    let code = code(&stage).await;
    json(stage.token("/token", &code, &[])).await;
    let requests = stage.oidc.requests();
    let paths: Vec<_> =
        requests.iter().map(|request| (request.method.as_str(), request.path.as_str())).collect();
    assert_eq!(paths, [("GET", "/authorize"), ("POST", "/token")]);
    assert_eq!(requests[0].param("state"), Some("the state"));
    assert_eq!(requests[1].param("code"), Some(code.as_str()));
    assert_eq!(requests[1].param("client_secret"), Some(stage.client.client_secret.as_str()));
    assert_eq!(requests[1].header("accept"), Some("application/json"));
}
