//! Row 134 of the attack corpus.

use simulators::oidc::Person;

use crate::stage::{As, Stage, browse, code, secret};

#[tokio::test]
async fn the_second_time_it_is_a_replay() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        let redirect = browse(&begun).await;
        assert_eq!(code(&stage.back(&begun, &redirect).await), "signed in", "{speaks:?}");
        assert_eq!(code(&stage.back(&begun, &redirect).await), "oauth_invalid_code", "{speaks:?}");
    }
}

#[tokio::test]
async fn a_guess_is_no_code() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        let result = stage.client.finish(&secret("a guess"), &begun.pending, None).await;
        assert_eq!(code(&result), "oauth_invalid_code", "{speaks:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_code_is_not_sent() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        for text in [String::new(), "c".repeat(4097)] {
            let result = stage.client.finish(&secret(&text), &begun.pending, None).await;
            assert_eq!(code(&result), "oauth_invalid_code", "{speaks:?}");
        }
        assert!(stage.oidc.requests_to(speaks.token_path()).is_empty(), "{speaks:?}");
    }
}

/// A code may hold anything that an address can hold: it arrives as it was given.
#[tokio::test]
async fn a_strange_code_arrives_whole() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        let strange = "a&client_secret=b#\r\nX: 1+%20\u{e9}";
        let result = stage.client.finish(&secret(strange), &begun.pending, None).await;
        assert_eq!(code(&result), "oauth_invalid_code");
        assert_eq!(stage.oidc.requests_to(speaks.token_path())[0].param("code"), Some(strange), "{speaks:?}");
    }
}

#[tokio::test]
async fn a_code_of_another_client_is_worth_nothing() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let begun = stage.client.begin().await.unwrap();
        stage.oidc.person(Person::grace());
        let own = stage.oidc.register(crate::stage::CALLBACK);
        let url = vault::secret::ExposeSecret::expose_secret(&begun.url)
            .replace(&stage.registration.client_id, &own.client_id);
        let redirect = simulators::oidc::go(&url).await.unwrap();
        assert_eq!(code(&stage.back(&begun, &redirect).await), "oauth_invalid_code", "{speaks:?}");
    }
}
