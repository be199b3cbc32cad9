//! Discovery and keys are kept for ten minutes (`kept.rs` tests the minutes).

use simulators::oidc::Fault;

use crate::stage::{As, Stage, code};

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn ten_sign_ins_ask_once() {
    let stage = Stage::set(As::Openid).await;
    for _ in 0..10 {
        stage.sign_in().await.unwrap();
    }
    let asked = |path| stage.oidc.requests_to(path).len();
    assert_eq!((asked(DISCOVERY), asked("/jwks"), asked("/token")), (1, 1, 10));
}

#[tokio::test]
async fn what_is_known_outlasts_an_outage_of_discovery() {
    let stage = Stage::set(As::Openid).await;
    stage.sign_in().await.unwrap();
    stage.oidc.misbehave(Fault::DiscoveryAway).misbehave(Fault::KeysHtml);
    assert_eq!(code(&stage.sign_in().await), "signed in");
}

#[tokio::test]
async fn what_was_answered_wrongly_is_not_kept() {
    let stage = Stage::set(As::Openid).await;
    for fault in
        [Fault::DiscoveryOtherIssuer, Fault::DiscoveryPlainEndpoint, Fault::DiscoveryAway, Fault::KeysHtml]
    {
        stage.oidc.behave().misbehave(fault);
        assert_ne!(code(&stage.sign_in().await), "signed in", "{fault:?}");
    }
    stage.oidc.behave();
    assert_eq!(code(&stage.sign_in().await), "signed in");
}

#[tokio::test]
async fn github_is_not_asked_what_it_is() {
    let stage = Stage::set(As::Github).await;
    stage.sign_in().await.unwrap();
    let paths: Vec<_> = stage.oidc.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/login/oauth/authorize", "/login/oauth/access_token", "/user", "/user/emails"]);
}
