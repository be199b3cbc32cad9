//! How it is built: the output of the phase `design`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The design of a feature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "DesignOutput")]
pub struct Design {
    /// The feature in kebab-case.
    pub feature_name: String,
    /// How the parts work together, in 300 to 500 words.
    pub architecture_overview: String,
    /// The same as a diagram in Mermaid.
    pub architecture_diagram: String,
    /// The parts.
    pub components: Vec<Component>,
    /// What is stored.
    pub data_models: Vec<DataModel>,
    /// What can be called over HTTP.
    pub api_endpoints: Vec<Endpoint>,
    /// Where it touches what is there already: a sentence or an object each.
    pub integration_points: Vec<Value>,
    /// What happens when something fails, by kind of failure.
    pub error_handling: BTreeMap<String, Value>,
    /// How it is tested.
    pub testing_strategy: TestingStrategy,
    /// What an attacker could do, and what is done about it: a sentence or an object each.
    pub security_considerations: Vec<Value>,
    /// How what is there becomes what is wanted.
    pub migration_plan: BTreeMap<String, Value>,
    /// The whole text of an imported design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "DesignComponent")]
pub struct Component {
    /// Unique in the design.
    pub name: String,
    /// E.g. `service`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it will be.
    pub file_path: String,
    /// What it is.
    pub description: String,
    /// What it answers for.
    pub responsibility: String,
    /// How others use it.
    pub interfaces: Vec<Interface>,
    /// The parts it uses.
    pub dependencies: Vec<String>,
}

/// A way to use a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Interface {
    /// Its name.
    pub method: String,
    /// What it takes, as a sentence or a list.
    #[schemars(with = "Value")]
    pub inputs: Value,
    /// What it gives.
    #[schemars(with = "Value")]
    pub outputs: Value,
}

/// A thing that is stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct DataModel {
    /// Its name.
    pub name: String,
    /// Its table.
    pub table_name: String,
    /// What it is.
    pub description: String,
    /// The SQL type of each field.
    pub fields: BTreeMap<String, Value>,
    /// What is found fast.
    pub indexes: Vec<Value>,
    /// What it refers to.
    pub relationships: Vec<Value>,
}

/// Something that can be called over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Endpoint {
    /// E.g. `POST`.
    pub method: String,
    /// E.g. `/todos`.
    pub path: String,
    /// What it does.
    pub description: String,
    /// Whether one must be signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_required: Option<bool>,
    /// What it takes.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub request_schema: Value,
    /// What it answers.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub response_schema: Value,
    /// What it answers when it refuses.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub error_responses: Value,
}

/// How it is tested: lists of tests, or a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum TestingStrategy {
    /// Tests by kind.
    Lists {
        /// Tests of one part.
        unit_tests: Vec<String>,
        /// Tests of parts together.
        integration_tests: Vec<String>,
    },
    /// In words.
    Words(String),
}

impl<'de> Deserialize<'de> for TestingStrategy {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Lists {
            unit_tests: Vec<String>,
            integration_tests: Vec<String>,
        }
        crate::lenient::text_or_object(input, Self::Words, |lists: Lists| Self::Lists {
            unit_tests: lists.unit_tests,
            integration_tests: lists.integration_tests,
        })
    }
}

impl Default for TestingStrategy {
    fn default() -> Self {
        Self::Words(String::new())
    }
}
