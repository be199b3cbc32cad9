//! Issuers change their keys, some every day, and nobody is told.

use simulators::oidc::{Algorithm, Fault};

use crate::stage::{As, Stage, code};

#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    for algorithm in Algorithm::ALL {
        let stage = Stage::signing_with(algorithm, As::Openid).await;
        stage.sign_in().await.unwrap();
        stage.sign_in().await.unwrap();
        assert_eq!(stage.oidc.requests_to("/jwks").len(), 1, "known keys are not asked for");
        stage.oidc.rotate_keys();
        assert_eq!(code(&stage.sign_in().await), "signed in", "{algorithm:?}");
        assert_eq!(stage.oidc.requests_to("/jwks").len(), 2);
        stage.sign_in().await.unwrap();
        assert_eq!(stage.oidc.requests_to("/jwks").len(), 2, "the new key is known now");
    }
}

#[tokio::test]
async fn a_key_for_each_token_is_survived() {
    let stage = Stage::set(As::Openid).await;
    stage.oidc.misbehave(Fault::KeysRotate);
    for _ in 0..3 {
        assert_eq!(code(&stage.sign_in().await), "signed in");
    }
}

/// A forger who names a new key each time could otherwise have us ask as often as he likes.
#[tokio::test]
async fn a_key_that_nobody_has_is_looked_for_once() {
    let stage = Stage::set(As::Openid).await;
    stage.sign_in().await.unwrap();
    stage.oidc.misbehave(Fault::UnknownKey);
    assert_eq!(code(&stage.sign_in().await), "oauth_invalid_key");
    assert_eq!(stage.oidc.requests_to("/jwks").len(), 2);
}

#[tokio::test]
async fn a_wrong_signature_is_no_reason_to_ask_for_keys() {
    let stage = Stage::set(As::Openid).await;
    stage.sign_in().await.unwrap();
    stage.oidc.misbehave(Fault::ForgedSignature);
    assert_eq!(code(&stage.sign_in().await), "oauth_invalid_signature");
    assert_eq!(stage.oidc.requests_to("/jwks").len(), 1);
}
