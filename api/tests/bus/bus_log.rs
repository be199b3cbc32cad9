//! The bus as analysts read it: an independent program in Python, with the public client and a user that may only read,
//! holds every message against the committed schemas and says what it found.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokio::process::Command;

use crate::place::Place;

pub(crate) const LOG: i16 = 1;

/// What the program found.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    /// Messages that it read.
    pub(crate) messages: i64,
    /// Positions that it read, each once.
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// Positions in between that it never saw.
    pub(crate) missing: Vec<i64>,
    /// What is wrong with messages, in words.
    pub(crate) faults: Vec<String>,
}

/// Reads the whole bus; `planted` spoils one message on the way, for the must-fail twin.
pub(crate) async fn read(place: &Place, planted: Option<&str>) -> Found {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let packages = PathBuf::from(std::env::var_os("OMOI_TEST_PYTHONPATH").expect("run `cargo xtask test`"));
    let mut program = Command::new("python3");
    program
        .arg(root.join("api/tests/bus/validate.py"))
        .arg(root.join("schemas"))
        .env("NATS_URL", place.nats.server().reader_url())
        .env("PYTHONPATH", packages)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .kill_on_drop(true);
    if let Some(planted) = planted {
        program.arg(planted);
    }
    let output = program.output().await.expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// That the bus is the log up to `head`, and every message is as the schemas say.
pub(crate) async fn assert_is_the_log(place: &Place, head: i64) -> Found {
    let found = read(place, None).await;
    assert_eq!(found.faults, Vec::<String>::new());
    assert_eq!((found.first, found.missing.len()), (1, 0), "{:?}", found.missing);
    assert!(found.last >= head, "the bus ends at {}, the log at {head}", found.last);
    found
}

/// The must-fail twin: the program notices a message that is left out, and one that is not as its schema says.
pub(crate) async fn assert_finds_planted_defects(place: &Place) {
    let without = read(place, Some("leave-out")).await;
    assert_eq!(without.missing.len(), 1, "a message that is left out is missed");
    let spoiled = read(place, Some("spoil")).await;
    assert_eq!(spoiled.faults.len(), 1, "a message that is not as its schema says is named: {spoiled:?}");
}
