//! Letters are kept until they were taken, and no longer; what is kept says nothing.

use std::time::Duration;

use accounts::Origin;
use ports::mail::MailError;

use crate::house::{House, PASSWORD, until};

async fn stored(house: &House) -> Vec<String> {
    let mut admin = house.db.admin().await;
    sqlx::query_scalar("select sealed from vault.mails").fetch_all(&mut admin).await.unwrap()
}

#[tokio::test]
async fn a_letter_is_sent_again_until_it_is_taken() {
    let house = House::new().await;
    let mut clock = house.db.clock().await;
    let later = MailError::Later { reason: "the server is away".into() };
    house.letters.refuses.lock().unwrap().extend([later.clone(), later]);
    house.registered("ada@example.org").await;
    until("it was refused twice", async || {
        // It is tried again 10 s and 20 s later; the node looks every few seconds.
        clock.advance(Duration::from_secs(1)).await.unwrap();
        house.letters.refuses.lock().unwrap().is_empty().then_some(())
    })
    .await;
    clock.advance(Duration::from_secs(60)).await.unwrap();
    let token = house.token_for("ada@example.org").await;
    house.accounts.verify_email(&token, PASSWORD.into(), &Origin::default()).await.unwrap();
    assert_eq!(house.letters.letters.lock().unwrap().len(), 0, "one letter, and it was read");
    assert_eq!(stored(&house).await.len(), 0);
}

#[tokio::test]
async fn a_letter_that_can_never_arrive_is_given_up() {
    let house = House::new().await;
    house.letters.refuses.lock().unwrap().push(MailError::Never { reason: "no such mailbox".into() });
    house.registered("ada@example.org").await;
    until("it is given up", async || {
        let refused = house.letters.refuses.lock().unwrap().is_empty();
        (refused && stored(&house).await.is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_of_a_letter_says_nothing() {
    let house = House::new().await;
    let refusals = vec![MailError::Later { reason: "away".into() }; 50];
    house.letters.refuses.lock().unwrap().extend(refusals);
    house.registered("ada@example.org").await;
    let kept = stored(&house).await;
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].contains("ada") && !kept[0].contains("omoi_verify"));
}
