//! The way that most take.

use oauth::{Email, Identity};
use simulators::oidc::{Algorithm, Person};

use crate::stage::{As, Stage};

fn ada(verified: bool) -> Identity {
    Identity {
        subject: "1815".to_owned(),
        email: Some(Email { address: "ada@example.org".to_owned(), verified }),
        name: Some("Ada Lovelace".to_owned()),
    }
}

#[tokio::test]
async fn by_an_openid_issuer_whatever_it_signs_with() {
    for algorithm in Algorithm::ALL {
        let stage = Stage::signing_with(algorithm, As::Openid).await;
        assert_eq!(stage.sign_in().await.unwrap(), ada(true), "{algorithm:?}");
        assert!(stage.oidc.requests_to("/userinfo").is_empty(), "everything stood in the ID token");
    }
}

#[tokio::test]
async fn by_github() {
    let stage = Stage::set(As::Github).await;
    assert_eq!(stage.sign_in().await.unwrap(), ada(true));
    for path in ["/user", "/user/emails"] {
        let asked = stage.oidc.requests_to(path);
        assert_eq!(asked.len(), 1, "{path}");
        assert_eq!(asked[0].header("user-agent"), Some("OmoiOS"));
    }
}

#[tokio::test]
async fn only_what_a_sign_in_needs_is_asked_for() {
    for (speaks, path, scope) in [
        (As::Openid, "/authorize", "openid email profile"),
        (As::Github, "/login/oauth/authorize", "read:user user:email"),
    ] {
        let stage = Stage::set(speaks).await;
        stage.sign_in().await.unwrap();
        assert_eq!(stage.oidc.requests_to(path)[0].param("scope"), Some(scope));
    }
}

/// The one thing that may never be got wrong: an address that nobody has proven is not proven.
#[tokio::test]
async fn an_address_that_is_not_verified_is_told_as_such() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        stage.oidc.person(Person { verified: false, ..Person::ada() });
        assert_eq!(stage.sign_in().await.unwrap(), ada(false), "{speaks:?}");
    }
}

#[tokio::test]
async fn two_people_are_two_subjects() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let first = stage.sign_in().await.unwrap();
        // With the address that the other one had: it was given to somebody else.
        stage.oidc.person(Person { email: Person::ada().email, ..Person::grace() });
        let second = stage.sign_in().await.unwrap();
        assert_ne!(first.subject, second.subject, "{speaks:?}");
        assert_eq!(first.email, second.email, "{speaks:?}");
    }
}

/// A sign-in is awaited in a task of the server, which may move between threads.
#[tokio::test]
async fn it_can_be_awaited_anywhere() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let identity = tokio::spawn(is_send(async move { stage.sign_in().await })).await.unwrap();
        assert_eq!(identity.unwrap(), ada(true));
    }
}
