//! Whatever goes wrong, what is written about it holds no code, no token, no secret.

use std::error::Error;
use std::time::Duration;

use simulators::oidc::Fault;
use vault::secret::ExposeSecret as _;

use crate::stage::{As, Stage, browse};

/// Everything that a log could hold of an error: itself, how it is made, and what it came from.
fn all_of(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    text
}

#[tokio::test]
async fn no_error_repeats_what_was_sent_or_answered() {
    for speaks in As::BOTH {
        for fault in Fault::ALL.iter().copied() {
            let mut stage = Stage::set(speaks).await;
            stage.client = stage.client.with_patience(Duration::from_secs(1));
            let begun = stage.client.begin().await.unwrap();
            stage.oidc.misbehave(fault);
            let redirect = browse(&begun).await;
            let Err(error) = stage.back(&begun, &redirect).await else { continue };
            let text = all_of(&error);
            let sent = [&begun.state, &begun.pending.verifier, &begun.pending.nonce]
                .map(|text| text.expose_secret());
            let others =
                [stage.registration.client_secret.as_str(), redirect.code.as_deref().unwrap_or("no code")];
            for secret in sent.into_iter().chain(others) {
                assert!(!text.contains(secret), "{speaks:?} {fault:?}: {text}");
            }
            for part in ["eyJ", "http://", "access_token", "sorry"] {
                assert!(!text.contains(part), "{speaks:?} {fault:?}: {part} in {text}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_that_has_begun_is_printed() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        let text = format!("{begun:?} {:?} {:?}", begun.pending, stage.client);
        let secrets =
            [&begun.state, &begun.pending.verifier, &begun.pending.nonce].map(|text| text.expose_secret());
        for secret in secrets.into_iter().chain([stage.registration.client_secret.as_str()]) {
            assert!(!text.contains(secret), "{speaks:?}: {text}");
        }
    }
}
