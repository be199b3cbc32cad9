//! What shows that a requirement, ticket or task is met.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// One thing to check. On the wire a plain statement is a string, any other kind an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "Wire")]
pub struct Criterion {
    /// What must be seen.
    pub text: String,
    /// How it is said.
    pub kind: CriterionKind,
}

/// How a criterion is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CriterionKind {
    /// As a sentence.
    #[default]
    Statement,
    /// As given, when, then.
    Scenario,
}

impl Criterion {
    /// A plain statement.
    #[must_use]
    pub fn statement(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: CriterionKind::Statement }
    }

    /// A scenario.
    #[must_use]
    pub fn scenario(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: CriterionKind::Scenario }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum Wire {
    Plain(String),
    Full(Full),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct Full {
    text: String,
    #[serde(default)]
    kind: CriterionKind,
}

impl<'de> Deserialize<'de> for Criterion {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        crate::lenient::text_or_object(input, Self::statement, |Full { text, kind }| Self { text, kind })
    }
}

impl From<Criterion> for Wire {
    fn from(criterion: Criterion) -> Self {
        let Criterion { text, kind } = criterion;
        match kind {
            CriterionKind::Statement => Self::Plain(text),
            CriterionKind::Scenario => Self::Full(Full { text, kind }),
        }
    }
}

impl JsonSchema for Criterion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AcceptanceCriterion".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Wire::json_schema(generator)
    }
}
