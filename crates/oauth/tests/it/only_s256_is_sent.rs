//! Row 135 of the attack corpus: a plain challenge shows the verifier to whoever sees the address.

use vault::secret::ExposeSecret as _;

use crate::stage::{As, Stage, browse, code};

#[tokio::test]
async fn the_challenge_is_a_hash_and_says_so() {
    for (speaks, path) in [(As::Openid, "/authorize"), (As::Github, "/login/oauth/authorize")] {
        let stage = Stage::set(speaks).await;
        for _ in 0..5 {
            let begun = stage.client.begin().await.unwrap();
            let redirect = browse(&begun).await;
            stage.back(&begun, &redirect).await.unwrap();
            let asked = stage.oidc.requests_to(path);
            let asked = asked.last().unwrap();
            assert_eq!(asked.param("code_challenge_method"), Some("S256"), "{speaks:?}");
            let challenge = asked.param("code_challenge").unwrap();
            assert_eq!(challenge.len(), 43);
            assert_ne!(challenge, begun.pending.verifier.expose_secret());
        }
    }
}

/// The simulator would have refused it, and a client cannot be talked into it by whoever rewrites the address.
#[tokio::test]
async fn a_challenge_that_was_made_plain_on_the_way_is_refused() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        let url =
            begun.url.expose_secret().replace("code_challenge_method=S256", "code_challenge_method=plain");
        let redirect = simulators::oidc::go(&url).await.unwrap();
        let refused = code(&stage.back(&begun, &redirect).await);
        assert_eq!(refused, "oauth_misconfigured_request_refused", "{speaks:?}");
    }
}
