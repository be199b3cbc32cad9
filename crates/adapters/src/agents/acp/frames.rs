//! JSON-RPC 2.0, a message a line.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The other side has no such method.
pub(super) const NO_METHOD: i64 = -32601;
/// A request that was not taken up at all: no request, no such method, bad parameters.
const NOT_TAKEN: [i64; 3] = [-32600, NO_METHOD, -32602];

/// What an agent sends.
#[derive(Debug)]
pub(super) enum Frame {
    /// The answer to a request of ours.
    Answer { id: u64, outcome: Result<Box<RawValue>, Refusal> },
    /// A request; it waits for an answer.
    Request { id: Value, method: String, params: Box<RawValue> },
    /// It tells something.
    Notice { method: String, params: Box<RawValue> },
}

/// Why a request was refused.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Wire {
    id: Option<Value>,
    method: Option<String>,
    params: Option<Box<RawValue>>,
    result: Option<Box<RawValue>>,
    error: Option<Refusal>,
}

/// Reads a line; `None` when it is no frame.
pub(super) fn read(line: &str) -> Option<Frame> {
    let wire: Wire = serde_json::from_str(line).ok()?;
    match (wire.method, wire.id) {
        (Some(method), Some(id)) => Some(Frame::Request { id, method, params: or_null(wire.params) }),
        (Some(method), None) => Some(Frame::Notice { method, params: or_null(wire.params) }),
        (None, Some(id)) => {
            let outcome = wire.error.map_or_else(|| Ok(or_null(wire.result)), Err);
            Some(Frame::Answer { id: id.as_u64()?, outcome })
        }
        (None, None) => None,
    }
}

fn or_null(value: Option<Box<RawValue>>) -> Box<RawValue> {
    value.unwrap_or_else(|| RawValue::NULL.to_owned())
}

impl Refusal {
    /// Whether what was asked was not even begun.
    pub(super) fn is_not_taken(&self) -> bool {
        NOT_TAKEN.contains(&self.code)
    }

    /// As people read it.
    pub(super) fn said(&self) -> String {
        let more = match &self.data {
            Value::Null => String::new(),
            data => format!(" {data}"),
        };
        format!("{} ({}){more}", self.message, self.code)
    }
}

/// A request of ours.
pub(super) fn request(id: u64, method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

/// Something that we tell.
pub(super) fn notice(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string()
}

/// Our answer to a request.
pub(super) fn answer(id: &Value, result: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
}

/// Our refusal of a request.
pub(super) fn refuse(id: &Value, code: i64, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_requests_and_notices_are_told_apart() {
        let answer = read(r#"{"jsonrpc":"2.0","id":3,"result":null}"#);
        assert!(matches!(answer, Some(Frame::Answer { id: 3, outcome: Ok(_) })), "{answer:?}");
        let refused = read(r#"{"id":3,"error":{"code":-32602,"message":"no","data":{"why":1}}}"#);
        let Some(Frame::Answer { outcome: Err(refusal), .. }) = refused else { panic!("{refused:?}") };
        assert!(refusal.is_not_taken());
        assert_eq!(refusal.said(), r#"no (-32602) {"why":1}"#);
        let request = read(r#"{"id":"a","method":"fs/read_text_file","params":{}}"#);
        assert!(matches!(request, Some(Frame::Request { .. })), "{request:?}");
        let notice = read(r#"{"method":"session/update"}"#);
        assert!(matches!(notice, Some(Frame::Notice { .. })), "{notice:?}");
    }

    #[test]
    fn what_is_no_frame_is_none() {
        for line in ["", "Listening on 4096", "{", "[]", "7", "{\"level\":\"info\"}", "{\"id\":\"x\"}"] {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
