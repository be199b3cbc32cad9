//! What is there already: the output of the phase `explore`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was found in the repository, and what is to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "ExploreOutput")]
pub struct Explore {
    /// The code base in a paragraph.
    pub codebase_summary: String,
    /// E.g. `web service`.
    pub project_type: String,
    /// Languages, frameworks, stores.
    pub tech_stack: Vec<String>,
    /// Where each area of the code is.
    pub structure: BTreeMap<String, String>,
    /// The files that matter for the feature.
    pub key_files: Vec<KeyFile>,
    /// How similar things are done there.
    pub relevant_patterns: Vec<Pattern>,
    /// The models that exist.
    pub existing_models: Vec<Model>,
    /// How the code is written.
    pub conventions: Conventions,
    /// Where the program starts.
    pub entry_points: Vec<String>,
    /// How and where it is tested.
    pub test_structure: String,
    /// What a person must be asked, by category.
    pub discovery_questions: Vec<QuestionGroup>,
    /// The feature as it is understood.
    pub feature_summary: FeatureSummary,
    /// What is related to the feature.
    pub related_to_feature: Vec<RelatedCode>,
    /// Anything else.
    pub notes: String,
}

/// A file that matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct KeyFile {
    /// Where it is.
    pub path: String,
    /// What it is for.
    pub purpose: String,
}

/// How things are done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Pattern {
    /// Its name.
    pub pattern: String,
    /// What it is.
    pub description: String,
    /// Where it is seen.
    pub files: Vec<String>,
}

/// A model that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub file: String,
    /// Its fields.
    pub fields: Vec<String>,
}

/// How the code is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Conventions {
    /// How things are named.
    pub naming: String,
    /// How tests are written.
    pub testing: String,
    /// What is done everywhere.
    #[serde(deserialize_with = "crate::lenient::optional")]
    #[schemars(with = "Vec<String>")]
    pub patterns: Option<Vec<String>>,
}

/// Questions of one category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct QuestionGroup {
    /// One of the five: Problem & Value, Users & Journeys, Scope & Boundaries, Technical Context,
    /// Trade-offs & Risks.
    pub category: String,
    /// The questions.
    pub questions: Vec<String>,
}

/// The feature as it is understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct FeatureSummary {
    /// In kebab-case.
    pub name: String,
    /// In a line.
    pub one_liner: String,
    /// What is bad today.
    pub problem_statement: String,
    /// What is meant.
    #[serde(deserialize_with = "crate::lenient::optional")]
    #[schemars(with = "Vec<String>")]
    pub scope_in: Option<Vec<String>>,
    /// What is not meant.
    #[serde(deserialize_with = "crate::lenient::optional")]
    #[schemars(with = "Vec<String>")]
    pub scope_out: Option<Vec<String>>,
    /// What limits the solution.
    pub technical_constraints: Vec<String>,
    /// What may go wrong.
    pub risks_identified: Vec<String>,
    /// How success is seen.
    pub success_metrics: Vec<String>,
}

/// Code that is related to the feature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct RelatedCode {
    /// What it is.
    pub name: String,
    /// Where it is.
    pub file: String,
    /// How it is related.
    pub relevance: String,
}
