//! What was committed survives a killed server, and the server comes back by itself.

use embedded::{ScratchOptions, ScratchPostgres, State};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use sqlx::{Connection, PgConnection};

use crate::guard_exe;

fn pid(raw: u32) -> Pid {
    Pid::from_raw(i32::try_from(raw).expect("process ids are small")).expect("process ids are not zero")
}

#[tokio::test]
async fn a_killed_server_comes_back_with_what_was_committed() {
    let scratch = ScratchPostgres::start(guard_exe()).await.expect("a server");
    let mut before = PgConnection::connect(&scratch.admin_url()).await.expect("a connection");
    sqlx::raw_sql("create table kept (n int); insert into kept values (42)")
        .execute(&mut before)
        .await
        .expect("a row");

    let first = scratch.server().pid().expect("it runs");
    let mut state = scratch.server().state();
    kill_process(pid(first), Signal::KILL).expect("it can be killed");
    state.wait_for(|s| matches!(s, State::Ready { pid } if *pid != first)).await.expect("it is supervised");

    let mut after = PgConnection::connect(&scratch.admin_url()).await.expect("a connection");
    let kept: i32 = sqlx::query_scalar("select n from kept").fetch_one(&mut after).await.expect("the row");
    assert_eq!(kept, 42);
    scratch.stop().await;
}

#[tokio::test]
async fn settings_are_durable_and_the_callers_win() {
    let options = ScratchOptions {
        settings: vec![("max_connections".into(), "17".into())],
        ..ScratchOptions::new(guard_exe())
    };
    let scratch = ScratchPostgres::start_with(options).await.expect("a server");
    let mut connection = PgConnection::connect(&scratch.admin_url()).await.expect("a connection");
    for (name, expected) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("max_connections", "17"),
        ("jit", "off"),
        ("server_encoding", "UTF8"),
    ] {
        let actual: String = sqlx::query_scalar("select current_setting($1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .expect("a setting");
        assert_eq!(actual, expected, "{name}");
    }
    sqlx::raw_sql("create extension vector").execute(&mut connection).await.expect("pgvector is there");
    scratch.stop().await;
}

#[tokio::test]
async fn dropping_leaves_neither_process_nor_files() {
    let scratch = ScratchPostgres::start(guard_exe()).await.expect("a server");
    let server = pid(scratch.server().pid().expect("it runs"));
    let directory = scratch.directory().to_path_buf();
    drop(scratch);
    assert!(test_kill_process(server).is_err(), "the server still runs");
    assert!(!directory.exists(), "{} is left", directory.display());
}
