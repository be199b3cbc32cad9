//! A warning on the command line: what is there already and says nearly the same.

use std::fmt::Display;
use std::time::Duration;

use kernel::Uuid;
use serde::Deserialize;
use tokio::time::Instant;

use super::client::{Answer, Failure, Line, Session, alarm, faint, plain};

/// How long a command waits until what it handed in is compared. A provider may be away for hours: the warning is shown
/// later then, with the thing itself.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// One of the `near_duplicates` of an answer.
#[derive(Debug, Deserialize)]
pub(super) struct Near {
    id: Uuid,
    number: Option<String>,
    title: String,
    similarity: f64,
}

#[derive(Debug, Deserialize)]
struct Made {
    id: Uuid,
    position: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Compared {
    near_duplicates: Option<Vec<Near>>,
}

/// A line for each, with both ids.
pub(super) fn warnings(it: impl Display, near: Option<&[Near]>) -> Vec<Line> {
    let line = |other: &Near| {
        let number = other.number.as_ref().map_or_else(String::new, |number| format!("{number} "));
        let alike = format!("  ({:.0} % alike)", other.similarity * 100.0);
        let what = format!("{it} says nearly the same as {} {number}", other.id);
        vec![alarm("warning: "), plain(what), plain(&other.title), faint(alike)]
    };
    near.unwrap_or_default().iter().map(line).collect()
}

/// Warns people of what `made` repeats, when that is known soon. It is made, whatever becomes of the warning.
pub(super) async fn warn_of(session: &Session, plural: &str, made: &Answer) -> Result<(), Failure> {
    if session.out.json {
        return Ok(());
    }
    let Made { id, position } = made.parse()?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let Ok(answer) = session.client.read(&format!("/{plural}/{id}"), position).await else {
            return Ok(());
        };
        let Compared { near_duplicates } = answer.parse()?;
        if near_duplicates.is_some() {
            return session.out.lines(&warnings(id, near_duplicates.as_deref()));
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
