//! `schemas/ws.json`: what both sides of the live socket say, for other clients than ours.

use schemars::{JsonSchema as _, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::protocol::{ClientFrame, ServerFrame};

const ABOUT: &str = "Text messages on the WebSocket /api/v1/ws, one JSON object each. POST /api/v1/ws-tickets makes the \
ticket that opens it. A client ignores an `op` that it does not know.";

/// The document.
pub(crate) fn document() -> Value {
    let mut client = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let mut server = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let (says, answers) = (ClientFrame::json_schema(&mut client), ServerFrame::json_schema(&mut server));
    let mut definitions: Map<String, Value> = client.take_definitions(true);
    definitions.extend(server.take_definitions(true));
    definitions.insert("ClientFrame".into(), says.to_value());
    definitions.insert("ServerFrame".into(), answers.to_value());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The live socket of OmoiOS",
        "description": ABOUT,
        "oneOf": [{ "$ref": "#/$defs/ClientFrame" }, { "$ref": "#/$defs/ServerFrame" }],
        "$defs": definitions,
    })
}
