//! A warning on the command line: what is there already and says nearly the same.

use std::fmt::Display;
use std::time::Duration;

use kernel::Uuid;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
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

/// Shows what was made, and warns of what it repeats when that is known soon. It is made, whatever becomes of the warning.
///
/// People read it at once and the warning below it; for programs it is one object, with `warnings` beside what the server
/// said: `null` while it is not compared.
pub(super) async fn show_and_warn<T: DeserializeOwned>(
    session: &Session,
    plural: &str,
    made: &Answer,
    lines: impl FnOnce(T) -> Vec<Line>,
) -> Result<(), Failure> {
    if session.out.json {
        let mut said: Map<String, Value> = made.parse()?;
        let Made { id, .. } = made.parse()?;
        let near = compared(session, plural, made).await?;
        said.insert("warnings".to_owned(), near.map(|near| coded(id, &near)).into());
        return session.out.raw([Value::from(said).to_string().as_str()]);
    }
    session.out.show(made, lines)?;
    let Made { id, .. } = made.parse()?;
    session.out.lines(&warnings(id, compared(session, plural, made).await?.as_deref()))
}

/// The warnings as programs read them.
fn coded(id: Uuid, near: &[Near]) -> Vec<Value> {
    let warning = |other: &Near| {
        json!({
            "code": "near_duplicate",
            "message": format!("{id} says nearly the same as {} {}", other.id, other.title),
            "id": other.id,
            "title": other.title,
            "similarity": other.similarity,
        })
    };
    near.iter().map(warning).collect()
}

/// What is near to it, when that is known soon.
async fn compared(session: &Session, plural: &str, made: &Answer) -> Result<Option<Vec<Near>>, Failure> {
    let Made { id, position } = made.parse()?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let Ok(answer) = session.client.read(&format!("/{plural}/{id}"), position).await else { break };
        let Compared { near_duplicates } = answer.parse()?;
        if near_duplicates.is_some() {
            return Ok(near_duplicates);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(None)
}
