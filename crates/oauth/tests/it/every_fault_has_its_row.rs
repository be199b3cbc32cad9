//! Every way in which the simulated provider misbehaves, and what the client says then. The tables are matches without a
//! wildcard: a fault without a row does not compile.

use std::time::Duration;

use simulators::oidc::{Fault, Person};

use crate::stage::{As, Stage, code};

const SIGNED_IN: &str = "signed in";

fn at_an_openid_issuer(fault: Fault) -> &'static str {
    match fault {
        Fault::DiscoveryOtherIssuer => "oauth_invalid_discovery_issuer",
        Fault::DiscoveryPlainEndpoint => "oauth_invalid_endpoint",
        Fault::DiscoveryAway => "oauth_away",
        Fault::DiscoveryHuge => "oauth_invalid_too_long",
        Fault::KeysRotate => SIGNED_IN,
        Fault::KeysHtml => "oauth_invalid_unreadable",
        Fault::AccessDenied => "oauth_refused_denied",
        Fault::Iss => SIGNED_IN,
        Fault::IssWrong => "oauth_invalid_redirect_issuer",
        Fault::IssLeftOut => "oauth_invalid_redirect_issuer_missing",
        Fault::CodesExpire => "oauth_invalid_code",
        Fault::TokenFails => "oauth_away",
        Fault::TokenHtml => "oauth_invalid_unreadable",
        Fault::TokenLate => SIGNED_IN,
        Fault::TokenHangs => "oauth_away",
        Fault::TokenDrips => "oauth_away",
        Fault::TokenHuge => "oauth_invalid_too_long",
        Fault::TokenRedirects => "oauth_invalid_redirected",
        Fault::TokenQuotes => "oauth_invalid_unreadable",
        Fault::IdTokenLeftOut => "oauth_invalid_id_token_missing",
        Fault::IdTokenGarbage => "oauth_invalid_unreadable",
        Fault::WrongNonce => "oauth_invalid_nonce",
        Fault::NoNonce => "oauth_invalid_nonce",
        Fault::WrongAudience => "oauth_invalid_audience",
        Fault::SecondAudience => "oauth_invalid_audience",
        Fault::WrongParty => "oauth_invalid_party",
        Fault::WrongIssuer => "oauth_invalid_issuer",
        Fault::Expired => "oauth_invalid_expired",
        Fault::AlgNone => "oauth_invalid_algorithm",
        Fault::AlgHs256 => "oauth_invalid_algorithm",
        Fault::UnknownKey => "oauth_invalid_key",
        Fault::ForgedSignature => "oauth_invalid_signature",
        Fault::NoSubject => "oauth_invalid_subject",
        Fault::EmailUnverified => SIGNED_IN,
        Fault::EmailLeftOut => SIGNED_IN,
        Fault::EmailAtUserinfo => SIGNED_IN,
        Fault::UserinfoOtherSubject => "oauth_invalid_subject",
        Fault::OtherSubject => SIGNED_IN,
    }
}

fn at_github(fault: Fault) -> &'static str {
    match fault {
        Fault::AccessDenied => "oauth_refused_denied",
        Fault::IssWrong => "oauth_invalid_redirect_issuer",
        Fault::CodesExpire => "oauth_invalid_code",
        Fault::TokenFails => "oauth_away",
        Fault::TokenHtml => "oauth_invalid_unreadable",
        Fault::TokenHangs => "oauth_away",
        Fault::TokenDrips => "oauth_away",
        Fault::TokenHuge => "oauth_invalid_too_long",
        Fault::TokenRedirects => "oauth_invalid_redirected",
        Fault::TokenQuotes => "oauth_invalid_unreadable",
        // What GitHub does too, and may.
        Fault::Iss | Fault::TokenLate | Fault::EmailUnverified | Fault::EmailLeftOut => SIGNED_IN,
        // What it has not: discovery, keys, ID tokens, userinfo.
        Fault::DiscoveryOtherIssuer
        | Fault::DiscoveryPlainEndpoint
        | Fault::DiscoveryAway
        | Fault::DiscoveryHuge
        | Fault::KeysRotate
        | Fault::KeysHtml
        | Fault::IssLeftOut
        | Fault::IdTokenLeftOut
        | Fault::IdTokenGarbage
        | Fault::WrongNonce
        | Fault::NoNonce
        | Fault::WrongAudience
        | Fault::SecondAudience
        | Fault::WrongParty
        | Fault::WrongIssuer
        | Fault::Expired
        | Fault::AlgNone
        | Fault::AlgHs256
        | Fault::UnknownKey
        | Fault::ForgedSignature
        | Fault::NoSubject
        | Fault::EmailAtUserinfo
        | Fault::UserinfoOtherSubject
        | Fault::OtherSubject => SIGNED_IN,
    }
}

/// For an answer that never comes there is nothing to do but wait; the others have all the time that they may have.
fn hurried(mut stage: Stage, fault: Fault) -> Stage {
    if matches!(fault, Fault::TokenHangs | Fault::TokenDrips) {
        stage.client = stage.client.with_patience(Duration::from_secs(1));
    }
    stage
}

#[tokio::test]
async fn at_openid_issuers() {
    for fault in Fault::ALL.iter().copied() {
        let stage = hurried(Stage::set(As::Openid).await, fault);
        stage.oidc.misbehave(fault);
        assert_eq!(code(&stage.sign_in().await), at_an_openid_issuer(fault), "{fault:?}");
    }
}

#[tokio::test]
async fn at_githubs() {
    for fault in Fault::ALL.iter().copied() {
        let stage = hurried(Stage::set(As::Github).await, fault);
        stage.oidc.misbehave(fault);
        assert_eq!(code(&stage.sign_in().await), at_github(fault), "{fault:?}");
    }
}

/// What is refused is refused for the fault: without it the same provider, asked by the same client, is believed. What
/// discovery said wrongly was not kept either.
#[tokio::test]
async fn when_the_fault_is_gone_the_person_signs_in() {
    for speaks in As::BOTH {
        for fault in Fault::ALL.iter().copied() {
            let mut stage = hurried(Stage::set(speaks).await, fault);
            stage.oidc.misbehave(fault);
            let _ = stage.sign_in().await;
            stage.oidc.behave();
            stage.client = stage.client.with_patience(Duration::from_secs(10));
            // An issuer that promised its name keeps the promise for as long as it is believed.
            if matches!(fault, Fault::Iss | Fault::IssLeftOut) {
                stage.oidc.misbehave(Fault::Iss);
            }
            assert_eq!(code(&stage.sign_in().await), SIGNED_IN, "{speaks:?} {fault:?}");
        }
    }
}

/// It waited where the table says that it waits, and did not fail before.
#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    for speaks in As::BOTH {
        for fault in [Fault::TokenHangs, Fault::TokenDrips] {
            let stage = hurried(Stage::set(speaks).await, fault);
            stage.oidc.misbehave(fault);
            assert_eq!(code(&stage.sign_in().await), "oauth_away");
            assert_eq!(stage.oidc.requests_to(speaks.token_path()).len(), 1, "{speaks:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_redirect_at_the_token_endpoint_is_not_followed() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        stage.oidc.misbehave(Fault::TokenRedirects);
        stage.sign_in().await.unwrap_err();
        assert!(stage.oidc.requests_to("/elsewhere").is_empty(), "{speaks:?}");
    }
}

#[tokio::test]
async fn what_is_said_of_the_address_is_passed_on() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let email = async |fault| {
            stage.oidc.behave().misbehave(fault);
            stage.sign_in().await.unwrap().email
        };
        assert!(!email(Fault::EmailUnverified).await.unwrap().verified, "{speaks:?}");
        assert_eq!(email(Fault::EmailLeftOut).await, None, "{speaks:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_in_the_id_token_is_asked_for() {
    let stage = Stage::set(As::Openid).await;
    let usual = stage.sign_in().await.unwrap();
    stage.oidc.misbehave(Fault::EmailAtUserinfo);
    assert_eq!(stage.sign_in().await.unwrap(), usual);
    assert_eq!(stage.oidc.requests_to("/userinfo").len(), 1);
}

/// Nobody but the issuer knows who somebody is: the caller gets whom the token names, and must not think of the person
/// who was there before.
#[tokio::test]
async fn a_token_about_somebody_else_is_somebody_else() {
    let stage = Stage::set(As::Openid).await;
    stage.oidc.misbehave(Fault::OtherSubject);
    assert_eq!(stage.sign_in().await.unwrap().subject, Person::grace().sub);
}
