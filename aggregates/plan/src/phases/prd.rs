//! What is wanted, for whom, and why: the output of the phase `prd`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Criterion;

/// A product requirements document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "PrdOutput")]
pub struct Prd {
    /// E.g. `1.0`.
    pub prd_version: String,
    /// The feature in kebab-case.
    pub feature_name: String,
    /// What it is.
    pub overview: Overview,
    /// What it is for.
    pub goals: Goals,
    /// Whom it is for.
    pub users: Users,
    /// What they want of it; 5 to 15.
    pub user_stories: Vec<Story>,
    /// What is meant and what is not.
    pub scope: Scope,
    /// What is taken for granted.
    pub assumptions: Vec<String>,
    /// What limits the solution.
    pub constraints: Constraints,
    /// What may go wrong.
    pub risks: Vec<Risk>,
    /// What nobody could say yet; absent when the writer said nothing of it.
    #[serde(deserialize_with = "crate::lenient::optional")]
    #[schemars(with = "Vec<String>")]
    pub open_questions: Option<Vec<String>>,
    /// Features it has to do with.
    pub related_features: Vec<RelatedFeature>,
    /// How the document came about.
    pub revision_history: Vec<Revision>,
}

/// What it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Overview {
    /// In a line.
    pub one_liner: String,
    /// What is bad today.
    pub problem_statement: String,
    /// What will be better, and how.
    pub solution_summary: String,
}

/// What it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Goals {
    /// What must be reached.
    pub primary: Vec<String>,
    /// What would be good beside it; absent when the writer said nothing of it.
    #[serde(deserialize_with = "crate::lenient::optional")]
    #[schemars(with = "Vec<String>")]
    pub secondary: Option<Vec<String>>,
    /// How it is seen that it was reached.
    pub success_metrics: Vec<Metric>,
}

/// How a goal is measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Metric {
    /// What is measured.
    pub metric: String,
    /// What is to be reached.
    pub target: String,
    /// How it is measured.
    pub measurement: String,
}

/// Whom it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Users {
    /// For whom it is made: one or several.
    #[serde(deserialize_with = "crate::lenient::one_or_many")]
    #[schemars(with = "Vec<User>")]
    pub primary: Vec<User>,
    /// Who has something of it too.
    #[serde(deserialize_with = "crate::lenient::one_or_many")]
    #[schemars(with = "Vec<User>")]
    pub secondary: Vec<User>,
}

/// A kind of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct User {
    /// What they are.
    pub role: String,
    /// More of it.
    pub description: String,
    /// What they need.
    pub needs: Vec<String>,
}

/// As somebody, I want something, so that something is better.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Story {
    /// `US-<NNN>`, unique in the document.
    pub id: String,
    /// As whom.
    pub role: String,
    /// What I want.
    pub want: String,
    /// What it is good for.
    pub benefit: String,
    /// `must`, `should` or `could`.
    pub priority: String,
    /// What shows that it is met.
    pub acceptance_criteria: Vec<Criterion>,
}

/// What is meant and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Scope {
    /// What is meant.
    pub in_scope: Vec<String>,
    /// What is not.
    pub out_of_scope: Vec<String>,
    /// What it needs of others; absent when the writer said nothing of it.
    #[serde(deserialize_with = "crate::lenient::optional")]
    #[schemars(with = "Vec<String>")]
    pub dependencies: Option<Vec<String>>,
}

/// What limits the solution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Constraints {
    /// By technology.
    pub technical: Vec<String>,
    /// By business.
    pub business: Vec<String>,
}

/// Something that may go wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Risk {
    /// What may happen.
    #[serde(alias = "description")]
    pub risk: String,
    /// What it would mean.
    pub impact: String,
    /// How likely it is.
    pub likelihood: String,
    /// What is done about it.
    pub mitigation: String,
}

/// A feature it has to do with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct RelatedFeature {
    /// Its name.
    pub name: String,
    /// How they are related.
    pub relationship: String,
    /// Anything else.
    pub notes: String,
}

/// One change of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Revision {
    /// E.g. `1.0`.
    pub version: String,
    /// When.
    pub date: String,
    /// Who.
    pub author: String,
    /// What.
    pub changes: String,
}
