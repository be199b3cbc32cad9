//! Without the master key nobody reads what the database has sealed; with another one nothing starts; and it can be
//! changed.

use vault::envelope::{MasterKey, MasterKeys};

use crate::house::{House, PASSWORD};

fn same(key: &MasterKey) -> MasterKey {
    MasterKey::parse(&key.to_text()).unwrap()
}

#[tokio::test]
async fn a_database_with_another_master_key_is_refused_by_name() {
    let right = MasterKey::random();
    let masters = MasterKeys::new(same(&right), vec![]);
    let house = House::of(crate::support::TestDb::new().await, masters).await.unwrap();
    house.person("ada@example.org").await;
    let other = MasterKey::random();
    let refused = crate::house::open(&house.db, MasterKeys::new(other, vec![]), house.letters.clone()).await;
    let refused = refused.map(drop).unwrap_err().to_string();
    assert!(refused.contains("cannot be unwrapped"), "{refused}");
    // The old one beside the new one is enough.
    let both = MasterKeys::new(MasterKey::random(), vec![right]);
    let again = crate::house::open(&house.db, both, house.letters.clone()).await.unwrap();
    assert!(again.jwks().keys.len() == 1, "and what it had sealed is read");
}

#[tokio::test]
async fn nothing_in_the_database_says_who_somebody_is() {
    let house = House::new().await;
    house.person("ada.lovelace@example.org").await;
    house.sign_in("ada.lovelace@example.org", PASSWORD).await.unwrap();
    let mut admin = house.db.admin().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables \
         where table_schema in ('es', 'vault', 'read_models') and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables {
        let found: i64 = sqlx::query_scalar(&format!(
            "select count(*) from {table} t where t::text ilike '%lovelace%' or t::text ilike '%otters%' \
             or t::text ilike '%Somebody%'"
        ))
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!(found, 0, "{table}");
    }
    // The search would find it: a name planted in one table is seen.
    sqlx::query(
        "insert into vault.audit (at, what, allowed, subject) values (omoi_now(), 'x', true, 'Lovelace')",
    )
    .execute(&mut admin)
    .await
    .unwrap();
    let planted: i64 =
        sqlx::query_scalar("select count(*) from vault.audit t where t::text ilike '%lovelace%'")
            .fetch_one(&mut admin)
            .await
            .unwrap();
    assert_eq!(planted, 1);
}

#[tokio::test]
async fn when_everything_is_wrapped_again_the_old_master_key_can_go() {
    let (old, new) = (MasterKey::random(), MasterKey::random());
    let first = MasterKeys::new(same(&old), vec![]);
    let house = House::of(crate::support::TestDb::new().await, first).await.unwrap();
    for at in 0..3 {
        house.person(&format!("ada{at}@example.org")).await;
    }
    let open = async |masters| crate::house::open(&house.db, masters, house.letters.clone()).await;
    let both = open(MasterKeys::new(same(&new), vec![same(&old)])).await.unwrap();
    let before = both.wrapped().await.unwrap();
    assert_eq!(before.len(), 1, "all by the old one: {before:?}");
    let all: u64 = before.values().sum();
    assert!(all >= 4, "three people and the installation: {before:?}");
    assert_eq!(both.rewrap(|_| {}).await.unwrap(), all);
    let after = both.wrapped().await.unwrap();
    assert_eq!((after.len(), after.values().sum::<u64>()), (1, all));
    assert_ne!(after.keys().next(), before.keys().next());
    assert_eq!(both.rewrap(|_| {}).await.unwrap(), 0, "and once is enough");
    // The new one alone reads everything, the old one nothing.
    let alone = open(MasterKeys::new(new, vec![])).await.unwrap();
    assert_eq!(alone.jwks().keys.len(), 1);
    alone.person_of("ada0@example.org").await.unwrap();
    open(MasterKeys::new(old, vec![])).await.map(drop).unwrap_err();
}
