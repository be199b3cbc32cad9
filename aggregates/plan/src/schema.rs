//! What a model is asked to write, as a JSON Schema: the input of a tool for Anthropic, `json_schema` for OpenAI.
//!
//! Reading is lenient about what is absent (`read`), asking is not: every field is required that a judge looks for,
//! nothing may be `null`, fields that only an import fills are not mentioned, and neither are other fields allowed.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::Phase;
use crate::phases::{Design, Explore, Prd, Requirements, SyncOutput, Tasks};

/// Fields that an import fills, and those that are computed whatever a model thinks.
const NOT_ASKED_FOR: &[&str] =
    &["critical_path", "document", "done", "optional", "origin", "statements", "total_estimated_hours"];

/// Fields that a model may leave out.
const OPTIONAL: &[&str] = &[
    "auth_required",
    "error_responses",
    "kind",
    "notes",
    "request_schema",
    "response_schema",
    "run",
    "validate",
];

/// The version of the schema: it changes when an output of before would be refused or read as something else.
#[must_use]
pub const fn schema_version(phase: Phase) -> &'static str {
    match phase {
        Phase::Explore => "explore.v1",
        Phase::Prd => "prd.v1",
        Phase::Requirements => "requirements.v1",
        Phase::Design => "design.v1",
        Phase::Tasks => "tasks.v1",
        Phase::Sync => "sync.v1",
    }
}

/// The JSON Schema of the output of `phase`; of `sync`, which no model writes, the schema of what is computed.
#[must_use]
pub fn schema_of(phase: Phase) -> Value {
    let mut schema = match phase {
        Phase::Explore => generated::<Explore>(),
        Phase::Prd => generated::<Prd>(),
        Phase::Requirements => generated::<Requirements>(),
        Phase::Design => generated::<Design>(),
        Phase::Tasks => generated::<Tasks>(),
        Phase::Sync => return generated::<SyncOutput>(),
    };
    ask(&mut schema);
    schema
}

fn generated<T: JsonSchema>() -> Value {
    // Without `$ref`: not every provider follows one.
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    SchemaGenerator::from(settings).into_root_schema_for::<T>().to_value()
}

/// Makes a schema of what may be read one of what is asked for.
fn ask(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    for noise in ["$schema", "title", "default", "format"] {
        object.remove(noise);
    }
    without_null(object);
    if let Some(Value::Object(fields)) = object.get_mut("properties") {
        for field in NOT_ASKED_FOR {
            fields.remove(*field);
        }
        let required: Vec<Value> = fields
            .keys()
            .filter(|field| !OPTIONAL.contains(&field.as_str()))
            .cloned()
            .map(Value::from)
            .collect();
        fields.values_mut().for_each(ask);
        object.insert("required".to_owned(), required.into());
        object.insert("additionalProperties".to_owned(), false.into());
    } else if let Some(values) = object.get_mut("additionalProperties") {
        ask(values);
    }
    if let Some(entries) = object.get_mut("items") {
        ask(entries);
    }
    if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
        forms.iter_mut().for_each(ask);
    }
}

/// `null` stands for an absent field when an output is read; nobody is asked to write it.
fn without_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
        forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
        if let [Value::Object(one)] = forms.as_slice() {
            let one = one.clone();
            object.remove("anyOf");
            for (key, value) in one {
                object.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::examples;

    const ASKED: [Phase; 5] = [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];

    #[test]
    fn the_examples_are_what_is_asked_for() {
        for phase in ASKED {
            let mut example = examples::json(phase);
            if phase == Phase::Requirements {
                // Read in any case, asked for in one.
                example["requirements"][1]["priority"] = json!("high");
            }
            if phase == Phase::Tasks {
                example["tickets"][0]["priority"] = json!("high");
            }
            let schema = schema_of(phase);
            assert!(jsonschema::meta::is_valid(&schema), "{phase}");
            let validator = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<_> = validator
                .iter_errors(&example)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{phase}");
        }
    }

    #[test]
    fn what_is_absent_null_or_unknown_is_not_what_is_asked_for() {
        for phase in ASKED {
            let validator = jsonschema::validator_for(&schema_of(phase)).unwrap();
            assert!(!validator.is_valid(&json!({})), "{phase}");
            let mut unknown = examples::json(phase);
            unknown["mood"] = json!("good");
            assert!(!validator.is_valid(&unknown), "{phase}");
        }
        let validator = jsonschema::validator_for(&schema_of(Phase::Tasks)).unwrap();
        for field in ["id", "estimated_hours", "priority", "dependencies", "components", "parent_ticket"] {
            let mut example = examples::json(Phase::Tasks);
            example["tasks"][0][field] = Value::Null;
            assert!(!validator.is_valid(&example), "{field}");
            example["tasks"][0].as_object_mut().unwrap().remove(field);
            assert!(!validator.is_valid(&example), "{field}");
        }
    }

    #[test]
    fn a_schema_is_an_object_without_references_and_names_no_field_of_an_import() {
        for phase in ASKED {
            let schema = schema_of(phase);
            assert_eq!(schema["type"], "object");
            let text = schema.to_string();
            assert!(!text.contains("$ref") && !text.contains("\"null\"") && !text.contains("\"default\""));
            for field in NOT_ASKED_FOR {
                assert!(!text.contains(&format!("\"{field}\"")), "{phase} {field}");
            }
            assert!(schema_version(phase).starts_with(phase.as_str()));
        }
    }

    #[test]
    fn each_field_that_is_left_out_exists() {
        let text: String = ASKED
            .iter()
            .map(|phase| match phase {
                Phase::Explore => generated::<Explore>().to_string(),
                Phase::Prd => generated::<Prd>().to_string(),
                Phase::Requirements => generated::<Requirements>().to_string(),
                Phase::Design => generated::<Design>().to_string(),
                Phase::Tasks | Phase::Sync => generated::<Tasks>().to_string(),
            })
            .collect();
        for field in NOT_ASKED_FOR.iter().chain(OPTIONAL) {
            assert!(text.contains(&format!("\"{field}\":")), "{field}");
        }
    }
}
