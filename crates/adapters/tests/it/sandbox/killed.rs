//! We are killed, and what runs in our sandboxes ends with us.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use ports::sandbox::{Level, Sandboxes};

use super::lab::{DEATH, Lab, houses, provider, until_none, until_said, with_marker};

/// Names where the process that is to be killed has its sandbox.
const PLACE: &str = "OMOI_TEST_HOLDS_SANDBOX";

/// What a process is told that is to be killed: which house, a workspace with the state of the house beside it, and a marker.
fn told() -> Option<(Level, PathBuf, String)> {
    let place = std::env::var(PLACE).ok()?;
    let (level, place) = place.split_once(':').unwrap();
    let level = match level {
        "process" => Level::Process,
        "user" => Level::User,
        _ => Level::Full,
    };
    let (workspace, marker) = place.rsplit_once(':').unwrap();
    Some((level, workspace.into(), marker.to_owned()))
}

/// Starts a process that does what this test does, and waits until it says that it runs.
fn begun(holder: &str, lab: &Lab, workspace: &Path, marker: &str) -> Child {
    let mut us = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", holder, "--nocapture"])
        .env(PLACE, format!("{}:{}:{marker}", lab.level, workspace.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(us.stdout.take().unwrap());
    let runs = said.lines().map_while(Result::ok).any(|line| line.contains("it runs"));
    assert!(runs, "{}", lab.level);
    us
}

/// Not a test by itself: what the process does that the other test kills.
#[tokio::test]
async fn holder() {
    let Some((level, workspace, marker)) = told() else { return };
    let lab = Lab::of(level);
    let sandboxes = provider(level, &workspace.with_file_name("state"));
    let line = format!(
        ": {marker}; trap '' TERM HUP; (setsid sh -c ': {marker}; sleep 1000; :' &); echo ready; sleep 1000; :"
    );
    let mut plan = lab.plan(&line);
    plan.name = "held".to_owned();
    plan.workspace = workspace;
    let mut sandbox = sandboxes.start(&plan).await.unwrap();
    until_said(&mut sandbox, "ready").await;
    println!("it runs");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn nothing_outlives_us() {
    for lab in houses().await {
        let marker = super::lab::marker();
        let mut us = begun("sandbox::killed::holder", &lab, &lab.plan("").workspace, &marker);
        // The arguments of the guard's file are not among them: only the program and what it started.
        assert!(with_marker(&marker).len() >= 2, "{}", lab.level);
        // SIGKILL.
        us.kill().unwrap();
        us.wait().unwrap();
        until_none(&marker).await;
        assert_eq!(lab.sandboxes.sweep().await.unwrap(), ["held"], "{}", lab.level);
        assert_eq!(lab.sandboxes.sweep().await.unwrap(), [""; 0], "{}", lab.level);
        // The name is free again.
        let mut plan = lab.plan("true");
        plan.name = "held".to_owned();
        assert_eq!(lab.run(&plan).await.exit, ports::sandbox::Exit::Code(0), "{}", lab.level);
    }
}

/// Sandboxes that are started at the same moment.
const MANY: usize = 12;

/// Not a test by itself either: it says that it runs as soon as the first of many has started.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holder_of_many() {
    let Some((level, workspace, marker)) = told() else { return };
    let lab = Lab::of(level);
    let sandboxes: Arc<dyn Sandboxes> = provider(level, &workspace.with_file_name("state")).into();
    sandboxes.probe().await.unwrap();
    for n in 0..MANY {
        let (sandboxes, mut plan) = (sandboxes.clone(), lab.plan(&format!(": {marker}; sleep 1000; :")));
        plan.name = format!("held-{n}");
        plan.workspace = workspace.join(&plan.name);
        std::fs::create_dir_all(&plan.workspace).unwrap();
        tokio::spawn(async move {
            let started = sandboxes.start(&plan).await;
            println!("it runs");
            let _started = started.unwrap();
            std::future::pending::<()>().await;
        });
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn none_of_those_that_are_just_being_started_outlives_us() {
    for lab in houses().await {
        for _ in 0..5 {
            let marker = super::lab::marker();
            let workspace = lab.plan("").workspace;
            let mut us = begun("sandbox::killed::holder_of_many", &lab, &workspace, &marker);
            us.kill().unwrap();
            us.wait().unwrap();
            // A bubblewrap that was killed before its child was set up leaves that behind: it waits for ever, and does nothing.
            let begun = Instant::now();
            while with_marker(&marker).into_iter().any(|pid| !is_bubblewrap(pid)) {
                assert!(begun.elapsed() < DEATH, "{}: programs are left", lab.level);
                tokio::task::yield_now().await;
            }
            lab.sandboxes.sweep().await.unwrap();
            until_none(&marker).await;
        }
    }
}

fn is_bubblewrap(pid: i32) -> bool {
    // What has ended meanwhile is no program that is left.
    let Ok(words) = std::fs::read(format!("/proc/{pid}/cmdline")) else { return true };
    words
        .split(|byte| *byte == 0)
        .next()
        .is_some_and(|program| program.is_empty() || program.ends_with(b"bwrap"))
}
