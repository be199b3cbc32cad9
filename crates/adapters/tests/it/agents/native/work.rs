//! A task is done with tools.

use std::fs;
use std::os::unix::fs::symlink;

use ports::agent::{Act, AgentDriver as _, AgentError, Desk, ToolKind};
use ports::llm::Format;
use serde_json::{Value, json};
use simulators::llm::{Pace, Rule, Script};
use tokio::sync::mpsc;

use super::{FORMATS, Stage, notes, returned};

fn rules() -> [Rule; 4] {
    [
        Rule::new("end").when_last_contains("is changed").says("Done."),
        Rule::new("edit")
            .when_last_contains("exit code 3")
            .uses("edit", json!({"path": "src/a.txt", "old": "one", "new": "two"}))
            .uses("read", json!({"path": "src/a.txt"})),
        Rule::new("run")
            .when_last_contains("is written")
            .uses("shell", json!({"command": "cat src/a.txt; exit 3"})),
        Rule::new("write").says("I begin.").uses("write", json!({"path": "src/a.txt", "content": "one\n"})),
    ]
}

#[tokio::test]
async fn a_file_is_written_a_command_run_a_file_edited_and_then_it_ends() {
    for format in FORMATS {
        let stage = Stage::set(format, rules()).await;
        let (seen, finished) = stage.begin().end().await;
        assert_eq!((finished.done, finished.code.as_str()), (true, "end_turn"), "{format:?}: {finished:?}");
        assert_eq!(fs::read_to_string(stage.path("src/a.txt")).unwrap(), "two\n");
        let acts: Vec<Act> = seen.iter().map(|seen| seen.what.clone()).collect();
        let told: Vec<String> = acts.iter().map(told).collect();
        let expected = [
            "turn",
            "says I begin.",
            "uses write Edit",
            "returned true",
            "uses shell Execute",
            "ran Some(3)",
            "returned false",
            "uses edit Edit",
            "returned true",
            "uses read Read",
            "returned true",
            "says Done.",
            "ended end_turn",
        ];
        assert_eq!(told, expected, "{format:?}");
        assert_eq!(returned(&acts)[3], (true, "1\ttwo\n"));
        let raw = seen[1].raw.as_deref().unwrap();
        let raw: Value = serde_json::from_str(raw).unwrap();
        assert_eq!((&raw[0]["text"], &raw[1]["input"]["path"]), (&json!("I begin."), &json!("src/a.txt")));
    }
}

fn told(act: &Act) -> String {
    match act {
        Act::TurnStarted { prompt } if prompt == "Begin the task." => "turn".into(),
        Act::Message { text } => format!("says {text}"),
        Act::ToolCalled { tool, kind, .. } => format!("uses {tool} {kind:?}"),
        Act::ToolReturned { ok, .. } => format!("returned {ok}"),
        Act::CommandRan { exit, output, .. } if output == "one\n" => format!("ran {exit:?}"),
        Act::TurnEnded { stop } => format!("ended {stop}"),
        act => format!("{act:?}"),
    }
}

#[tokio::test]
async fn the_model_is_asked_with_the_key_of_runs_and_told_of_its_tools() {
    for format in FORMATS {
        let stage = Stage::set(format, rules()).await;
        stage.done().await;
        let requests = stage.server.requests();
        assert_eq!(requests.len(), 4);
        for request in &requests {
            let (header, value) = match format {
                Format::OpenAi => ("authorization", "Bearer omoi-run"),
                Format::Anthropic => ("x-api-key", "omoi-run"),
            };
            assert_eq!(request.header(header), Some(value));
            let asked = request.asked();
            assert_eq!(asked.tools, ["shell", "read", "write", "edit", "search", "list"]);
            assert!(asked.system_text().contains("<quote>") && asked.streams && asked.model == "a-model");
        }
        let ids = requests[3].body.to_string();
        // Each answer of the script names its first use the same; in the conversation each has a name of its own.
        let own = ids.matches("omoi00002").count();
        assert_eq!(own, 2, "{format:?}: a use and its result: {ids}");
    }
}

#[tokio::test]
async fn who_only_looks_has_nothing_to_write_with() {
    let mut stage = Stage::set(FORMATS[0], [Rule::new("all").says("I see.")]).await;
    stage.assignment.writes = false;
    assert!(stage.done().await.1.done);
    assert_eq!(stage.server.requests()[0].asked().tools, ["shell", "read", "search", "list"]);
}

#[tokio::test]
async fn the_platforms_tools_are_beside_its_own() {
    for format in FORMATS {
        let stage = Stage::set(
            format,
            [
                Rule::new("end").when_last_contains("it is not allowed").says("I see."),
                Rule::new("more")
                    .when_last_contains("canary-task")
                    .uses("omoi_shell", json!({"command": "ls"}))
                    .uses("ask_human", json!({"question": "May I?"})),
                Rule::new("begin").uses("get_task", json!({"part": "all"})),
            ],
        )
        .await;
        let tools = stage.server.tools();
        tools.offer("get_task", json!({"type": "object"}), "canary-task");
        tools.offer("shell", json!({"type": "object"}), "it is the platform's");
        tools.offer_broken("ask_human", "it is not allowed");
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{format:?}: {finished:?}");
        let offered = &stage.server.requests()[0].asked().tools[6..];
        assert_eq!(offered, ["get_task", "omoi_shell", "ask_human"], "whose name clashes has another one");
        let used: Vec<(String, Value)> = tools.uses();
        let uses = [
            ("get_task", json!({"part": "all"})),
            ("shell", json!({"command": "ls"})),
            ("ask_human", json!({"question": "May I?"})),
        ];
        assert_eq!(used, uses.map(|(name, input)| (name.to_owned(), input)));
        assert_eq!(
            returned(&acts),
            [(true, "canary-task"), (true, "it is the platform's"), (false, "it is not allowed")]
        );
        assert_eq!(tools.methods()[..3], ["initialize", "notifications/initialized", "tools/list"]);
        assert!(notes(&acts, "no_tools").is_empty());
    }
}

#[tokio::test]
async fn a_platform_without_tools_is_noted_and_it_works_with_its_own() {
    let stage = Stage::set(FORMATS[0], rules()).await;
    stage.server.tools().go_away();
    let (acts, finished) = stage.done().await;
    assert!(finished.done, "{finished:?}");
    let noted = notes(&acts, "no_tools");
    assert!(noted.len() == 1 && noted[0].contains("503"), "{noted:?}");
    assert_eq!(fs::read_to_string(stage.path("src/a.txt")).unwrap(), "two\n");
}

#[tokio::test]
async fn paths_that_lead_out_are_refused_and_the_model_is_told() {
    for format in FORMATS {
        let other = tempfile::tempdir().unwrap();
        let theirs = other.path().join("theirs");
        fs::write(&theirs, "theirs").unwrap();
        // Beside the workspace, and nobody else's.
        let outside = format!("../{}.out", other.path().file_name().unwrap().display());
        let stage = Stage::set(
            format,
            [
                Rule::new("end").when_last_contains("outside of the workspace").says("It is refused."),
                Rule::new("out")
                    .uses("write", json!({"path": outside, "content": "x"}))
                    .uses("write", json!({"path": theirs, "content": "x"}))
                    .uses("write", json!({"path": "dir/new", "content": "x"}))
                    .uses("edit", json!({"path": "link", "old": "theirs", "new": "mine"}))
                    .uses("read", json!({"path": "/etc/passwd"}))
                    .uses("list", json!({"path": ".."}))
                    .uses("search", json!({"pattern": "theirs", "path": "dir"})),
            ],
        )
        .await;
        symlink(&theirs, stage.path("link")).unwrap();
        symlink(other.path(), stage.path("dir")).unwrap();
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{finished:?}");
        let returned = returned(&acts);
        assert_eq!(returned.len(), 7);
        for (ok, output) in returned {
            assert!(!ok && output.contains("outside of the workspace"), "{format:?}: {output}");
        }
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
        assert!(!other.path().join("new").exists() && !stage.home.path().join(&outside).exists());
    }
}

#[tokio::test]
async fn what_a_model_makes_up_is_answered_and_it_goes_on() {
    for format in FORMATS {
        let stage = Stage::set(
            format,
            [
                Rule::new("end").when_last_contains("there is no tool").says("I see."),
                Rule::new("all")
                    .uses("functions.fly:0", json!({"high": true}))
                    .uses("shell", json!({"cmd": "ls"})),
            ],
        )
        .await;
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{finished:?}");
        assert!(
            matches!(&acts[1], Act::ToolCalled { kind: ToolKind::Other, tool, .. } if tool == "functions_fly_0")
        );
        let returned = returned(&acts);
        assert!(returned[0].1.contains("use one of shell, read"), "{returned:?}");
        assert!(returned[1].1.contains("unknown field `cmd`"), "{returned:?}");
    }
}

#[tokio::test]
async fn without_a_model_there_is_nothing_to_drive() {
    let mut stage = Stage::set(FORMATS[0], []).await;
    stage.assignment.model = None;
    let (seen, _told) = mpsc::channel(10);
    let (_people, orders) = mpsc::channel(1);
    let ended = adapters::agents::NativeDriver::new().work(&stage.assignment, Desk { seen, orders }).await;
    let Err(AgentError::BadAssignment { said }) = ended else { panic!("{ended:?}") };
    assert!(said.as_str().contains("name one for the profile"), "{said}");
}

/// What `omoi dev llm` answers is enough for it to do a task that says what is to be in which file.
#[tokio::test]
async fn the_coder_without_a_mind_does_a_task() {
    for format in FORMATS {
        let mut stage = Stage::set(format, []).await;
        stage.server.script(Script::planner(Pace::default()));
        stage.assignment.prompt =
            "# Task\n<quote>\nCreate the file a/hello.txt with the content hello. Append bye to a/hello.txt.\n</quote>".into();
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{format:?}: {finished:?}");
        assert_eq!(fs::read_to_string(stage.path("a/hello.txt")).unwrap(), "hello\nbye\n");
        let ran = acts.iter().filter(|act| matches!(act, Act::CommandRan { exit: Some(0), .. })).count();
        assert_eq!(ran, 2, "{format:?}: it appends, and looks");
    }
}
