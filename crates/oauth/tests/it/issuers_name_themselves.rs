//! RFC 9207: the answer says whose it is, so that a code of one provider is not shown to another.

use simulators::oidc::Fault;

use crate::stage::{As, Stage, browse, code, secret};

#[tokio::test]
async fn the_right_name_is_fine_and_a_wrong_one_is_not() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        stage.oidc.misbehave(Fault::Iss);
        let begun = stage.client.begin().await.unwrap();
        let redirect = browse(&begun).await;
        let right = redirect.iss.clone().unwrap();
        let brought = secret(redirect.code.as_deref().unwrap());
        let others = [
            String::new(),
            format!("{right}/"),
            right.to_uppercase(),
            format!("{right}.evil.example"),
            "https://accounts.google.com".to_owned(),
            right[..right.len() - 1].to_owned(),
        ];
        for other in &others {
            let result = stage.client.finish(&brought, &begun.pending, Some(other)).await;
            assert_eq!(code(&result), "oauth_invalid_redirect_issuer", "{speaks:?} {other}");
        }
        assert!(stage.oidc.requests_to(speaks.token_path()).is_empty(), "the code was shown to nobody");
        let result = stage.client.finish(&brought, &begun.pending, Some(&right)).await;
        assert_eq!(code(&result), "signed in", "{speaks:?}");
    }
}

#[tokio::test]
async fn who_always_names_itself_must() {
    let stage = Stage::set(As::Openid).await;
    stage.oidc.misbehave(Fault::IssLeftOut);
    assert_eq!(code(&stage.sign_in().await), "oauth_invalid_redirect_issuer_missing");
    assert!(stage.oidc.requests_to("/token").is_empty(), "the code was shown to nobody");
}

/// An error is an answer too: a forged one would tell the person that she has refused.
#[tokio::test]
async fn an_error_of_another_issuer_is_not_believed() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        stage.oidc.misbehave(Fault::AccessDenied).misbehave(Fault::IssWrong);
        assert_eq!(code(&stage.sign_in().await), "oauth_invalid_redirect_issuer", "{speaks:?}");
    }
}

/// The mix-up: the person began at one provider and the answer is of another, which wants to see the code.
#[tokio::test]
async fn a_code_of_one_provider_is_not_shown_to_another() {
    let honest = Stage::set(As::Openid).await;
    honest.oidc.misbehave(Fault::Iss);
    let evil = Stage::set(As::Openid).await;
    let of_honest = browse(&honest.client.begin().await.unwrap()).await;
    let at_evil = evil.client.begin().await.unwrap();
    let brought = secret(of_honest.code.as_deref().unwrap());
    let result = evil.client.finish(&brought, &at_evil.pending, of_honest.iss.as_deref()).await;
    assert_eq!(code(&result), "oauth_invalid_redirect_issuer");
    assert!(evil.oidc.requests_to("/token").is_empty());
}

#[tokio::test]
async fn each_error_of_a_redirect_has_its_kind() {
    let stage = Stage::set(As::Openid).await;
    for (error, expected) in [
        ("access_denied", "oauth_refused_denied"),
        ("login_required", "oauth_refused_interaction"),
        ("temporarily_unavailable", "oauth_away"),
        ("unauthorized_client", "oauth_misconfigured_client_refused"),
        ("invalid_scope", "oauth_misconfigured_request_refused"),
        ("anything that somebody writes there", "oauth_invalid_unknown_error"),
    ] {
        assert_eq!(stage.client.not_given(error, None).await.code(), expected, "{error}");
    }
}

#[tokio::test]
async fn nobody_at_home_is_away() {
    let Stage { oidc, client, .. } = Stage::set(As::Openid).await;
    oidc.stop().await;
    assert_eq!(client.begin().await.unwrap_err().code(), "oauth_away");
}
