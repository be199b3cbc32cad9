//! What no person can mend, however often she tries.

use oauth::{Client, Kind, OauthError, Provider};

use crate::stage::{As, CALLBACK, Stage, browse, code, secret};

#[tokio::test]
async fn a_secret_that_the_provider_does_not_know() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let client = stage.client_with("the secret of last year", CALLBACK);
        let begun = client.begin().await.unwrap();
        let brought = secret(browse(&begun).await.code.as_deref().unwrap());
        let result = client.finish(&brought, &begun.pending, None).await;
        assert_eq!(code(&result), "oauth_misconfigured_client_refused", "{speaks:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_registered() {
    let elsewhere = "http://127.0.0.1:9/auth/oauth/other/callback";
    let stage = Stage::set(As::Github).await;
    let client = stage.client_with(&stage.registration.client_secret, elsewhere);
    let begun = client.begin().await.unwrap();
    let redirect = browse(&begun).await;
    let error = client.not_given(redirect.error.as_deref().unwrap(), None).await;
    assert_eq!(error.code(), "oauth_misconfigured_redirect_uri_refused");
    // The same at the token endpoint: the code was given out for the address that is registered.
    let begun = stage.client.begin().await.unwrap();
    let brought = secret(browse(&begun).await.code.as_deref().unwrap());
    let result = client.finish(&brought, &begun.pending, None).await;
    assert_eq!(code(&result), "oauth_misconfigured_redirect_uri_refused");
}

#[tokio::test]
async fn an_issuer_that_is_none() {
    let stage = Stage::set(As::Openid).await;
    for (issuer, expected) in [
        (format!("{}/realms/typo", stage.oidc.issuer()), "oauth_misconfigured_issuer"),
        (format!("{}/", stage.oidc.issuer()), "oauth_invalid_discovery_issuer"),
    ] {
        let kind = Kind::Oidc { issuer: issuer.clone() };
        let provider = Provider::new("acme", "Acme", kind, "c", "s".into()).unwrap();
        let error = Client::new(provider, CALLBACK).unwrap().begin().await.unwrap_err();
        assert_eq!(error.code(), expected, "{issuer}");
    }
}

/// Each text says what to do; a person, an operator and a log reader are three readers.
#[tokio::test]
async fn an_error_says_what_to_do() {
    let stage = Stage::set(As::Openid).await;
    for (error, advice) in [
        ("access_denied", "begin again"),
        ("server_error", "try again in a minute"),
        ("invalid_client", "compare client id and secret"),
        ("redirect_uri_mismatch", "register exactly"),
        ("a lie", "begin the sign-in again"),
    ] {
        let said: OauthError = stage.client.not_given(error, None).await;
        assert!(said.to_string().contains(advice), "{error}: {said}");
    }
}
