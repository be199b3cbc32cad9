//! Where it ends by itself.

use std::fs;

use ports::agent::Act;
use serde_json::json;
use simulators::llm::Rule;

use super::{FORMATS, Stage, notes, returned};

#[tokio::test]
async fn who_goes_round_in_circles_is_stopped() {
    for format in FORMATS {
        let stage = Stage::set(format, [Rule::new("all").uses("list", json!({"path": "."}))]).await;
        let (acts, finished) = stage.done().await;
        assert_eq!((finished.done, finished.code.as_str()), (false, "stuck"), "{finished:?}");
        assert!(finished.message.contains("list"), "{finished:?}");
        assert_eq!((stage.server.requests().len(), returned(&acts).len()), (5, 4), "{format:?}");
    }
}

#[tokio::test]
async fn a_run_asks_so_often_and_no_more() {
    let stage = Stage::set(
        FORMATS[0],
        [
            Rule::new("there").when_last_contains("[a is empty]").uses("list", json!({"path": "b"})),
            Rule::new("and back").uses("list", json!({"path": "a"})),
        ],
    )
    .await;
    fs::create_dir(stage.path("a")).unwrap();
    fs::create_dir(stage.path("b")).unwrap();
    let (_, finished) = stage.done().await;
    assert_eq!((finished.done, finished.code.as_str()), (false, "max_turns"), "{finished:?}");
    assert_eq!(stage.server.requests().len(), 200);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_gone_on_with_a_few_times() {
    for format in FORMATS {
        let mut cut = Rule::new("cut").says("More and more");
        cut.reply.stop = Some("max_tokens".into());
        let stage = Stage::set(format, [cut.clone()]).await;
        let (_, finished) = stage.done().await;
        assert_eq!((finished.done, finished.code.as_str()), (false, "max_tokens"));
        assert_eq!(stage.server.requests().len(), 4, "{format:?}");

        let rest = Rule::new("rest").when_last_contains("Your answer was cut off").says("and the end.");
        let stage = Stage::set(format, [rest, cut]).await;
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{finished:?}");
        let said: Vec<_> = acts.iter().filter(|act| matches!(act, Act::Message { .. })).collect();
        assert_eq!(said.len(), 2);
    }
}

#[tokio::test]
async fn what_tools_answered_long_ago_is_left_out_when_it_is_too_much() {
    const FILES: usize = 12;
    for format in FORMATS {
        let mut rules = vec![
            Rule::new("end").when_last_contains(format!("end of f{}.", FILES - 1)).says("I have read all."),
        ];
        for at in (0..FILES - 1).rev() {
            let next = json!({"path": format!("f{}.txt", at + 1)});
            rules.push(Rule::new("next").when_last_contains(format!("end of f{at}.")).uses("read", next));
        }
        rules.push(Rule::new("first").when_not_contains("end of f").uses("read", json!({"path": "f0.txt"})));
        let mut stage = Stage::set(format, rules).await;
        stage.assignment.model.as_mut().unwrap().context_tokens = Some(20_000);
        for at in 0..FILES {
            let text = format!("{}end of f{at}.\n", "a line of some length\n".repeat(300));
            fs::write(stage.path(&format!("f{at}.txt")), text).unwrap();
        }
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{format:?}: {finished:?}");
        let told = notes(&acts, "compacted");
        assert!(!told.is_empty() && told.len() < 5, "{told:?}");
        let asked = stage.last_asked();
        assert!(asked.contains("Begin the task."));
        assert!(
            asked.contains("bytes of what read answered]") && !asked.contains("end of f0."),
            "{format:?}"
        );
        for at in FILES - 5..FILES {
            assert!(asked.contains(&format!("end of f{at}.")), "the last ones are whole: f{at}");
        }
        assert_eq!(returned(&acts).len(), FILES);
    }
}

#[tokio::test]
async fn a_command_that_never_ends_is_ended_and_the_model_goes_on() {
    for format in FORMATS {
        let stage = Stage::set(
            format,
            [
                Rule::new("end").when_last_contains("it took too long").says("I leave it."),
                Rule::new("all").uses("shell", json!({"command": "echo begun; sleep 600", "timeout_s": 1})),
            ],
        )
        .await;
        let (acts, finished) = stage.done().await;
        assert!(finished.done, "{finished:?}");
        let (ok, output) = returned(&acts)[0];
        assert!(!ok && output.starts_with("begun\n[ended after 1 s"), "{format:?}: {output}");
    }
}
