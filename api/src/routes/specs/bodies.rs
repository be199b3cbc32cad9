//! What commands to specs carry, and what they are answered.

use kernel::{Usd, Uuid};
use plan::layouts::File;
use plan::{ContentHash, Layout, Problem};
use planning::spec::{Gate, GateMode, Stage};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use vocabulary::{Bounded, Line, Name, Text};

/// Far more than any phase has.
const FIELDS: usize = 64;

/// A hash in the examples of the document.
const HASH: &str = "0d0a6a5b0f1c3f2e4d5c6b7a8998a7b6c5d4e3f201020304050607080900aabb";

/// An idea.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SubmitSpec", example = json!({ "title": "Todo list", "idea": "A list of things to do, kept in a file." }))]
pub(super) struct Submit {
    /// What people call it. [default: the first line of the idea]
    pub(super) title: Option<Name>,
    /// The idea, in your words.
    pub(super) idea: Text,
    /// Whether people are asked at the gates. [default: review]
    pub(super) gates: Option<GateMode>,
    /// What the model calls may cost together, in micro-dollars. [default: no limit]
    #[serde(default, deserialize_with = "some_money")]
    #[schemars(range(min = 1), !default)]
    pub(super) budget: Option<Usd>,
}

/// A plan that is there already.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportSpec", example = json!({ "files": [{ "path": "plan.md", "text": "# Todo list\n" }] }))]
pub(super) struct Import {
    /// What people call it. [default: what the plan says]
    pub(super) title: Option<Name>,
    /// How it is written down. [default: found out]
    pub(super) layout: Option<Layout>,
    /// Whether people are asked at the gates. [default: auto]
    pub(super) gates: Option<GateMode>,
    /// Its files: those of one folder, with the folder's name before them if it matters.
    pub(super) files: Vec<File>,
}

/// A yes to exactly what was shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ApproveSpec", example = json!({ "gate": "requirements", "content_hash": HASH }))]
pub(super) struct Approve {
    /// Where.
    pub(super) gate: Gate,
    /// Of what was shown.
    pub(super) content_hash: ContentHash,
}

/// A no to what was shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RejectSpec", example = json!({ "gate": "design", "content_hash": HASH, "reason": "Say what happens offline." }))]
pub(super) struct Reject {
    /// Where.
    pub(super) gate: Gate,
    /// Of what was shown.
    pub(super) content_hash: ContentHash,
    /// What should be otherwise; the phase is written again and heeds it.
    pub(super) reason: Text,
}

/// Another content in the place of what is shown at a gate.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "EditSpec",
    example = json!({ "gate": "requirements", "content_hash": HASH, "content": { "feature_name": "todo", "requirements": [] } })
)]
pub(super) struct Edit {
    /// Where.
    pub(super) gate: Gate,
    /// Of what was shown when the edit began.
    pub(super) content_hash: ContentHash,
    /// The whole output of the phase.
    #[serde(deserialize_with = "fields")]
    pub(super) content: Map<String, Value>,
}

/// An answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AnswerSpec", example = json!({ "question": 1, "text": "Only the owner." }))]
pub(super) struct AnswerTo {
    /// The number of the question.
    pub(super) question: u32,
    /// The answer.
    pub(super) text: Text,
}

/// Each field becomes an event: what no phase has would fill the log.
fn fields<'de, D: Deserializer<'de>>(input: D) -> Result<Map<String, Value>, D::Error> {
    let fields = Map::deserialize(input)?;
    if fields.len() <= FIELDS {
        return Ok(fields);
    }
    Err(D::Error::custom(format!(
        "the output of a phase has at most {FIELDS} fields, this one has {}",
        fields.len()
    )))
}

/// A budget of nothing would let nothing be planned, and one below nothing is none.
fn some_money<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Usd>, D::Error> {
    let money = Option::<Usd>::deserialize(input)?;
    match money {
        Some(money) if money <= Usd::ZERO => Err(D::Error::custom("a budget is at least 1 micro-dollar")),
        _ => Ok(money),
    }
}

/// On with planning.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResumeSpec", example = json!({ "budget": 20_000_000 }))]
pub(super) struct Resume {
    /// What all its model calls may cost together from now on, in micro-dollars. [default: as it is]
    #[serde(default, deserialize_with = "some_money")]
    #[schemars(range(min = 1), !default)]
    pub(super) budget: Option<Usd>,
}

/// What is enough as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "AcceptUnproven",
    example = json!({ "requirements": ["REQ-TODO-FUNC-002"], "reason": "Shown by hand, on the target machine." })
)]
pub(super) struct AcceptUnproven {
    /// The requirements that hold the completion, by their ids in the plan.
    pub(super) requirements: Bounded<Line<100>, 1, 500>,
    /// Why they need no evidence.
    pub(super) reason: Text,
}

/// Why it is given up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CancelSpec", example = json!({ "reason": "bought instead" }))]
pub(super) struct Cancel {
    /// At any length.
    pub(super) reason: Option<Text>,
}

/// In which layout a plan is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct In {
    /// How it is written down. [default: document]
    pub(super) layout: Option<Layout>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    pub(super) min_position: Option<String>,
}

/// A plan as files.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExportedSpec")]
pub(super) struct Exported {
    /// How it is written down.
    pub(super) layout: Layout,
    /// The files.
    pub(super) files: Vec<File>,
    /// What of the plan this layout cannot say, one sentence each.
    pub(super) lost: Vec<String>,
}

/// A spec after a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(example = json!({
    "id": "069571c7-45e1-8db1-94d2-541e27239a80", "title": "Todo", "status": "planned", "possible": ["revise", "cancel"],
    "problems": [], "version": 41, "position": 71,
}))]
#[schemars(rename = "SpecStanding")]
pub(super) struct SpecStanding {
    /// The spec.
    pub(super) id: Uuid,
    /// What people call it.
    pub(super) title: Name,
    /// How far it is.
    #[serde(flatten)]
    pub(super) stage: Stage,
    /// What a person can do with it now.
    pub(super) possible: Vec<&'static str>,
    /// What would be better otherwise in the plan that was imported; nothing that keeps it from being accepted.
    pub(super) problems: Vec<Problem>,
    /// Its version, for `If-Match`.
    pub(super) version: i64,
    /// Where the command's events end in the log; `null` when it changed nothing.
    pub(super) position: Option<i64>,
}
