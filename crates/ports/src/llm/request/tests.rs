use serde_json::json;

use super::*;

fn tool(name: &str) -> Tool {
    Tool { name: name.into(), description: "Reads a file".into(), input_schema: json!({"type": "object"}) }
}

fn refused(change: impl FnOnce(&mut Request)) -> String {
    let mut request = Request::new("a-model", "Hello", 10);
    change(&mut request);
    let error = request.check().unwrap_err();
    assert!(!error.is_retryable(), "{error}");
    error.to_string()
}

#[test]
fn a_question_is_a_whole_request() {
    assert_eq!(Request::new("a-model", "Hello", 10).with_system("Be brief").check(), Ok(()));
}

#[test]
fn what_every_provider_refuses_is_not_sent() {
    assert!(refused(|request| request.messages.clear()).contains("begins and ends"));
    assert!(refused(|request| request.messages.push(Message::assistant("Hi"))).contains("ends with"));
    assert!(refused(|request| request.messages[0].content.clear()).contains("no content"));
    assert!(
        refused(|request| request.messages[0].content.push(Block::text(" \n"))).contains("empty or white")
    );
    assert!(refused(|request| request.system.push(String::new())).contains("empty or white"));
    assert!(refused(|request| request.max_output_tokens = 0).contains("max_output_tokens"));
    assert!(refused(|request| request.temperature = Some(f32::NAN)).contains("temperature"));
    assert!(refused(|request| request.tools.push(tool("read file"))).contains("rename"));
    assert!(
        refused(|request| request.tool_choice = ToolChoice::Required("read".into()))
            .contains("required tool")
    );
    assert!(
        refused(|request| {
            request.tools.push(tool("read"));
            request.output = Output::JsonSchema { name: "plan".into(), schema: json!({}) };
        })
        .contains("schema")
    );
    let used = Block::ToolUse { id: "1".into(), name: "read".into(), input: json!({}) };
    assert!(refused(|request| request.messages[0].content.push(used)).contains("belongs to the assistant"));
    let result = Block::ToolResult { tool_use_id: "1".into(), content: String::new(), is_error: false };
    assert!(
        refused(|request| {
            let said = Message { role: Role::Assistant, content: vec![result] };
            request.messages.insert(1, said);
            request.messages.push(Message::user("Go on"));
        })
        .contains("belongs to the user")
    );
}

#[test]
fn a_prompt_is_counted_with_its_tools_and_its_schema() {
    let mut request = Request::new("a-model", "12345", 10).with_system("1234");
    assert_eq!(request.estimated_prompt_tokens(), 2 + 1);
    assert_eq!(request.prompt_bytes(), 9 + 2 * 32);
    request.tools.push(tool("read"));
    assert!(request.estimated_prompt_tokens() > 3 + 1 + 3);
    assert!(request.prompt_bytes() > 1024);
}

#[test]
fn what_is_asked_is_never_printed() {
    let mut request = Request::new("a-model", "hunter2", 10).with_system("hunter3");
    let input = json!({"password": "hunter4"});
    request.messages[0].content.push(Block::ToolUse { id: "1".into(), name: "read".into(), input });
    let printed = format!("{request:?} {:?} {:#?}", request.messages, request.messages[0].content);
    assert!(!printed.contains("hunter") && printed.contains("a-model"), "{printed}");
}

#[test]
fn a_request_can_be_stored_without_its_deadlines() {
    let mut request = Request::new("a-model", "Hello", 10);
    request.deadlines.idle = Duration::from_secs(1);
    let stored = serde_json::to_value(&request).unwrap();
    assert_eq!(
        stored["messages"][0],
        json!({"role": "user", "content": [{"type": "text", "text": "Hello"}]})
    );
    let read: Request = serde_json::from_value(stored).unwrap();
    assert_eq!(read.deadlines, Deadlines::default());
    request.deadlines = Deadlines::default();
    assert!(read == request);
}
