//! We are killed, and what runs in our sandboxes ends with us.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ports::sandbox::Level;

use super::lab::{Lab, houses, provider, until_none, until_said, with_marker};

/// Names where the process that is to be killed has its sandbox.
const PLACE: &str = "OMOI_TEST_HOLDS_SANDBOX";

/// Not a test by itself: what the process does that the other test kills.
#[tokio::test]
async fn holder() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let (level, place) = place.split_once(':').unwrap();
    let level = match level {
        "process" => Level::Process,
        "user" => Level::User,
        _ => Level::Full,
    };
    let (workspace, marker) = place.rsplit_once(':').unwrap();
    let lab = Lab::of(level);
    let sandboxes = provider(level, &Path::new(workspace).with_file_name("state"));
    let line = format!(
        ": {marker}; trap '' TERM HUP; (setsid sh -c ': {marker}; sleep 1000; :' &); echo ready; sleep 1000; :"
    );
    let mut plan = lab.plan(&line);
    plan.name = "held".to_owned();
    plan.workspace = PathBuf::from(workspace);
    let mut sandbox = sandboxes.start(&plan).await.unwrap();
    until_said(&mut sandbox, "ready").await;
    println!("it runs");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn nothing_outlives_us() {
    for lab in houses().await {
        let marker = super::lab::marker();
        let workspace = lab.plan("").workspace;
        let mut us = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sandbox::killed::holder", "--nocapture"])
            .env(PLACE, format!("{}:{}:{marker}", lab.level, workspace.display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(us.stdout.take().unwrap());
        let runs = said.lines().map_while(Result::ok).any(|line| line.contains("it runs"));
        assert!(runs, "{}", lab.level);
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
