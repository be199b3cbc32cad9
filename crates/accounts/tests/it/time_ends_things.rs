//! What ends in time: links, sessions, keys that sign. The clock of the database is moved; nobody waits.

use std::time::Duration;

use accounts::{AccountError, Origin};
use vault::secret::ExposeSecret as _;

use crate::house::{House, PASSWORD};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_link_to_verify_is_good_for_a_day() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let origin = Origin::default();
    house.registered("ada@example.org").await;
    house.registered("bob@example.org").await;
    let (ada, bob) = (house.token_for("ada@example.org").await, house.token_for("bob@example.org").await);
    clock.advance(DAY - MINUTE).await.unwrap();
    house.accounts.verify_email(&ada, PASSWORD.into(), &origin).await.unwrap();
    clock.advance(MINUTE * 2).await.unwrap();
    let late = house.accounts.verify_email(&bob, PASSWORD.into(), &origin).await;
    assert!(matches!(late, Err(AccountError::InvalidToken)), "{late:?}");
    // Another letter opens the door again.
    house.accounts.resend_verification("bob@example.org", &origin).await.unwrap();
    let again = house.token_for("bob@example.org").await;
    house.accounts.verify_email(&again, PASSWORD.into(), &origin).await.unwrap();
}

#[tokio::test]
async fn a_link_to_reset_is_good_for_an_hour_and_once() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let origin = Origin::default();
    house.person("ada@example.org").await;
    house.accounts.ask_reset("ada@example.org", &origin).await.unwrap();
    let late = house.token_for("ada@example.org").await;
    clock.advance(HOUR + MINUTE).await.unwrap();
    let refused = house.accounts.reset_password(&late, "nine quiet lanterns drift".into(), &origin).await;
    assert!(matches!(refused, Err(AccountError::InvalidToken)), "{refused:?}");
    house.accounts.ask_reset("ada@example.org", &origin).await.unwrap();
    let token = house.token_for("ada@example.org").await;
    house.accounts.reset_password(&token, "nine quiet lanterns drift".into(), &origin).await.unwrap();
    let twice = house.accounts.reset_password(&token, "nine quiet lanterns wander".into(), &origin).await;
    assert!(matches!(twice, Err(AccountError::InvalidToken)), "{twice:?}");
    house.sign_in("ada@example.org", "nine quiet lanterns drift").await.unwrap();
}

#[tokio::test]
async fn an_access_token_is_good_for_a_quarter_of_an_hour() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let ada = house.person("ada@example.org").await;
    assert!(house.lets_in(&ada.access_token).await);
    clock.advance(MINUTE * 14).await.unwrap();
    house.notices_the_time().await;
    assert!(house.lets_in(&ada.access_token).await);
    clock.advance(MINUTE * 2).await.unwrap();
    house.notices_the_time().await;
    assert!(!house.lets_in(&ada.access_token).await);
    let next = house.refresh(&ada.refresh_token.unwrap()).await.unwrap();
    assert!(house.lets_in(&next.access_token).await);
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_after_a_week() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let ada = house.person("ada@example.org").await;
    let mut token = ada.refresh_token.unwrap();
    clock.advance(DAY * 7 - HOUR).await.unwrap();
    token = house.refresh(&token).await.unwrap().refresh_token.unwrap();
    clock.advance(DAY * 7 + HOUR).await.unwrap();
    let late = house.refresh(&token).await;
    assert!(matches!(late, Err(AccountError::InvalidToken)), "{late:?}");
}

#[tokio::test]
async fn no_session_lasts_longer_than_a_month() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let ada = house.person("ada@example.org").await;
    let mut token = ada.refresh_token.unwrap();
    for _ in 0..5 {
        clock.advance(DAY * 6 - HOUR).await.unwrap();
        token = house.refresh(&token).await.unwrap().refresh_token.unwrap();
    }
    clock.advance(HOUR * 6).await.unwrap();
    let late = house.refresh(&token).await;
    assert!(matches!(late, Err(AccountError::InvalidToken)), "{late:?}");
}

/// An answer that was lost is given again for ten seconds; after that a token that is shown again ends the session.
#[tokio::test]
async fn a_lost_answer_is_given_again_for_a_moment() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let ada = house.person("ada@example.org").await;
    let token = ada.refresh_token.unwrap();
    let next = house.refresh(&token).await.unwrap().refresh_token.unwrap();
    clock.advance(Duration::from_secs(9)).await.unwrap();
    let again = house.refresh(&token).await.unwrap().refresh_token.unwrap();
    assert_eq!(again.expose_secret(), next.expose_secret());
    clock.advance(Duration::from_secs(2)).await.unwrap();
    assert!(matches!(house.refresh(&token).await, Err(AccountError::InvalidToken)));
    assert!(matches!(house.refresh(&next).await, Err(AccountError::InvalidToken)), "the session is over");
}

#[tokio::test]
async fn keys_that_sign_turn_over_without_anybody_being_put_out() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let ada = house.person("ada@example.org").await;
    let first = house.accounts.jwks().keys[0].kid.clone();
    house.accounts.rotate_signing_key().await.unwrap();
    let mut token = ada.refresh_token.unwrap();
    for _ in 0..3 {
        clock.advance(Duration::from_secs(40)).await.unwrap();
        house.notices_the_time().await;
        assert!(house.lets_in(&ada.access_token).await);
        token = house.refresh(&token).await.unwrap().refresh_token.unwrap();
    }
    let keys: Vec<String> = house.accounts.jwks().keys.iter().map(|key| key.kid.clone()).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys[0] != first && keys[1] == first, "the new one signs, the old one verifies");
}
