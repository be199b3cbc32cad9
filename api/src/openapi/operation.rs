//! What the document says of one operation. A route cannot be registered without it (`documented.rs`).

use axum::http::StatusCode;
use commands::Permission;
use schemars::{JsonSchema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::schema::{Described, described};

/// One operation, in words and types.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) kind: Kind,
    pub(super) asked: Option<Described>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
    pub(super) example: Option<&'static str>,
    /// In which media type the answer can be had as well, as text.
    pub(super) also_as: Option<&'static str>,
    /// Codes besides those of its kind.
    pub(super) problems: Vec<&'static str>,
    pub(super) access: Access,
}

/// Who may ask for an operation. A test fails for one that does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Nobody has said.
    Undeclared,
    /// Everybody: it needs no sign-in, or is the sign-in.
    Open,
    /// Whoever is let in at all.
    Anybody,
    /// A person who is signed in, about their own matters; never a key.
    Person,
    /// Who has this permission.
    Needs(Permission),
}

impl Access {
    /// One word for programs, `x-omoi-access` in the document.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Undeclared => "undeclared",
            Self::Open => "open",
            Self::Anybody => "anybody",
            Self::Person => "person",
            Self::Needs(permission) => permission.as_str(),
        }
    }
}

/// What requests and answers of an operation carry besides their bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Changes something: `Idempotency-Key`, `If-Match`, `Omoi-Position`.
    Command,
    /// Reads a read model: `Omoi-Min-Position`, `Omoi-Stale`.
    ReadModel,
    /// Reads something else.
    Plain,
    /// Needs no sign-in.
    Open,
}

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    pub(super) schema: Described,
    /// Whether the server understands it, and why not.
    pub(super) parses: fn(Value) -> Result<(), String>,
}

impl Body {
    /// No body does as well: it is read as an empty object.
    pub(super) fn is_optional(&self) -> bool {
        (self.parses)(json!({})).is_ok()
    }

    fn of<B: DeserializeOwned + JsonSchema>() -> Self {
        Self { schema: described::<B>, parses: parses::<B> }
    }
}

/// An answer that is no problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) schema: Option<Described>,
    /// Empty when there is no body.
    pub(super) media_type: &'static str,
    pub(super) meaning: &'static str,
}

/// Changes something: the body is a `B`, the answer an `A`.
pub(crate) fn command<B, A>(id: &'static str, summary: &'static str) -> Operation
where
    B: DeserializeOwned + JsonSchema,
    A: Serialize + JsonSchema,
{
    Operation { body: Some(Body::of::<B>()), ..Operation::new(Kind::Command, id, summary) }
        .answers::<A>(StatusCode::OK, DONE)
}

/// Changes something that its address says in full: no body.
pub(crate) fn bare_command<A: Serialize + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Kind::Command, id, summary).answers::<A>(StatusCode::OK, DONE)
}

/// Reads a read model, which may have to wait for `min_position`.
pub(crate) fn query<A: Serialize + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Kind::ReadModel, id, summary).answers::<A>(StatusCode::OK, FOUND)
}

/// Asks for something that is no command on the log: the body is a `B`, the answer an `A`.
pub(crate) fn order<B, A>(id: &'static str, summary: &'static str) -> Operation
where
    B: DeserializeOwned + JsonSchema,
    A: Serialize + JsonSchema,
{
    let operation = Operation { body: Some(Body::of::<B>()), ..Operation::new(Kind::Plain, id, summary) };
    operation.answers::<A>(StatusCode::OK, DONE).refuses(&[
        "invalid_body",
        "body_too_large",
        "unsupported_media_type",
    ])
}

/// Reads something that is no read model.
pub(crate) fn look<A: Serialize + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Kind::Plain, id, summary).answers::<A>(StatusCode::OK, FOUND)
}

/// Reads something that is not JSON and has no schema.
pub(crate) fn look_at_text(id: &'static str, summary: &'static str, media_type: &'static str) -> Operation {
    let answer = Answer { status: StatusCode::OK, schema: None, media_type, meaning: FOUND };
    Operation { answers: vec![answer], ..Operation::new(Kind::Plain, id, summary) }
}

/// Does something that is no command on the log and has no body.
pub(crate) fn plain(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Kind::Plain, id, summary)
}

/// Answers everybody.
pub(crate) fn open(id: &'static str, summary: &'static str) -> Operation {
    Operation { access: Access::Open, ..Operation::new(Kind::Open, id, summary) }
}

/// As [`order`], for everybody.
pub(crate) fn open_order<B, A>(id: &'static str, summary: &'static str) -> Operation
where
    B: DeserializeOwned + JsonSchema,
    A: Serialize + JsonSchema,
{
    let operation = open_act::<B>(id, summary);
    operation.answers::<A>(StatusCode::OK, DONE)
}

/// The same, without anything in the answer.
pub(crate) fn open_act<B: DeserializeOwned + JsonSchema>(
    id: &'static str,
    summary: &'static str,
) -> Operation {
    let operation = Operation { body: Some(Body::of::<B>()), ..open(id, summary) };
    operation.refuses(OPEN_ORDER)
}

/// As [`order`], without anything in the answer.
pub(crate) fn act<B: DeserializeOwned + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    let operation = Operation { body: Some(Body::of::<B>()), ..Operation::new(Kind::Plain, id, summary) };
    operation.refuses(&[
        "invalid_body",
        "two_lengths",
        "body_timeout",
        "body_too_large",
        "unsupported_media_type",
    ])
}

const OPEN_ORDER: &[&str] = &[
    "invalid_body",
    "two_lengths",
    "body_timeout",
    "body_too_large",
    "unsupported_media_type",
    "address_too_long",
    "too_many_requests",
    "internal",
    "busy",
    "database_down",
    "database_stalled",
    "database_refused",
    "request_timeout",
];

const DONE: &str = "It is done, or was done before.";
const FOUND: &str = "What is asked for.";

impl Operation {
    fn new(kind: Kind, id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            description: "",
            kind,
            asked: None,
            body: None,
            answers: Vec::new(),
            example: None,
            also_as: None,
            problems: Vec::new(),
            access: Access::Undeclared,
        }
    }

    /// More than the summary, in Markdown.
    pub(crate) fn says(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// What the caller's role must allow.
    pub(crate) fn needs(self, permission: Permission) -> Self {
        Self { access: Access::Needs(permission), ..self }
    }

    /// It is about the caller's own matters: for a person who is signed in, whatever their role.
    pub(crate) fn of_person(self) -> Self {
        Self { access: Access::Person, ..self }.refuses(&["needs_session"])
    }

    /// Whoever is let in at all may.
    pub(crate) fn of_anybody(self) -> Self {
        Self { access: Access::Anybody, ..self }
    }

    /// The answer has no body.
    pub(crate) fn answers_nothing(mut self) -> Self {
        let (status, meaning) = (StatusCode::NO_CONTENT, "It is done.");
        self.answers.push(Answer { status, schema: None, media_type: "", meaning });
        self
    }

    /// Its query, a struct of parameters.
    pub(crate) fn asks<Q: JsonSchema>(self) -> Self {
        Self { asked: Some(Q::json_schema as fn(&mut SchemaGenerator) -> schemars::Schema), ..self }
    }

    /// It makes something: 201 in the place of 200.
    pub(crate) fn creates(mut self) -> Self {
        for answer in &mut self.answers {
            answer.status = StatusCode::CREATED;
            answer.meaning = "It is made, or was made before with the same `Idempotency-Key`.";
        }
        self
    }

    pub(super) fn makes_something(&self) -> bool {
        self.answers.iter().any(|answer| answer.status == StatusCode::CREATED)
    }

    /// It only begins: 202 in the place of 200.
    pub(crate) fn accepts(mut self) -> Self {
        for answer in &mut self.answers {
            answer.status = StatusCode::ACCEPTED;
            answer.meaning = "It has begun.";
        }
        self
    }

    /// An answer of JSON.
    pub(crate) fn answers<A: Serialize + JsonSchema>(
        mut self,
        status: StatusCode,
        meaning: &'static str,
    ) -> Self {
        let schema = Some(described::<A> as Described);
        self.answers.push(Answer { status, schema, media_type: "application/json", meaning });
        self
    }

    /// The connection becomes something else.
    pub(crate) fn switches(mut self) -> Self {
        let meaning = "From here on it is a WebSocket.";
        let status = StatusCode::SWITCHING_PROTOCOLS;
        self.answers.push(Answer { status, schema: None, media_type: "", meaning });
        self
    }

    /// An example of the answer as JSON, where the type carries none.
    pub(crate) fn shows(self, example: &'static str) -> Self {
        Self { example: Some(example), ..self }
    }

    /// The answer can be had as text of this media type as well.
    pub(crate) fn also_as(self, media_type: &'static str) -> Self {
        Self { also_as: Some(media_type), ..self }
    }

    /// Codes of problems (`problems.rs`) besides those of its kind.
    pub(crate) fn refuses(mut self, codes: &[&'static str]) -> Self {
        self.problems.extend(codes);
        self
    }
}

fn parses<B: DeserializeOwned>(value: Value) -> Result<(), String> {
    serde_json::from_value::<B>(value).map(drop).map_err(|error| error.to_string())
}
