//! Runs a command line. It ends with all that it has started: when it is done, when it takes too long, and when it is dropped.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use ports::agent::Act;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::Outcome;
use crate::agents::group::Group;
use crate::agents::output::Output;

pub(super) const DESCRIPTION: &str = "Runs a command line in the current directory, with bash where there is one, and answers what it writes and its exit code. \
It has no terminal and no input; what it leaves running is ended. Of a long output the middle is left out.";

/// Seconds, when the model names none, and at most.
const USUAL_S: u64 = 120;
const MOST_S: u64 = 600;
/// Half of the output that the model reads.
const HALF: usize = 15 << 10;
/// How long what was written is waited for, when somebody who left the group holds the pipe.
const LAST_WORDS: Duration = Duration::from_secs(1);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    command: String,
    timeout_s: Option<u64>,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "command": {"type": "string", "description": "The command line."},
            "timeout_s": {"type": "integer", "minimum": 1, "maximum": MOST_S, "description": "After so many seconds it is ended; 120 by default."}
        },
        "required": ["command"],
        "additionalProperties": false
    })
}

pub(super) async fn run(workspace: &Path, environment: &[(String, String)], input: Input) -> Outcome {
    let seconds = input.timeout_s.unwrap_or(USUAL_S).clamp(1, MOST_S);
    let shell = if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" };
    let mut command = Command::new(shell);
    // One pipe for both outputs, so that they are read in the order in which they were written.
    command.args(["-c", "exec 2>&1\neval \"$1\"", "sh", &input.command]).current_dir(workspace);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true);
    let began = Instant::now();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Outcome::failed(format!("{shell} could not be started: {error}")),
    };
    let group = Group::of(&child);
    let mut stdout = child.stdout.take().expect("it is a pipe");
    let mut output = Output::default();
    let mut too_long = false;
    let ended = {
        let reading = output.read(&mut stdout);
        let ending = sleep(Duration::from_secs(seconds));
        tokio::pin!(reading, ending);
        let mut read = false;
        loop {
            tokio::select! {
                () = &mut reading, if !read => read = true,
                () = &mut ending, if !too_long => {
                    too_long = true;
                    group.kill();
                }
                ended = child.wait() => {
                    // Whoever it has left behind may hold the pipe for ever.
                    group.kill();
                    if !read {
                        let _ = timeout(LAST_WORDS, reading).await;
                    }
                    break ended;
                }
            }
        }
    };
    let exit = ended.ok().and_then(|status| status.code());
    let how = match exit {
        _ if too_long => format!(
            "[ended after {seconds} s: it took too long. Give timeout_s, up to {MOST_S}, or do less at once]"
        ),
        Some(code) => format!("[exit code {code}]"),
        None => "[a signal ended it]".to_owned(),
    };
    let whole = output.text();
    let shown = shortened(&whole);
    let text = if shown.trim().is_empty() {
        format!("[no output]\n{how}")
    } else {
        format!("{}\n{how}", shown.trim_end())
    };
    let ran = Act::CommandRan {
        command: input.command,
        exit: exit.filter(|_| !too_long),
        duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        output: whole,
        output_bytes: output.bytes(),
    };
    Outcome { ok: exit == Some(0) && !too_long, text, ran: Some(ran) }
}

/// How it began and how it ended.
fn shortened(text: &str) -> String {
    if text.len() <= 2 * HALF {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(HALF);
    let tail = text.ceil_char_boundary(text.len() - HALF);
    format!("{}\n[{} bytes left out]\n{}", &text[..head], tail - head, &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ran(home: &Path, command: &str, timeout_s: Option<u64>) -> Outcome {
        let environment = [("GREETING".to_owned(), "hello".to_owned())];
        run(home, &environment, Input { command: command.into(), timeout_s }).await
    }

    #[tokio::test]
    async fn a_command_answers_what_it_writes_and_how_it_ended() {
        let home = tempfile::tempdir().unwrap();
        let outcome = ran(home.path(), "echo $GREETING; echo err >&2; pwd", None).await;
        let here = home.path().canonicalize().unwrap();
        assert_eq!(outcome.text, format!("hello\nerr\n{}\n[exit code 0]", here.display()));
        assert!(outcome.ok);
        let outcome = ran(home.path(), "exit 3", None).await;
        assert_eq!((outcome.text.as_str(), outcome.ok), ("[no output]\n[exit code 3]", false));
        let outcome = ran(home.path(), "cat", None).await;
        assert!(outcome.ok, "there is no input to wait for: {}", outcome.text);
        assert!(matches!(outcome.ran, Some(Act::CommandRan { exit: Some(0), .. })));
    }

    #[tokio::test]
    async fn of_a_flood_the_model_reads_little() {
        let home = tempfile::tempdir().unwrap();
        let outcome =
            ran(home.path(), "echo begin; head -c 3000000 /dev/zero | tr '\\0' 'x'; echo end", None).await;
        assert!(outcome.text.len() < 2 * HALF + 100, "{}", outcome.text.len());
        assert!(outcome.text.starts_with("begin") && outcome.text.ends_with("end\n[exit code 0]"));
        let Some(Act::CommandRan { output_bytes, .. }) = outcome.ran else { panic!("it was run") };
        assert_eq!(output_bytes, 3_000_010);
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended_with_what_it_has_started() {
        let home = tempfile::tempdir().unwrap();
        let outcome = ran(home.path(), "sleep 600 & echo $! > child; wait", Some(1)).await;
        assert!(!outcome.ok && outcome.text.contains("ended after 1 s"), "{}", outcome.text);
        assert!(matches!(outcome.ran, Some(Act::CommandRan { exit: None, .. })));
        gone(&home.path().join("child")).await;
    }

    #[tokio::test]
    async fn what_a_command_leaves_running_is_ended() {
        let home = tempfile::tempdir().unwrap();
        let outcome = ran(home.path(), "sleep 600 & echo $! > child", None).await;
        assert!(outcome.ok, "{}", outcome.text);
        gone(&home.path().join("child")).await;
    }

    #[tokio::test]
    async fn a_command_that_is_dropped_is_ended() {
        let home = tempfile::tempdir().unwrap();
        let child = home.path().join("child");
        let running = ran(home.path(), "sleep 600 & echo $! > new && mv new child; wait", None);
        tokio::select! {
            _ = running => panic!("it sleeps"),
            () = until(|| child.exists()) => {}
        }
        gone(&child).await;
    }

    /// Waits until the process whose number stands in this file is gone.
    async fn gone(file: &Path) {
        let number = std::fs::read_to_string(file).unwrap();
        let stat = format!("/proc/{}/stat", number.trim());
        // Whoever adopts it may be late to bury it.
        let is_gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
        until(is_gone).await;
    }

    async fn until(condition: impl Fn() -> bool) {
        let waiting = async {
            while !condition() {
                tokio::task::yield_now().await;
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(30), waiting).await.unwrap();
    }
}
