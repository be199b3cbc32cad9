//! State, nonce and verifier are new for each sign-in, and long enough.

use std::collections::BTreeSet;

use vault::secret::ExposeSecret as _;

use crate::stage::{As, Stage, browse};

#[tokio::test]
async fn each_sign_in_has_its_own_state_nonce_and_verifier() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let mut seen = BTreeSet::new();
        for _ in 0..20 {
            let begun = stage.client.begin().await.unwrap();
            for text in [&begun.state, &begun.pending.verifier, &begun.pending.nonce] {
                let text = text.expose_secret();
                assert_eq!(text.len(), 43, "256 bits");
                assert!(seen.insert(text.to_owned()), "{speaks:?}: it came twice");
            }
        }
    }
}

#[tokio::test]
async fn they_arrive_where_they_belong_and_nowhere_else() {
    let stage = Stage::set(As::Openid).await;
    let begun = stage.client.begin().await.unwrap();
    let redirect = browse(&begun).await;
    stage.back(&begun, &redirect).await.unwrap();
    let (asked, bought) = (stage.oidc.requests_to("/authorize"), stage.oidc.requests_to("/token"));
    let (state, pending) = (begun.state.expose_secret(), &begun.pending);
    assert_eq!(asked[0].param("state"), Some(state));
    assert_eq!(asked[0].param("nonce"), Some(pending.nonce.expose_secret()));
    assert_eq!(bought[0].param("code_verifier"), Some(pending.verifier.expose_secret()));
    let told = |text: &str| asked[0].query.iter().any(|(_, value)| value.contains(text));
    assert!(!told(pending.verifier.expose_secret()), "the verifier passes through no address bar");
    assert!(!told(&stage.registration.client_secret), "nor does the secret");
}
