//! What a client knows of its calls: a line of JSON each, on the disk before the client acts on it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A line of a journal. Fields that are not listed (a time) are for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// The command is about to be sent.
    Invoke {
        /// Its id.
        command_id: Uuid,
        /// What it was made from, to make it again.
        #[serde(default)]
        seed: u64,
    },
    /// It was acknowledged: its events are in the log.
    Ok {
        /// Its id.
        command_id: Uuid,
        /// What it was made from.
        #[serde(default)]
        seed: u64,
        /// Where its events begin, as answered; `None` when that was not noted, or when it had none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_position: Option<i64>,
    },
    /// It was refused: nothing of it is in the log.
    Fail {
        /// Its id.
        command_id: Uuid,
        /// What it was made from.
        #[serde(default)]
        seed: u64,
    },
    /// No answer that tells: it is in the log once, or not at all.
    Unknown {
        /// Its id.
        command_id: Uuid,
        /// What it was made from.
        #[serde(default)]
        seed: u64,
    },
    /// Somebody works under a claim.
    Owner {
        /// The tenant; nil for the platform's own leases.
        #[serde(default)]
        org_id: Uuid,
        /// What is owned.
        lease: String,
        /// The claim number.
        epoch: i64,
        /// By whom.
        owner: String,
    },
    /// A consumer's checkpoint, as seen.
    Checkpoint {
        /// Who reads.
        consumer: String,
        /// How far it is.
        position: i64,
    },
}

/// A journal that cannot be trusted.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the journal is not understood: {source}")]
pub struct JournalError {
    /// Which line, from 1.
    pub line: usize,
    /// Why.
    pub source: serde_json::Error,
}

/// Reads a journal. Half a line is what is left of a line that was being written when its process was killed;
/// nothing was done on its account, so it is passed over, also when the next process wrote on behind it.
///
/// # Errors
/// When a whole line is not understood.
pub fn parse(text: &str) -> Result<Vec<Line>, JournalError> {
    let mut lines = Vec::new();
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        // Lines hold no objects within objects, so a line can only begin at a brace.
        let behind_half_a_line =
            || text.match_indices('{').skip(1).find_map(|(at, _)| serde_json::from_str(&text[at..]).ok());
        match serde_json::from_str(text) {
            Ok(whole) => lines.push(whole),
            Err(source) => match behind_half_a_line() {
                Some(whole) => lines.push(whole),
                None if text.ends_with('}') => return Err(JournalError { line, source }),
                None => {}
            },
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_is_passed_over_and_a_strange_one_is_not() {
        let id = Uuid::nil();
        let text = format!(
            "{{\"at_us\":1,\"kind\":\"invoke\",\"command_id\":\"{id}\",\"seed\":4}}\n{{\"kind\":\"ok\",\"comm\n\n\
             {{\"kind\":\"o{{\"kind\":\"unknown\",\"command_id\":\"{id}\"}}"
        );
        let lines = parse(&text).unwrap();
        assert_eq!(
            lines,
            [Line::Invoke { command_id: id, seed: 4 }, Line::Unknown { command_id: id, seed: 0 }]
        );
        assert_eq!(parse("{\"kind\":\"maybe\"}").unwrap_err().line, 1);
    }
}
