//! What must hold: the output of the phase `requirements`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::Priority;

use super::Criterion;

/// The requirements of a feature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "RequirementsOutput")]
pub struct Requirements {
    /// The feature in kebab-case.
    pub feature_name: String,
    /// What must hold.
    pub requirements: Vec<Requirement>,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
    /// What is not meant.
    pub out_of_scope: Vec<String>,
    /// What nobody could say yet.
    pub open_questions: Vec<String>,
    /// Where it comes from and where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceability: Option<Traceability>,
    /// Lines of an imported plan that are kept as text and need no coverage, e.g. `FR-001` of spec-kit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
}

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlannedRequirement")]
pub struct Requirement {
    /// `REQ-<FEATURE>-<CATEGORY>-<NNN>`, unique in the plan.
    #[serde(default)]
    pub id: String,
    /// A capability in three to six words.
    #[serde(default)]
    pub title: String,
    /// E.g. `functional`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// `FUNC`, `PERF`, `SEC`, `USE`, `REL` or `CON`.
    #[serde(default)]
    pub category: String,
    /// How much it matters.
    #[serde(default, deserialize_with = "crate::lenient::priority")]
    #[schemars(with = "Option<Priority>")]
    pub priority: Option<Priority>,
    /// The sentence itself, in EARS; of an imported plan its user story.
    #[serde(default)]
    pub text: String,
    /// What shows that it holds; the first is number 1.
    #[serde(default)]
    pub acceptance_criteria: Vec<Criterion>,
    /// Requirements that must hold before it.
    #[serde(default)]
    pub dependencies: Vec<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// What it was called in the plan that was imported, e.g. `1` of Kiro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// A line that is kept as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Statement {
    /// What it is called, e.g. `FR-001`.
    pub id: String,
    /// What it says.
    pub text: String,
}

/// Where requirements come from and where they go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Traceability {
    /// Sections of the PRD.
    pub prd_sections: Vec<String>,
    /// Parts that will be built.
    pub design_components: Vec<String>,
}
