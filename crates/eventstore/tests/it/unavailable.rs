//! A database that is gone, stalled or full is told apart, in time, and nothing is lost or done twice by it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use embedded::{ScratchPostgres, State, guard};
use eventstore::{AppendError, Options, Store, Unavailable};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use crate::support::{TestDb, execute, item, org, stream_id};

/// A caller is told within this time, whatever the database does.
const TOLD: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_database_that_is_not_there_is_down_within_six_seconds() {
    // Nobody listens: a socket that does not exist, and a port that refuses.
    for url in ["postgres://u@%2Fnonexistent/d", "postgres://u@127.0.0.1:1/d"] {
        let store = Store::open(&Options::new(url)).unwrap();
        let began = Instant::now();
        let (reader, id) = (store.reader(), stream_id());
        let (append, head) = tokio::join!(store.append(item(org(), &id, 0)), reader.head());
        assert!(matches!(append, Err(AppendError::Unavailable(Unavailable::Down(_)))), "{url}: {append:?}");
        assert!(matches!(head, Err(Unavailable::Down(_))), "{url}: {head:?}");
        assert!(began.elapsed() < TOLD, "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_head_that_somebody_holds_stalls_appends_for_two_seconds_and_no_reader() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    store.append(item(org, &id, 0)).await.unwrap();
    let mut holder = db.admin().await;
    execute(&mut holder, "begin; select from es.log_head for update").await;

    let command = item(org, &id, 1);
    let began = Instant::now();
    let stalled = store.append(command.clone()).await.unwrap_err();
    assert!(matches!(stalled, AppendError::Unavailable(Unavailable::Stalled(_))), "{stalled:?}");
    assert!(began.elapsed() < TOLD, "{:?}", began.elapsed());
    assert_eq!(store.reader().head().await.unwrap(), 1);

    execute(&mut holder, "rollback").await;
    assert!(!store.append(command).await.unwrap().repeated);
    assert_eq!(db.count("events").await, 2);
}

#[tokio::test]
async fn a_brake_refuses_before_anything_is_sent() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    store.set_brake(Some(Unavailable::DiskFull("94 % used".into())));
    let refused = store.append(item(org, &id, 0)).await.unwrap_err();
    assert!(matches!(refused, AppendError::Unavailable(Unavailable::DiskFull(_))), "{refused:?}");
    assert_eq!(db.count("events").await, 0);
    store.set_brake(None);
    store.append(item(org, &id, 0)).await.unwrap();
}

#[tokio::test]
async fn a_table_that_is_not_the_logs_is_refused_and_not_retried_as_if_it_were_down() {
    let db = TestDb::empty().await;
    let store = Store::open(&Options::new(db.admin_url())).unwrap();
    let refused = store.append(item(org(), &stream_id(), 0)).await.unwrap_err();
    // Without the schema there is not even the role.
    assert!(matches!(refused, AppendError::Unavailable(Unavailable::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_command_caught_by_a_killed_postgres_appends_once_when_it_is_sent_again() {
    let scratch = ScratchPostgres::start(&guard_exe()).await.unwrap();
    let url = scratch.admin_url();
    eventstore::migrate(&url).await.unwrap();
    let store = Store::open(&Options::new(&url)).unwrap();
    let (org, id) = (org(), stream_id());
    store.append(item(org, &id, 0)).await.unwrap();

    // In flight, and kept there.
    let mut holder = PgConnection::connect(&url).await.unwrap();
    execute(&mut holder, "begin; select from es.log_head for update").await;
    let command = item(org, &id, 1);
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    let (first, mut state) = (scratch.server().pid().expect("it runs"), scratch.server().state());
    let kill = async {
        while !waits(&mut watcher).await {
            tokio::task::yield_now().await;
        }
        kill(first);
        Instant::now()
    };
    let (answer, killed) = tokio::join!(store.append(command.clone()), kill);
    assert!(matches!(answer, Err(AppendError::Unavailable(Unavailable::Down(_)))), "{answer:?}");
    assert!(killed.elapsed() < TOLD, "{:?}", killed.elapsed());

    // It comes back by itself. What is left of the old connections shows at their first use.
    state.wait_for(|s| matches!(s, State::Ready { pid } if *pid != first)).await.expect("it is supervised");
    let mut tries = 0;
    let appended = loop {
        tries += 1;
        match store.append(command.clone()).await {
            Ok(appended) => break appended,
            Err(AppendError::Unavailable(Unavailable::Down(_))) if tries < 10 => {}
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(appended.first_position, Some(2));
    assert!(store.append(command.clone()).await.unwrap().repeated);
    let mut after = PgConnection::connect(&url).await.unwrap();
    let row = sqlx::query("select count(*), count(*) filter (where command_id = $1) from es.events")
        .bind(command.context.command_id.0)
        .fetch_one(&mut after)
        .await
        .unwrap();
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (2, 1));
    scratch.stop().await;
}

/// A pool of dead sessions would otherwise answer one request "down" for each of them, long after the
/// database is back.
#[tokio::test]
async fn the_sessions_of_a_killed_postgres_cost_nobody_an_answer_once_it_is_back() {
    let scratch = ScratchPostgres::start(&guard_exe()).await.unwrap();
    let url = scratch.admin_url();
    eventstore::migrate(&url).await.unwrap();
    let store = Store::open(&Options::new(&url)).unwrap();
    let pools = [&store.pools().load, &store.pools().read, &store.pools().project];
    for pool in pools {
        // All at once, so that each of the four makes a session of its own.
        drop(tokio::try_join!(pool.acquire(), pool.acquire(), pool.acquire(), pool.acquire()).unwrap());
    }
    store.append(item(org(), &stream_id(), 0)).await.unwrap();

    let (first, mut state) = (scratch.server().pid().expect("it runs"), scratch.server().state());
    kill(first);
    state.wait_for(|s| matches!(s, State::Ready { pid } if *pid != first)).await.expect("it is supervised");
    for pool in pools {
        assert_eq!(pool.num_idle(), 4, "they are dead, and nobody has met them yet");
        let ask = || sqlx::query("select 1").execute(pool);
        tokio::try_join!(ask(), ask(), ask(), ask(), ask()).expect("the first answer after it came back");
    }
    store.append(item(org(), &stream_id(), 0)).await.expect("the first append after it came back");
    scratch.stop().await;
}

async fn waits(watcher: &mut PgConnection) -> bool {
    sqlx::query_scalar(
        "select exists (select from pg_stat_activity where wait_event_type = 'Lock' \
           and application_name = 'omoi_append')",
    )
    .fetch_one(watcher)
    .await
    .unwrap()
}

fn kill(pid: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).expect("not 0");
    kill_process(pid, Signal::KILL).unwrap();
}

/// `cargo xtask test` names it; `cargo test` of the workspace builds one beside the tests.
fn guard_exe() -> PathBuf {
    if std::env::var_os(guard::VARIABLE).is_some() {
        return guard::exe_from_env();
    }
    let tests = std::env::current_exe().unwrap();
    let beside = tests.ancestors().nth(2).expect("target/debug/deps/it").join("child-guard");
    assert!(
        beside.exists(),
        "no program to start servers with: run `cargo xtask test`, or `cargo build -p embedded` first"
    );
    beside
}
