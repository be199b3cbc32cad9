//! The agent that follows a script: a file of moves, for demonstrations and tests. It needs no model, takes messages between its
//! moves, and can do what bad agents do: lie, hang, go round in circles, flood, crash.

mod stage;

use std::path::{Component, Path, PathBuf};

use ports::BoxFuture;
use ports::agent::{Act, AgentDriver, AgentError, Assignment, Desk, Finished};
use ports::llm::Said;
use serde::Deserialize;

use self::stage::Stage;

/// Follows the script that the task names as its command: a path in the workspace, or the script itself.
#[derive(Debug)]
pub struct ScriptedDriver;

/// What the agent does, one after another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    moves: Vec<Move>,
}

/// A move.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Move {
    /// Says something.
    Say(String),
    /// Thinks something.
    Think(String),
    /// Writes a file.
    Write { path: String, content: String },
    /// Runs a command of the shell.
    Run(String),
    /// Asks a person.
    Ask(String),
    /// Waits for so many milliseconds.
    WaitMs(u64),
    /// Waits until somebody has said something to it, and writes that to a file.
    WaitForMessage { path: String },
    /// Says the same, so many times.
    Loop { say: String, times: u32 },
    /// Never does anything again.
    Hang,
    /// Goes away in the middle.
    Crash,
    /// Ends, and says that it is not done.
    GiveUp(String),
}

impl AgentDriver for ScriptedDriver {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>> {
        Box::pin(async move {
            let script = read(assignment).await?;
            let mut stage = Stage::of(assignment, desk);
            stage.tell(Act::TurnStarted { prompt: assignment.prompt.clone() }).await;
            let finished = stage.play(script.moves).await;
            let stop = match &finished {
                Ok(Finished { done: false, code, .. }) if code == "cancelled" => "cancelled",
                Ok(_) => "end_turn",
                Err(_) => "error",
            };
            stage.tell(Act::TurnEnded { stop: stop.into() }).await;
            finished
        })
    }
}

async fn read(assignment: &Assignment) -> Result<Script, AgentError> {
    let bad = |said: &str| AgentError::BadAssignment { said: Said::new(said) };
    let named = assignment.run.as_deref().ok_or_else(|| bad("the task names no script (`run`)"))?;
    let text = if named.trim_start().starts_with('{') {
        named.to_owned()
    } else {
        let path =
            inside(&assignment.workspace, named).ok_or_else(|| bad("the script is not in the workspace"))?;
        let read = tokio::fs::read_to_string(&path).await;
        read.map_err(|error| bad(&format!("the script {named} cannot be read: {error}")))?
    };
    serde_json::from_str(&text).map_err(|error| bad(&format!("{named} is no script: {error}")))
}

/// A path below the workspace, and none that leads out of it by its words.
fn inside(workspace: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    plain.then(|| workspace.join(path))
}

fn finished(done: bool, code: &str, message: &str) -> Finished {
    Finished { done, code: code.into(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    /// Plays a script in an empty directory; what was seen, and how it ended.
    async fn played(script: &str) -> (Vec<Act>, Result<Finished, AgentError>) {
        let home = tempfile::tempdir().unwrap();
        let assignment = Assignment {
            driver: "scripted".into(),
            command: Vec::new(),
            model: None,
            prompt: "Do it.".into(),
            run: Some(script.into()),
            version: None,
            silent_after_s: None,
            environment: Vec::new(),
            workspace: home.path().to_owned(),
            writes: true,
            platform: String::new(),
        };
        let (seen, mut told) = mpsc::channel(100);
        let (_people, orders) = mpsc::channel(1);
        let ended = ScriptedDriver.work(&assignment, Desk { seen, orders }).await;
        let mut acts = Vec::new();
        while let Ok(event) = told.try_recv() {
            acts.push(event.what);
        }
        (acts, ended)
    }

    #[tokio::test]
    async fn moves_are_made_in_their_order() {
        let script =
            r#"{"moves":[{"say":"hello"},{"write":{"path":"a/b.txt","content":"x"}},{"run":"cat a/b.txt"}]}"#;
        let (acts, ended) = played(script).await;
        assert_eq!(ended, Ok(finished(true, "end_turn", "the script is at its end")));
        let ran = acts.iter().find_map(|act| match act {
            Act::CommandRan { output, exit, .. } => Some((output.as_str(), *exit)),
            _ => None,
        });
        assert_eq!(ran, Some(("x", Some(0))));
        assert!(matches!(acts.first(), Some(Act::TurnStarted { .. })));
        assert!(matches!(acts.last(), Some(Act::TurnEnded { .. })));
    }

    #[tokio::test]
    async fn it_writes_nowhere_else() {
        for path in ["../out", "/tmp/out", "a/../../out"] {
            let script = format!(r#"{{"moves":[{{"write":{{"path":"{path}","content":"x"}}}}]}}"#);
            let (acts, _) = played(&script).await;
            assert!(acts.iter().any(|act| matches!(act, Act::ToolReturned { ok: false, .. })), "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_no_script_is_told() {
        for script in ["missing.json", "{\"moves\":[{\"fly\":1}]}", "{"] {
            let (_, ended) = played(script).await;
            assert!(matches!(ended, Err(AgentError::BadAssignment { .. })), "{script}: {ended:?}");
        }
        let (_, ended) = played(r#"{"moves":["crash"]}"#).await;
        assert!(matches!(ended, Err(AgentError::Gone { .. })), "{ended:?}");
    }
}
