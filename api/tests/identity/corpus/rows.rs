//! The data file: what is sent, by whom, and what it must be answered.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// A row. The numbers are those of the list of attacks that it was written from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) n: u32,
    /// D1 tokens, D2 objects and roles, D3 text, D4 sizes and shapes, D6 webhooks and OAuth, D7 the live socket.
    #[expect(dead_code, reason = "for whoever reads the file")]
    set: String,
    pub(super) what: String,
    /// Every answer that will do: a status, a code of a frame or of the end of a socket; 0: the server hangs up.
    #[serde(default)]
    pub(super) expect: Vec<Value>,
    /// The name of a bearer token or key that is forged.
    pub(super) token: Option<String>,
    /// The name of bytes that no client would send.
    pub(super) socket: Option<String>,
    /// The name of what a client of the live socket does.
    pub(super) live: Option<String>,
    /// The name of what goes wrong in a sign-in by a provider.
    pub(super) provider: Option<String>,
    /// Who sends: `none`, `owner`, `member` or `viewer`.
    #[serde(rename = "as")]
    pub(super) sender: Option<String>,
    /// Method and address below `/api/v1`, with names in braces for what is there.
    pub(super) send: Option<String>,
    /// The address goes out byte for byte.
    #[serde(default)]
    pub(super) raw_path: bool,
    pub(super) body: Option<Value>,
    pub(super) text: Option<String>,
    pub(super) hex: Option<String>,
    /// A JSON body of so many bytes.
    pub(super) big: Option<usize>,
    /// The content type, when it is not JSON.
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// A body that the same request is sent with before.
    pub(super) first: Option<Value>,
    /// What was made has this title, and is answered as text.
    pub(super) keeps: Option<String>,
    /// Stands nowhere in the answer.
    pub(super) hides: Option<String>,
    /// `later`: what it would be sent to is not built.
    pub(super) surface: Option<Later>,
    /// Where it will be.
    pub(super) address: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Later {
    Later,
}

/// What came of sending a row once.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// In which way it was sent.
    pub(super) how: String,
    pub(super) outcome: Value,
    pub(super) body: String,
    /// The title of what was made, as it is read again.
    pub(super) kept: Option<String>,
}

impl Seen {
    pub(super) fn of(how: &str, outcome: impl Into<Value>, body: &str) -> Self {
        Self { how: how.to_owned(), outcome: outcome.into(), body: body.to_owned(), kept: None }
    }
}

impl Row {
    /// Whether it is harmless, and does what it asks for.
    pub(super) fn makes(&self) -> bool {
        self.expect.contains(&json!(201))
    }
}

/// All of them.
pub(super) fn rows() -> Vec<Row> {
    let rows: Vec<Row> =
        serde_json::from_str(include_str!("../../hostile/corpus.json")).expect("the data file");
    for row in &rows {
        let later = row.surface.is_some();
        assert_eq!(row.expect.is_empty(), later, "{}: what is sent has an answer", row.what);
        assert_eq!(row.address.is_some(), later, "{}: what is later has an address", row.what);
        let ways = [&row.token, &row.socket, &row.live, &row.provider, &row.send];
        let ways = ways.iter().filter(|way| way.is_some()).count() + usize::from(later);
        assert_eq!(ways, 1, "{}: one way", row.what);
    }
    rows
}
