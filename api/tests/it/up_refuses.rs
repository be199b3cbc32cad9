//! What `omoi up` refuses, before it starts anything.

use std::{fs, net::TcpListener, path::Path, process::Output, time::Duration};

use embedded::{DataDir, percent};
use eventstore::TestClock;
use rustix::process::Signal;
use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Up, omoi, signal};

async fn refused(data_dir: &Path, listen: &str) -> String {
    let mut command = omoi();
    command.args(["up", "--json", "--listen", listen, "--data-dir"]).arg(data_dir);
    let ended = timeout(Duration::from_secs(20), command.output()).await;
    let Output { status, stdout, stderr } = ended.expect("it refuses at once").expect("omoi starts");
    assert_eq!(status.code(), Some(1));
    assert!(stdout.is_empty(), "{stdout:?}");
    String::from_utf8(stderr).expect("text")
}

#[tokio::test]
async fn a_second_one_on_the_same_data_directory() {
    let up = Up::start().await;
    let said = refused(&up.ready.data_dir, "127.0.0.1:0").await;
    assert!(said.contains(&format!("is in use by another omoi (pid {})", up.ready.pid)), "{said}");
    assert!(said.contains("--data-dir"), "{said}");
    assert_eq!(up.status_of("/readyz").await, Some(200), "the first one is not disturbed");
}

#[tokio::test]
async fn a_busy_port_before_anything_is_started() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = directory.path().join("data");
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = busy.local_addr().expect("its address").to_string();
    let said = refused(&data_dir, &address).await;
    assert!(said.contains(&format!("{address} is in use")) && said.contains("--listen"), "{said}");
    assert!(!data_dir.exists(), "it started something");
}

#[tokio::test]
async fn an_address_that_other_machines_reach() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = directory.path().join("data");
    let said = refused(&data_dir, "0.0.0.0:0").await;
    assert!(said.contains("unencrypted"), "{said}");
    assert!(!data_dir.exists(), "it started something");
}

#[tokio::test]
async fn settings_with_faults_and_names_them_all() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut command = omoi();
    command.args(["up", "--listen", "nowhere"]).current_dir(directory.path());
    command.env("OMOI_REQUEST_TIMEOUT_S", "soon").env("DATABASE_URL", "mysql://u:hidden@h/d");
    let output = command.output().await.expect("omoi starts");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    for expected in [
        "not \"nowhere\" (from the command line)",
        "not \"soon\" (from the variable OMOI_REQUEST_TIMEOUT_S)",
        "database_url: expected a URL that begins with postgres:// (from the variable DATABASE_URL)",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("hidden"), "{said}");
}

/// A test moved the clock of this database and left it so.
#[tokio::test]
async fn a_database_whose_clock_was_moved() {
    let mut up = Up::start().await;
    let mut clock = TestClock::of(&admin_url(&up.ready.data_dir)).await.expect("the database");
    clock.advance(Duration::from_secs(3600)).await.expect("moved");
    signal(up.ready.pid, Signal::TERM);
    up.ended(Duration::from_secs(10)).await;
    let said = refused(&up.ready.data_dir, "127.0.0.1:0").await;
    assert!(said.contains("clock") && said.contains("01:00:00"), "{said}");
}

/// The admin of an embedded Postgres, as a person would find it.
fn admin_url(data_dir: &Path) -> String {
    let kept = fs::read_to_string(data_dir.join("postgres.json")).expect("the passwords");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    let sockets = DataDir::existing_home(data_dir).expect("it was started").join("run");
    let host = percent::encode(&sockets.display().to_string());
    format!("postgres://omoi_admin:{}@{host}/omoi", kept["admin"].as_str().expect("a password"))
}
