//! The bridge from the schemas that the types derive (schemars, draft 2020-12) to the document (utoipa).
//! Nothing is lost on it: `OpenAPI` 3.1 takes such schemas as they are.

use std::collections::BTreeMap;

use schemars::{
    JsonSchema, SchemaGenerator,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::Value;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, extensions::Extensions, schema::SchemaType};

/// Where the document keeps its schemas.
const DEFINITIONS: &str = "/components/schemas";

/// How a type describes itself; kept by an operation until the document is written.
pub(super) type Described = fn(&mut SchemaGenerator) -> schemars::Schema;

/// The description of `T`: a reference where `T` has a name of its own.
pub(super) fn described<T: JsonSchema>(generator: &mut SchemaGenerator) -> schemars::Schema {
    generator.subschema_for::<T>()
}

/// The schemas of one document. What a field may lack when it is read (a default) it has when it is written, so
/// what comes in and what goes out are described apart.
pub(super) struct Schemas {
    incoming: SchemaGenerator,
    outgoing: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = DEFINITIONS.into();
            settings.meta_schema = None;
        });
        let settings = settings.with_transform(WholeNumbers);
        Self {
            incoming: settings.clone().for_deserialize().into_generator(),
            outgoing: settings.for_serialize().into_generator(),
        }
    }

    /// What a client sends.
    pub(super) fn incoming(&mut self, describe: Described) -> schemars::Schema {
        finished(describe(&mut self.incoming))
    }

    /// What the server answers.
    pub(super) fn outgoing(&mut self, describe: Described) -> schemars::Schema {
        finished(describe(&mut self.outgoing))
    }

    /// Every schema with a name.
    ///
    /// # Errors
    /// When a name means one thing in requests and another in answers.
    pub(super) fn components(mut self) -> Result<BTreeMap<String, RefOr<Schema>>, String> {
        let mut all = self.incoming.take_definitions(true);
        for (name, schema) in self.outgoing.take_definitions(true) {
            if all.get(&name).is_some_and(|other| *other != schema) {
                return Err(format!(
                    "the schema {name} is not the same in requests and in answers: rename one"
                ));
            }
            all.insert(name, schema);
        }
        Ok(all.into_iter().map(|(name, schema)| (name, exact(&schema))).collect())
    }
}

fn finished(mut schema: schemars::Schema) -> schemars::Schema {
    WholeNumbers.transform(&mut schema);
    schema
}

/// The schema as the document carries it, keyword by keyword: utoipa has no field for some of them.
pub(super) fn exact(schema: &Value) -> RefOr<Schema> {
    let keywords: Extensions = schema.as_object().cloned().unwrap_or_default().into_iter().collect();
    let any = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
    RefOr::T(any.extensions(Some(keywords)).into())
}

/// Says the range of a whole number in numbers: `format` alone binds nobody.
#[derive(Clone, Debug)]
struct WholeNumbers;

impl Transform for WholeNumbers {
    fn transform(&mut self, schema: &mut schemars::Schema) {
        let range: Option<(i64, u64)> = match schema.get("format").and_then(Value::as_str) {
            Some("int32") => Some((i32::MIN.into(), i32::MAX as u64)),
            Some("int64") => Some((i64::MIN, i64::MAX as u64)),
            Some("uint32") => Some((0, u32::MAX.into())),
            Some("uint" | "uint64") => Some((0, u64::MAX)),
            _ => None,
        };
        if let Some((least, most)) = range
            && let Some(schema) = schema.as_object_mut()
        {
            schema.entry("minimum").or_insert(least.into());
            schema.entry("maximum").or_insert(most.into());
        }
        transform_subschemas(self, schema);
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[serde(default)]
        many: i64,
    }

    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        part: Option<Part>,
        kind: Kind,
    }

    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        /// The one.
        One,
        /// The other.
        Other,
    }

    #[test]
    fn a_schema_comes_over_as_it_is_and_its_parts_are_named() {
        let mut schemas = Schemas::new();
        let whole = schemas.incoming(described::<Whole>);
        assert_eq!(whole.to_value(), json!({ "$ref": "#/components/schemas/Whole" }));
        let components = serde_json::to_value(schemas.components().unwrap()).unwrap();
        assert_eq!(components["Whole"]["additionalProperties"], false);
        assert_eq!(components["Whole"]["required"], json!(["kind"]));
        assert_eq!(
            components["Whole"]["properties"]["part"]["anyOf"][0]["$ref"],
            "#/components/schemas/Part"
        );
        // The words of an enum with documentation are `const`, which utoipa has no field for.
        assert_eq!(
            components["Kind"]["oneOf"][1],
            json!({ "const": "other", "type": "string", "description": "The other." })
        );
        assert_eq!(components["Part"]["properties"]["many"]["maximum"], i64::MAX);
    }

    #[test]
    fn one_name_for_two_things_is_found() {
        let mut schemas = Schemas::new();
        schemas.incoming(described::<Part>);
        schemas.outgoing(described::<Part>);
        assert!(schemas.components().unwrap_err().contains("schema Part"));
    }
}
