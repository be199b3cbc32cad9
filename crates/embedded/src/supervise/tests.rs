//! With a shell as the child: it says what a real one says, at the worst moment.

use std::{path::Path, time::Duration};

use rustix::process::Signal;

use super::*;
use crate::guard::{self, OnParentDeath};

/// Runs a script that finds its own number of the start in `$1`, and is ready when it wrote a file `ready`.
struct Script {
    directory: PathBuf,
    script: &'static str,
    starts: usize,
}

impl Program for Script {
    const SERVICE: &'static str = "Script";
    const STOP: (Signal, Duration) = (Signal::TERM, Duration::from_secs(5));
    const STOP_NOW: (Signal, Duration) = (Signal::KILL, Duration::from_secs(5));

    fn launch(&mut self) -> Result<Launch> {
        self.starts += 1;
        let arguments = ["-c", self.script, "script", &self.starts.to_string()].map(str::to_owned);
        Ok(Launch {
            guard_exe: guard::exe_from_env(),
            on_parent_death: OnParentDeath::Terminate,
            account: None,
            directory: self.directory.clone(),
            program: "/bin/sh".into(),
            arguments: arguments.to_vec(),
            log: self.log(),
        })
    }

    async fn probe(&self) -> Probe {
        if self.directory.join("ready").exists() { Probe::Ready } else { Probe::NotYet }
    }

    fn predecessor_is_leaving(&self, said: &str) -> bool {
        said.contains("the place is taken")
    }

    fn log(&self) -> PathBuf {
        self.directory.join("log")
    }
}

async fn start(directory: &Path, script: &'static str) -> Result<Supervisor> {
    Supervisor::start(Script { directory: directory.to_owned(), script, starts: 0 }).await
}

/// The predecessor writes to the same log while it leaves, and its words come after those of the child.
#[tokio::test]
async fn a_predecessor_that_leaves_talking_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"
        if [ "$1" -lt 3 ]; then
            echo "the place is taken"
            for line in 1 2 3 4 5 6 7 8 9; do echo "could not send data to client"; done
            exit 1
        fi
        touch ready
        exec sleep 60
    "#;
    start(directory.path(), script).await.expect("the third start finds the place free").stop().await;
}

/// What an earlier start said is no reason to try again.
#[tokio::test]
async fn a_child_that_ends_for_another_reason_is_not_started_again() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("log"), "the place is taken\n").unwrap();
    let refused = start(directory.path(), "echo broken; touch \"$1\"; exit 3").await.unwrap_err();
    assert!(refused.to_string().ends_with("broken"), "{refused}");
    assert!(directory.path().join("1").exists() && !directory.path().join("2").exists());
}
