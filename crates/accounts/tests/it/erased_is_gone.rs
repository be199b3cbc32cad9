//! Who is erased is gone: from the database, from every backup of the log, and for good.

use accounts::{AccountError, ErasedList};
use commands::{Actor, Intent};
use kernel::{ActorId, Uuid};
use vocabulary::{Name, Slug};

use crate::house::{House, PASSWORD};

fn list() -> ErasedList {
    ErasedList::at(std::env::temp_dir().join(format!("omoi-erased-{}", Uuid::now_v7())).join("erased.list"))
}

#[tokio::test]
async fn nobody_opens_what_was_sealed_by_who_is_erased() {
    let house = House::new().await;
    let ada = house.person("ada@example.org").await;
    let (user, list) = (ada.view.user, list());
    house.accounts.erase(user, &list).await.unwrap();
    assert!(!house.lets_in(&ada.access_token).await);
    let refused = house.sign_in("ada@example.org", PASSWORD).await;
    assert!(matches!(refused, Err(AccountError::InvalidCredentials)), "{refused:?}");
    assert!(house.refresh(&ada.refresh_token.unwrap()).await.is_err());
    let mut admin = house.db.admin().await;
    let keys: i64 = sqlx::query_scalar("select count(*) from vault.data_keys where subject = $1")
        .bind(user.0)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(keys, 0);
    // The address is free again, for whoever reads its mail now.
    house.person("ada@example.org").await;
    // Twice is once.
    house.accounts.erase(user, &list).await.unwrap();
}

/// A backup from before the erasure is put back: the key is there again, until the next start.
#[tokio::test]
async fn a_backup_brings_nobody_back() {
    let house = House::new().await;
    let ada = house.person("ada@example.org").await;
    let (user, list) = (ada.view.user, list());
    let mut admin = house.db.admin().await;
    let key: Vec<u8> = sqlx::query_scalar("select wrapped from vault.data_keys where subject = $1")
        .bind(user.0)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    house.accounts.erase(user, &list).await.unwrap();
    sqlx::query("insert into vault.data_keys values ($1, $2, omoi_now())")
        .bind(user.0)
        .bind(&key)
        .execute(&mut admin)
        .await
        .unwrap();
    house.accounts.apply_erased(&list).await.unwrap();
    let keys: i64 = sqlx::query_scalar("select count(*) from vault.data_keys where subject = $1")
        .bind(user.0)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(keys, 0);
}

#[tokio::test]
async fn the_last_owner_says_first_whose_it_is() {
    let house = House::new().await;
    let ada = house.person("ada@example.org").await;
    let user = ada.view.user;
    let actor = Actor::outside(ActorId(user.0));
    let founded = house
        .accounts
        .found(&Intent::new(actor, b""), user, Name::new("Acme").unwrap(), "acme".parse::<Slug>().unwrap())
        .await
        .unwrap();
    let entrance = house.sign_in("ada@example.org", PASSWORD).await.unwrap();
    // The list of organizations is a read model, and nobody projects here: told by hand.
    assert!(entrance.view.organizations.is_empty());
    let intent = Intent::new(Actor::process(founded.org, ActorId(user.0)), b"");
    let refused = house.accounts.leave(&intent, user).await.unwrap_err().to_string();
    assert!(refused.contains("last owner"), "{refused}");
}
