//! Row 133 of the attack corpus: an address that only begins or ends like ours.

use simulators::oidc::{NoRedirect, go};
use vault::secret::ExposeSecret as _;

use crate::stage::{As, CALLBACK, Stage, browse, code};

#[tokio::test]
async fn the_address_is_sent_as_it_is_registered() {
    for (speaks, path) in [(As::Openid, "/authorize"), (As::Github, "/login/oauth/authorize")] {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        let redirect = browse(&begun).await;
        assert_eq!(redirect.to, CALLBACK);
        stage.back(&begun, &redirect).await.unwrap();
        for path in [path, speaks.token_path()] {
            assert_eq!(stage.oidc.requests_to(path)[0].param("redirect_uri"), Some(CALLBACK), "{path}");
        }
    }
}

/// The attacker has the victim open our address with a small change, to be sent the code himself.
#[tokio::test]
async fn an_address_that_was_changed_on_the_way_gets_no_code() {
    let encoded = "callback&";
    for tail in [
        "%2F..%2F..%2Fevil&",
        ".evil.example&",
        "%2F&",
        "%3Fto%3Devil&",
        "%23&",
        "&redirect_uri=http%3A%2F%2Fevil&",
    ] {
        let openid = Stage::set(As::Openid).await;
        let url = changed(&openid.client.begin().await.unwrap(), encoded, tail);
        let answer = go(&url).await;
        assert!(matches!(answer, Err(NoRedirect::Page { status: 400, .. })), "{tail}: {answer:?}");

        let github = Stage::set(As::Github).await;
        let begun = github.client.begin().await.unwrap();
        let redirect = go(&changed(&begun, encoded, tail)).await.unwrap();
        assert_eq!((redirect.to.as_str(), &redirect.code), (CALLBACK, &None), "{tail}");
        let refused = code(&github.back(&begun, &redirect).await);
        assert_eq!(refused, "oauth_misconfigured_redirect_uri_refused");
    }
}

fn changed(begun: &oauth::Begun, encoded: &str, tail: &str) -> String {
    let url = format!("{}&", begun.url.expose_secret());
    assert_eq!(url.matches(encoded).count(), 1, "the address of the callback stands once in {url}");
    url.replace(encoded, &format!("callback{tail}"))
}
