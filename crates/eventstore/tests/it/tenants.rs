//! Tenants are kept apart by the database itself: every table with an organization in it has row-level security, forced
//! also on its owner, or a reason why no tenant's question ever touches it; and no role of the app can step around it.

use std::collections::BTreeSet;

use crate::support::{TestDb, execute};

/// What the app's processes use to answer a tenant.
const ANSWERS_TENANTS: &str = "omoi_read";
const ROLES: [&str; 4] = ["omoi_append", "omoi_read", "omoi_project", "omoi_vault"];

/// Written by `es.append`, whose items each name their organization, and read by loops that carry the whole log.
const OF_THE_LOG: &str = "only es.* functions and loops over the whole log use it";
/// Rows that processes keep; they act for every organization and answer nobody.
const OF_PROCESSES: &str = "processes act for every organization and answer nobody";
/// Whoever shows a token has not said yet in which organization: the row says it.
const OF_TOKENS: &str = "the row says which organization a token is for";

/// Tables without row-level security, and why that is safe.
const EXEMPT: &[(&str, &str)] = &[
    ("es.command_results", OF_THE_LOG),
    ("es.counters", OF_THE_LOG),
    ("es.guards", OF_THE_LOG),
    ("es.ingest", OF_THE_LOG),
    ("es.leases", OF_THE_LOG),
    ("es.pool_holders", OF_THE_LOG),
    ("es.pools", OF_THE_LOG),
    ("es.snapshots", OF_THE_LOG),
    ("es.streams", OF_THE_LOG),
    ("processes.actions", OF_PROCESSES),
    ("processes.memory", OF_PROCESSES),
    ("vault.api_keys", OF_TOKENS),
    (
        "vault.audit",
        "also who was refused before it was known where they belong; read by organization in one place",
    ),
    ("vault.sessions", OF_TOKENS),
    ("vault.single_use_tokens", OF_TOKENS),
    ("vault.ws_tickets", OF_TOKENS),
];

/// A table with an organization in it.
#[derive(Debug, sqlx::FromRow)]
struct Table {
    name: String,
    enabled: bool,
    forced: bool,
    partition: bool,
    /// Roles of the app that may read or change anything of it.
    open_to: Vec<String>,
    /// Of those, the ones that no policy is about: they see nothing.
    without_policy: Vec<String>,
}

async fn tables(db: &TestDb) -> Vec<Table> {
    let mut admin = db.admin().await;
    sqlx::query_as(
        "with of_app as (select oid, rolname from pg_roles where rolname = any($1)) \
         select n.nspname || '.' || c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, \
                c.relispartition as partition, \
                array(select rolname::text from of_app r where has_any_column_privilege(r.oid, c.oid, \
                      'select, insert, update') or has_table_privilege(r.oid, c.oid, 'delete, truncate') \
                      order by 1) as open_to, \
                array(select rolname::text from of_app r where has_any_column_privilege(r.oid, c.oid, \
                      'select, insert, update') and not exists (select from pg_policy p where p.polrelid = c.oid \
                      and r.oid = any(p.polroles)) order by 1) as without_policy \
         from pg_class c join pg_namespace n on n.oid = c.relnamespace \
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') \
           and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('org', 'org_id') \
                       and a.attnum > 0 and not a.attisdropped) \
         order by 1",
    )
    .bind(&ROLES[..])
    .fetch_all(&mut admin)
    .await
    .unwrap()
}

/// What is wrong with the tables, in words.
fn faults(tables: &[Table]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut unused: BTreeSet<&str> = EXEMPT.iter().map(|(name, _)| *name).collect();
    for Table { name, enabled, forced, partition, open_to, without_policy } in tables {
        let exempt = unused.remove(name.as_str());
        match (*enabled && *forced, exempt) {
            (true, true) => faults.push(format!("{name} has row-level security and needs no exemption")),
            (true, false) if !without_policy.is_empty() => {
                faults.push(format!("{name} has no policy for {without_policy:?}"));
            }
            (true, false) => {}
            // Its rows are reached through the table that it is a part of, whose policies then hold.
            (false, false) if *partition && open_to.is_empty() => {}
            (false, true) if !open_to.iter().any(|role| role == ANSWERS_TENANTS) => {}
            (false, true) => faults.push(format!("{name} is exempt, and {ANSWERS_TENANTS} may use it")),
            (false, false) => {
                faults.push(format!(
                    "{name}: row-level security is not forced (enabled {enabled}), open to {open_to:?}"
                ));
            }
        }
    }
    faults.extend(unused.into_iter().map(|name| format!("{name} is exempt and does not exist")));
    faults
}

#[tokio::test]
async fn row_level_security_is_forced_on_every_table_of_tenants() {
    let db = TestDb::new().await;
    let known = tables(&db).await;
    assert_eq!(faults(&known), Vec::<String>::new());
    let secured: Vec<&str> =
        known.iter().filter(|table| table.forced).map(|table| table.name.as_str()).collect();
    for table in
        ["es.blobs", "es.events", "read_models.board", "read_models.memberships", "vault.bus_credentials"]
    {
        assert!(secured.contains(&table), "{table}: {secured:?}");
    }

    // The twin: each way to forget it is seen.
    let mut admin = db.admin().await;
    for (break_it, said) in [
        ("alter table es.events no force row level security", "es.events: row-level security is not forced"),
        (
            "alter table read_models.board disable row level security",
            "read_models.board: row-level security is not",
        ),
        ("create table es.forgotten (org_id uuid)", "es.forgotten: row-level security is not forced"),
        ("grant select on es.streams to omoi_read", "es.streams is exempt, and omoi_read may use it"),
        (
            "grant select on read_models.board_1 to omoi_read",
            "read_models.board_1: row-level security is not forced",
        ),
        ("drop policy one_org on vault.bus_credentials", "vault.bus_credentials has no policy for"),
    ] {
        execute(&mut admin, break_it).await;
        let found = faults(&tables(&db).await);
        assert!(found.iter().any(|fault| fault.starts_with(said)), "{break_it}: {found:?}");
    }
}

#[tokio::test]
async fn no_role_of_the_app_steps_around_it() {
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    let login: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&mut db.session("none").await)
        .await
        .unwrap();
    for role in ROLES.into_iter().chain([login.as_str()]) {
        let (superuser, bypasses, owns, becomes): (bool, bool, bool, bool) = sqlx::query_as(
            "select r.rolsuper, r.rolbypassrls, \
                    exists (select from pg_class c where c.relowner = r.oid), \
                    pg_has_role(r.oid, 'omoi_owner', 'member') \
             from pg_roles r where r.rolname = $1",
        )
        .bind(role)
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!((superuser, bypasses, owns, becomes), (false, false, false, false), "{role}");
    }
    // The twin: the owner of the tables is seen as one, and the server's own user as above the law.
    let owners: (bool, bool) = sqlx::query_as(
        "select exists (select from pg_class c where c.relowner = 'omoi_owner'::regrole), \
                (select rolsuper from pg_roles where rolname = current_user)",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    assert_eq!(owners, (true, true));
}
