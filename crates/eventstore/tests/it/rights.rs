//! Each role can do what its part of the program does, and nothing else.

use sqlx::postgres::PgConnection;

use crate::support::{TestDb, execute, item, org, stream_id};

const REFUSED: &str = "42501";
const APPEND_ONLY: &str = "OM010";

async fn code(session: &mut PgConnection, sql: &str) -> String {
    match sqlx::raw_sql(sql).execute(session).await {
        Ok(done) => format!("done, {} rows", done.rows_affected()),
        Err(error) => match error.as_database_error().and_then(|e| e.code()) {
            Some(code) => code.into_owned(),
            None => panic!("{sql}: {error}"),
        },
    }
}

async fn one_event(db: &TestDb) -> kernel::OrgId {
    let org = org();
    db.store().append(item(org, &stream_id(), 0)).await.unwrap();
    assert_eq!(db.count("events").await, 1);
    org
}

#[tokio::test]
async fn no_role_of_the_app_changes_the_log() {
    let db = TestDb::new().await;
    one_event(&db).await;
    for role in ["omoi_append", "omoi_read", "omoi_project", "none"] {
        let mut session = db.session(role).await;
        // The partitions as well, which hold the rows.
        for table in ["es.events", "es.events_p000000"] {
            for change in [
                format!("update {table} set actor = gen_random_uuid()"),
                format!("delete from {table}"),
                format!("truncate {table}"),
                format!("insert into {table} (position) values (2)"),
                format!("alter table {table} disable trigger all"),
                format!("drop table {table}"),
            ] {
                assert_eq!(code(&mut session, &change).await, REFUSED, "{role}: {change}");
            }
        }
    }
    assert_eq!(db.count("events").await, 1);
}

#[tokio::test]
async fn even_the_owner_and_the_superuser_cannot_change_or_remove_an_event() {
    let db = TestDb::new().await;
    one_event(&db).await;
    let mut session = db.admin().await;
    for role in ["none", "omoi_owner"] {
        execute(&mut session, &format!("set role {role}")).await;
        for table in ["es.events", "es.events_p000000"] {
            for change in ["update {} set actor = gen_random_uuid()", "delete from {}", "truncate {}"] {
                let change = change.replace("{}", table);
                assert_eq!(code(&mut session, &change).await, APPEND_ONLY, "{role}: {change}");
            }
        }
    }
    assert_eq!(db.count("events").await, 1);
}

#[tokio::test]
async fn only_the_append_role_appends_and_it_does_nothing_else() {
    let db = TestDb::new().await;
    one_event(&db).await;
    let append = "select * from es.append(1::smallint, '{}', '{}', '{}', '{}', '{}', false, false)";
    let load = "select * from es.load(gen_random_uuid(), 'counter', 'x', null, null, 0)";
    let acquire = "select es.lease_acquire(gen_random_uuid(), 'x', 'x', 1)";
    let partitions = "select es.make_partitions(1)";
    let may = [
        ("omoi_append", vec![append, load]),
        ("omoi_read", vec![]),
        ("omoi_project", vec![acquire, partitions]),
    ];
    for (role, allowed) in may {
        let mut session = db.session(role).await;
        for call in [append, load, acquire, partitions] {
            let refused = code(&mut session, call).await == REFUSED;
            assert_eq!(refused, !allowed.contains(&call), "{role}: {call}");
        }
        for internal in [
            "select es.find_losers(1::smallint, '{}', '{}', '{}', null)",
            "select es.apply_guard(null, null)",
            "select es.take_new('{}')",
        ] {
            assert_eq!(code(&mut session, internal).await, REFUSED, "{role}: {internal}");
        }
    }
    let mut session = db.session("omoi_append").await;
    let tables =
        ["log_head", "streams", "command_results", "guards", "pools", "pool_holders", "leases", "ingest"];
    for table in tables.iter().chain(&["events", "snapshots", "checkpoints", "parked", "blobs", "seals"]) {
        for sql in [format!("select from es.{table}"), format!("delete from es.{table}")] {
            assert_eq!(code(&mut session, &sql).await, REFUSED, "{sql}");
        }
    }
    for role in ["omoi_read", "omoi_project"] {
        let mut session = db.session(role).await;
        for table in tables.iter().chain(&["snapshots", "blobs", "seals"]) {
            let sql = format!("delete from es.{table}");
            assert_eq!(code(&mut session, &sql).await, REFUSED, "{role}: {sql}");
        }
    }
}

#[tokio::test]
async fn a_login_without_a_role_has_no_right() {
    let db = TestDb::new().await;
    one_event(&db).await;
    let mut session = db.session("none").await;
    for sql in [
        "select from es.events",
        "select * from es.append(1::smallint, '{}', '{}', '{}', '{}', '{}', false, false)",
        "set role omoi_owner",
        "create table public.mine ()",
        "create schema mine",
    ] {
        assert_eq!(code(&mut session, sql).await, REFUSED, "{sql}");
    }
}

#[tokio::test]
async fn a_query_that_forgot_the_organization_shows_only_ones_own_rows() {
    let db = TestDb::new().await;
    let (mine, theirs) = (one_event_of(&db, 2).await, one_event_of(&db, 3).await);
    let mut session = db.session("omoi_read").await;
    // With the settings of production the plan is an index scan; with others row-level security stands as well.
    for sql in ["select from es.events", "select from es.events order by position", "select from es.blobs"] {
        let blobs = sql.contains("blobs");
        assert_eq!(rows(&mut session, sql).await, 0, "without a setting: {sql}");
        for (org, expected) in [(mine, 2), (theirs, 3), (org(), 0)] {
            execute(&mut session, &format!("begin; select set_config('app.org', '{org}', true)")).await;
            assert_eq!(
                rows(&mut session, sql).await,
                if blobs { expected.min(1) } else { expected },
                "{sql}"
            );
            execute(&mut session, "commit").await;
            assert_eq!(rows(&mut session, sql).await, 0, "the setting ended with its transaction: {sql}");
        }
    }
    // One's own setting and the id of somebody else's row.
    execute(&mut session, &format!("begin; select set_config('app.org', '{mine}', true)")).await;
    assert_eq!(rows(&mut session, &format!("select from es.events where org_id = '{theirs}'")).await, 0);
    assert_eq!(rows(&mut session, "select from es.events where position = 5").await, 0);
    assert_eq!(code(&mut session, "select from es.events_p000000").await, REFUSED);
    execute(&mut session, "rollback").await;
    assert_eq!(rows(&mut db.session("omoi_project").await, "select from es.events").await, 5);
}

async fn one_event_of(db: &TestDb, events: i64) -> kernel::OrgId {
    let (store, org, id) = (db.store(), org(), stream_id());
    for version in 0..events {
        store.append(item(org, &id, version)).await.unwrap();
    }
    store.put_blob(org, b"large").await.unwrap();
    org
}

async fn rows(session: &mut PgConnection, sql: &str) -> i64 {
    let count = format!("select count(*) from ({sql}) as q");
    sqlx::query_scalar(&count).fetch_one(session).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}
