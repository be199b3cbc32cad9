//! Where GitHub differs from everybody else.

use serde_json::Value;
use simulators::oidc::{Fault, go};

use crate::stage::{Change, Stage, json};

const AUTHORIZE: &str = "/login/oauth/authorize";
const TOKEN: &str = "/login/oauth/access_token";

async fn code(stage: &Stage, changes: &[Change<'_>]) -> String {
    go(&stage.authorize(AUTHORIZE, changes)).await.unwrap().code.unwrap()
}

async fn token(stage: &Stage, changes: &[Change<'_>]) -> String {
    let code = code(stage, changes).await;
    let (_, answer) = json(stage.token(TOKEN, &code, &[])).await;
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn api(stage: &Stage, path: &str, token: &str) -> (u16, Value) {
    let request = reqwest::Client::new().get(format!("{}{path}", stage.oidc.issuer()));
    json(request.bearer_auth(token).header("user-agent", "a test")).await
}

#[tokio::test]
async fn an_error_comes_with_status_200() {
    let stage = Stage::set().await;
    let table = [
        (("client_secret", Some("a guess")), "incorrect_client_credentials"),
        (("code", Some("a guess")), "bad_verification_code"),
        (("code_verifier", None), "bad_verification_code"),
        (("redirect_uri", Some("http://evil.example")), "redirect_uri_mismatch"),
    ];
    for (change, error) in table {
        let code = code(&stage, &[]).await;
        let (status, answer) = json(stage.token(TOKEN, &code, &[change])).await;
        assert_eq!((status, answer["error"].as_str()), (200, Some(error)), "{change:?}");
    }
}

#[tokio::test]
async fn who_does_not_ask_for_json_gets_a_form() {
    let stage = Stage::set().await;
    let code = code(&stage, &[]).await;
    let mut request = stage.token(TOKEN, &code, &[]).build().unwrap();
    request.headers_mut().remove("accept");
    let answer = reqwest::Client::new().execute(request).await.unwrap().text().await.unwrap();
    assert!(answer.starts_with("access_token="), "{answer}");
}

#[tokio::test]
async fn the_address_of_the_account_is_the_primary_one() {
    let stage = Stage::set().await;
    let token = token(&stage, &[]).await;
    let (status, user) = api(&stage, "/user", &token).await;
    assert_eq!((status, user["id"].as_u64(), user["name"].as_str()), (200, Some(1815), Some("Ada Lovelace")));
    assert_ne!(user["email"], "ada@example.org", "what is shown is not what is proven");
    let (_, emails) = api(&stage, "/user/emails", &token).await;
    assert_eq!(emails[1]["email"], "ada@example.org");
    assert_eq!((&emails[1]["primary"], &emails[1]["verified"]), (&Value::Bool(true), &Value::Bool(true)));
    stage.oidc.misbehave(Fault::EmailUnverified);
    assert_eq!(api(&stage, "/user/emails", &token).await.1[1]["verified"], false);
}

#[tokio::test]
async fn addresses_need_their_scope_and_the_api_needs_a_token_and_a_name() {
    let stage = Stage::set().await;
    let narrow = token(&stage, &[("scope", Some("read:user"))]).await;
    assert_eq!(api(&stage, "/user/emails", &narrow).await.0, 404);
    assert_eq!(api(&stage, "/user", "a guess").await.0, 401);
    let nameless = reqwest::Client::new().get(format!("{}/user", stage.oidc.issuer())).bearer_auth(&narrow);
    assert_eq!(nameless.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_challenge_is_not_needed_but_checked() {
    let stage = Stage::set().await;
    let without = code(&stage, &[("code_challenge", None), ("code_challenge_method", None)]).await;
    let (_, answer) = json(stage.token(TOKEN, &without, &[("code_verifier", None)])).await;
    assert!(answer["access_token"].is_string(), "{answer}");
    let redirect =
        go(&stage.authorize(AUTHORIZE, &[("code_challenge_method", Some("plain"))])).await.unwrap();
    assert_eq!((redirect.error.as_deref(), redirect.code), (Some("invalid_request"), None));
}
