//! What an answer holds, however it is cut on its way.

use std::time::Duration;

use adapters::llm::{LlmSettings, Router, Structured};
use futures::StreamExt as _;
use ports::llm::{
    Answer, Block, Message, Models as _, Output, Piece, Request, Role, Stop, Tool, ToolChoice, worst_case,
};
use serde_json::json;
use simulators::llm::{Llm as Server, Pace, Rule, Script, Wire, read_recording};

use super::{WIRES, ask, client, client_by, options, question};

const SAID: &str = "Grüße aus 東京 🦀!\n\ndata: [DONE]\r\n\"quoted\" \u{2028} end";

#[tokio::test]
async fn text_is_whole_wherever_its_bytes_are_cut() {
    for wire in WIRES {
        for bytes in [1, 2, 3, 7, 64, 0] {
            let server = Server::start().await;
            let pace = Pace { chunk_chars: 3, bytes, ..Pace::default() };
            server.rule(Rule::new("all").says(SAID).at_pace(pace));
            let answer = ask(&*client(&server, wire), &question("Hello")).await.unwrap();
            assert_eq!((answer.text.as_str(), answer.stop), (SAID, Stop::End), "{wire:?} {bytes}");
            assert_eq!(answer.model, "a-model");
        }
    }
}

/// Not at its end: whoever shows it shows it while it comes.
#[tokio::test]
async fn pieces_come_while_the_model_speaks() {
    for wire in WIRES {
        let server = Server::start().await;
        let slow = Pace { chunk_chars: 1, delay_ms: 1000, ..Pace::default() };
        server.rule(Rule::new("all").says("abcdefghijklmnopqrstuvwxyz").at_pace(slow));
        let mut reply = client(&server, wire).call(&question("Hello")).await.unwrap();
        let first = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                if let Piece::TextDelta(text) = reply.pieces.next().await.unwrap().unwrap() {
                    break text;
                }
            }
        });
        assert_eq!(first.await.unwrap(), "a");
    }
}

#[tokio::test]
async fn a_conversation_with_tools_goes_round() {
    for wire in WIRES {
        let server = Server::start().await;
        let input = json!({"path": "a/ü.rs", "lines": [1, 2]});
        server.rule(Rule::new("done").when_last_contains("fn main").says("It has a main."));
        server
            .rule(Rule::new("read").says("Let me see.").uses("read", input.clone()).uses("list", json!({})));
        let llm = client(&server, wire);
        let mut request = question("What is in it?");
        request.tools = ["read", "list"].map(tool).into();
        let answer = ask(&*llm, &request).await.unwrap();
        assert_eq!((answer.text.as_str(), &answer.stop), ("Let me see.", &Stop::ToolUse), "{wire:?}");
        assert_eq!(
            answer.tool_uses.iter().map(|used| used.name.as_str()).collect::<Vec<_>>(),
            ["read", "list"]
        );
        assert_eq!(answer.tool_uses[0].input, input);

        let used = answer.tool_uses.iter().map(|used| Block::ToolUse {
            id: used.id.clone(),
            name: used.name.clone(),
            input: used.input.clone(),
        });
        let content = std::iter::once(Block::text(&answer.text)).chain(used).collect();
        request.messages.push(Message { role: Role::Assistant, content });
        let results = answer.tool_uses.iter().map(|used| Block::ToolResult {
            tool_use_id: used.id.clone(),
            content: "fn main() {}".into(),
            is_error: false,
        });
        request.messages.push(Message { role: Role::User, content: results.collect() });
        let answer = ask(&*llm, &request).await.unwrap();
        assert_eq!((answer.text.as_str(), answer.stop), ("It has a main.", Stop::End), "{wire:?}");
    }
}

#[tokio::test]
async fn a_tool_can_be_required() {
    for wire in WIRES {
        let server = Server::start().await;
        server.rule(Rule::new("all").says_json(json!({"path": "a"})));
        let mut request = question("Read it");
        request.tools = vec![tool("read")];
        request.tool_choice = ToolChoice::Required("read".into());
        let answer = ask(&*client(&server, wire), &request).await.unwrap();
        assert_eq!(answer.tool_uses[0].input, json!({"path": "a"}), "{wire:?}");
    }
}

#[tokio::test]
async fn an_answer_by_a_schema_is_text_in_every_way_to_ask_for_it() {
    let schema = json!({
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"type": "string", "minLength": 1}, "tags": {"type": "array", "items": {"type": "string"}}}
    });
    let plan = json!({"title": "Anmelden mit Schlüssel", "tags": ["a", "b"]});
    for wire in WIRES {
        for structured in [Structured::Schema, Structured::Tool, Structured::JsonObject, Structured::Prompt] {
            let server = Server::start().await;
            server.rule(Rule::new("all").says_json(plan.clone()));
            let output = Output::JsonSchema { name: "plan".into(), schema: schema.clone() };
            let request = question("Plan it").with_output(output);
            let llm = client_by(&server, wire, options(), structured);
            let answer = ask(&*llm, &request).await.unwrap();
            assert_eq!(answer.json().unwrap(), plan, "{wire:?} {structured:?}");
            assert_eq!((answer.stop, answer.tool_uses.len()), (Stop::End, 0), "{wire:?} {structured:?}");
        }
    }
}

#[tokio::test]
async fn the_end_of_an_answer_says_why() {
    for wire in WIRES {
        for (stop, expected) in
            [("max_tokens", Stop::MaxTokens), ("refusal", Stop::Refusal), ("end", Stop::End)]
        {
            let server = Server::start().await;
            let mut rule = Rule::new("all").says("Hello");
            rule.reply.stop = Some(stop.into());
            rule.reply.thoughts = Some("What shall I say?".into());
            server.rule(rule);
            let answer = ask(&*client(&server, wire), &question("Hello")).await.unwrap();
            assert_eq!((answer.text.as_str(), answer.stop), ("Hello", expected), "{wire:?}");
        }
    }
}

/// The recording is in the words of the port, and is replayed to either format.
#[tokio::test]
async fn a_call_that_was_stored_is_replayed() {
    let server = Server::start().await;
    server.rule(Rule::new("all").says("Hello").uses("read", json!({"path": "a", "b": {"z": 1, "a": 2}})));
    let mut request = question("  What is in it?");
    request.tools = vec![tool("read")];
    let answer = ask(&*client(&server, Wire::Anthropic), &request).await.unwrap();
    let line = json!({"request": request, "response": answer}).to_string();
    let script = Script::replaying(&read_recording(&line).unwrap());
    for wire in WIRES {
        let server = Server::start().await;
        server.script(script.clone());
        let mut again: Request = serde_json::from_value(serde_json::to_value(&request).unwrap()).unwrap();
        again.model = "another-model".into();
        let Answer { text, tool_uses, stop, usage, .. } = ask(&*client(&server, wire), &again).await.unwrap();
        assert!(text == answer.text && tool_uses == answer.tool_uses && stop == answer.stop, "{wire:?}");
        assert_eq!(usage, answer.usage, "{wire:?}");
        let other = ask(&*client(&server, wire), &question("Something else")).await.unwrap_err();
        assert!(other.to_string().contains("no rule of the script"), "{other}");
    }
}

#[tokio::test]
async fn a_router_brings_each_purpose_to_its_model_at_its_price() {
    let server = Server::start().await;
    server.rule(Rule::new("judge").when_model("a-judge").says("Fine."));
    server.rule(Rule::new("all").when_model("claude-haiku-4-5").says("Hello"));
    let settings = json!({
        "providers": {
            "first": {"kind": "anthropic", "base_url": server.anthropic_url(), "key_env": "KEY"},
            "second": {"kind": "openai", "base_url": server.openai_url(), "key_env": "KEY"}
        },
        "models": {
            "claude-haiku-4-5": {"provider": "first"},
            "judge": {
                "provider": "second", "id": "a-judge", "price": {"input": 1_000_000, "output": 2_000_000},
                "extra": {"reasoning_effort": "low", "model": "not this one"}
            }
        },
        "purposes": {"default": "claude-haiku-4-5", "judge": "judge"}
    });
    let settings: LlmSettings = serde_json::from_value(settings).unwrap();
    let router = Router::new(&settings, options(), &|_| Some("sk-1".into())).unwrap();
    for (purpose, said) in [("judge", "Fine."), ("design", "Hello")] {
        let route = router.route(purpose).unwrap();
        let request = Request { model: route.model.clone(), ..question("How is it?") };
        let answer = ask(&*route.llm, &request).await.unwrap();
        assert_eq!(answer.text, said);
        let cost = route.price.cost(&answer.usage);
        assert!(cost.micros() > 0 && cost <= worst_case(&request, &route.price), "{purpose}: {cost}");
    }
    let judged = &server.requests()[0].body;
    assert_eq!((&judged["reasoning_effort"], &judged["model"]), (&json!("low"), &json!("a-judge")));
}

fn tool(name: &str) -> Tool {
    Tool { name: name.into(), description: "Looks at files".into(), input_schema: json!({"type": "object"}) }
}
