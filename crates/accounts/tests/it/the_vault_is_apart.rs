//! The database itself keeps the vault apart: its role reads nothing of the log, and no other role reads the vault.

use crate::support::TestDb;

async fn refused(db: &TestDb, role: &str, statement: &str) -> bool {
    let mut session = db.session(role).await;
    match sqlx::query(statement).execute(&mut session).await {
        Ok(_) => false,
        Err(error) => {
            let code = error.as_database_error().and_then(|error| error.code().map(|code| code.to_string()));
            assert_eq!(code.as_deref(), Some("42501"), "{role}: {statement}: {error}");
            true
        }
    }
}

#[tokio::test]
async fn no_other_role_reads_the_vault() {
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name from information_schema.tables where table_schema = 'vault' order by 1",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert!(tables.len() >= 11, "{tables:?}");
    for role in ["omoi_append", "omoi_read", "omoi_project"] {
        for table in &tables {
            assert!(refused(&db, role, &format!("select * from vault.{table}")).await, "{role} {table}");
            assert!(refused(&db, role, &format!("delete from vault.{table}")).await, "{role} {table}");
        }
    }
    // The twin: its own role may.
    assert!(!refused(&db, "omoi_vault", "select * from vault.credentials").await);
}

/// What belongs to an organization is seen by who says which one it is, whatever the statement forgets.
#[tokio::test]
async fn a_bus_credential_is_seen_in_its_organization_only() {
    let db = TestDb::new().await;
    let (mine, theirs) = (kernel::Uuid::from_u128(1), kernel::Uuid::from_u128(2));
    let mut vault = db.session("omoi_vault").await;
    let insert = "insert into vault.bus_credentials (org_id, id, name, hash, maker, made_at) \
                  values ($1, gen_random_uuid(), 'n', '$2b$04$' || repeat('a', 53), gen_random_uuid(), omoi_now())";
    let count = "select count(*) from vault.bus_credentials";
    for org in [mine, theirs] {
        sqlx::query("select set_config('app.org', $1, false)")
            .bind(org.to_string())
            .execute(&mut vault)
            .await
            .unwrap();
        sqlx::query(insert).bind(org).execute(&mut vault).await.unwrap();
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut vault).await.unwrap();
        assert_eq!(seen, 1, "{org}");
    }
    let foreign = sqlx::query(insert).bind(mine).execute(&mut vault).await;
    let code =
        foreign.unwrap_err().as_database_error().and_then(|error| error.code().map(|code| code.to_string()));
    assert_eq!(code.as_deref(), Some("42501"));
    sqlx::query("select set_config('app.org', '', false)").execute(&mut vault).await.unwrap();
    let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut vault).await.unwrap();
    assert_eq!(seen, 0, "nobody said which organization");
    let all: i64 = sqlx::query_scalar(count).fetch_one(&mut db.admin().await).await.unwrap();
    assert_eq!(all, 2);
}

#[tokio::test]
async fn the_role_of_the_vault_reads_nothing_else() {
    let db = TestDb::new().await;
    for statement in [
        "select * from es.events",
        "select * from es.guards",
        "select * from read_models.memberships",
        "select * from read_models.people",
        "select es.head(1::smallint)",
        "select es.load(null::uuid, null, null, null, null, null)",
    ] {
        assert!(refused(&db, "omoi_vault", statement).await, "{statement}");
    }
    // What was written down stays so.
    for statement in ["update vault.audit set what = 'x'", "delete from vault.audit", "truncate vault.audit"]
    {
        assert!(refused(&db, "omoi_vault", statement).await, "{statement}");
    }
}
