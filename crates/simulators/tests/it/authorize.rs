//! What the browser may bring.

use simulators::oidc::{NoRedirect, go};

use crate::stage::{CALLBACK, Change, Stage};

const OPENID: &str = "/authorize";

#[tokio::test]
async fn a_good_request_is_answered_with_a_code_and_the_state() {
    let stage = Stage::set().await;
    for path in [OPENID, "/login/oauth/authorize"] {
        let redirect = go(&stage.authorize(path, &[])).await.unwrap();
        assert_eq!((redirect.to.as_str(), redirect.state.as_deref()), (CALLBACK, Some("the state")));
        assert!(
            redirect.code.is_some() && redirect.error.is_none() && redirect.iss.is_none(),
            "{redirect:?}"
        );
    }
}

/// Every address that begins or ends like the registered one, or is the same to a careless reader.
#[tokio::test]
async fn an_address_that_is_not_registered_is_never_redirected_to() {
    let stage = Stage::set().await;
    let tricks = [
        "http://127.0.0.1:9/oauth/callback/",
        "http://127.0.0.1:9/oauth/callback/../../evil",
        "http://127.0.0.1:9/oauth/callback?next=http://evil.example",
        "http://127.0.0.1:9/oauth/callback#",
        "http://127.0.0.1:9/oauth/callbackevil",
        "http://127.0.0.1:9/OAuth/callback",
        "http://127.0.0.1:9/oauth/%63allback",
        "http://127.0.0.1:90/oauth/callback",
        "http://127.0.0.1:9@evil.example/oauth/callback",
        "http://127.0.0.1.evil.example:9/oauth/callback",
        "https://127.0.0.1:9/oauth/callback",
        "http://evil.example/http://127.0.0.1:9/oauth/callback",
        "",
    ];
    for trick in tricks {
        let answer = go(&stage.authorize(OPENID, &[("redirect_uri", Some(trick))])).await;
        assert!(matches!(answer, Err(NoRedirect::Page { status: 400, .. })), "{trick}: {answer:?}");
        // GitHub goes back to the registered address, with an error and never with a code.
        let github = stage.authorize("/login/oauth/authorize", &[("redirect_uri", Some(trick))]);
        let redirect = go(&github).await.unwrap();
        assert_eq!((redirect.to.as_str(), redirect.code), (CALLBACK, None), "{trick}");
        assert_eq!(redirect.error.as_deref(), Some("redirect_uri_mismatch"), "{trick}");
    }
    let answer = go(&stage.authorize(OPENID, &[("redirect_uri", None)])).await;
    assert!(matches!(answer, Err(NoRedirect::Page { status: 400, .. })), "{answer:?}");
}

#[tokio::test]
async fn a_parameter_that_stands_twice_counts_as_none() {
    let stage = Stage::set().await;
    let twice = format!("{}&redirect_uri=http%3A%2F%2Fevil.example", stage.authorize(OPENID, &[]));
    let answer = go(&twice).await;
    assert!(matches!(answer, Err(NoRedirect::Page { status: 400, .. })), "{answer:?}");
}

#[tokio::test]
async fn an_unknown_client_is_shown_a_page() {
    let stage = Stage::set().await;
    let answer = go(&stage.authorize(OPENID, &[("client_id", Some("client-of-nobody"))])).await;
    assert!(matches!(answer, Err(NoRedirect::Page { status: 400, .. })), "{answer:?}");
}

#[tokio::test]
async fn only_s256_is_a_proof() {
    let stage = Stage::set().await;
    let careless: [(&str, &[Change<'_>]); 5] = [
        ("none", &[("code_challenge", None), ("code_challenge_method", None)]),
        ("plain", &[("code_challenge_method", Some("plain"))]),
        ("no method, which means plain", &[("code_challenge_method", None)]),
        ("another spelling", &[("code_challenge_method", Some("s256"))]),
        ("no hash", &[("code_challenge", Some("short"))]),
    ];
    for (what, changes) in careless {
        let redirect = go(&stage.authorize(OPENID, changes)).await.unwrap();
        assert_eq!((redirect.error.as_deref(), redirect.code), (Some("invalid_request"), None), "{what}");
    }
}

#[tokio::test]
async fn other_flows_and_other_scopes_are_refused() {
    let stage = Stage::set().await;
    let table = [
        (("response_type", Some("token")), "unsupported_response_type"),
        (("response_type", Some("code id_token")), "unsupported_response_type"),
        (("response_type", None), "unsupported_response_type"),
        (("scope", Some("email")), "invalid_scope"),
    ];
    for (change, error) in table {
        let redirect = go(&stage.authorize(OPENID, &[change])).await.unwrap();
        assert_eq!((redirect.error.as_deref(), redirect.code), (Some(error), None), "{change:?}");
        assert_eq!(redirect.state.as_deref(), Some("the state"));
    }
}
