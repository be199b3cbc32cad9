//! The document itself, put together from what the routes say.

use axum::http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::{Value, json};
use utoipa::openapi::{
    Components, Content, ContentBuilder, Header, HeaderBuilder, Info, InfoBuilder, License, OpenApiBuilder,
    Paths, Required, Response, ResponseBuilder, SecurityRequirement,
    extensions::ExtensionsBuilder,
    path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::{Tag, TagBuilder},
};

use super::documented::Route;
use super::operation::{Access, Answer, Body, Kind, Operation};
use super::problems;
use super::schema::{Described, Schemas, described, exact};
use crate::routes::problem;

const SIGN_IN: &str = "api_key";
const MIN_POSITION: &str =
    "The answer shows everything up to this position of the log, or is 503 `behind` after 2 seconds.";
const ABOUT: &str = include_str!("about.md");

/// The document of these routes, its keys sorted.
///
/// # Errors
/// When two types share a name.
pub(super) fn document(routes: &[Route]) -> Result<Value, String> {
    let mut schemas = Schemas::new();
    let mut paths = Paths::new();
    for route in routes {
        let operation = operation(route, &mut schemas);
        paths.add_path_operation(route.path.as_str(), vec![route.method.clone()], operation);
    }
    let mut components = Components::new();
    for (name, schema) in schemas.components()? {
        components.schemas.insert(name, schema);
    }
    components.add_security_scheme(SIGN_IN, SecurityScheme::Http(sign_in()));
    let document = OpenApiBuilder::new()
        .info(info())
        .paths(paths)
        .components(Some(components))
        .tags(Some(tags(routes)))
        .build();
    let mut document = serde_json::to_value(document).map_err(|error| error.to_string())?;
    document.sort_all_objects();
    Ok(document)
}

fn info() -> Info {
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    InfoBuilder::new()
        .title("OmoiOS")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build()
}

fn sign_in() -> utoipa::openapi::security::Http {
    HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token from `POST /api/v1/auth/login`, or an API key. `omoi up` keeps a key in `operator.key` of its data directory."))
        .build()
}

fn tags(routes: &[Route]) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for subject in routes.iter().map(|route| route.subject) {
        if !tags.iter().any(|tag| tag.name == subject.name) {
            tags.push(TagBuilder::new().name(subject.name).description(Some(subject.about)).build());
        }
    }
    tags
}

fn operation(route: &Route, schemas: &mut Schemas) -> utoipa::openapi::path::Operation {
    let Route { operation, path, subject, .. } = route;
    let mut built = OperationBuilder::new()
        .tag(subject.name)
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .description(Some(description(operation)).filter(|text| !text.is_empty()))
        .parameters(Some(parameters(operation, path, schemas)))
        .request_body(operation.body.map(|body| request_body(body, schemas)));
    for answer in &operation.answers {
        built = built.response(answer.status.as_str(), answered(operation, answer, schemas));
    }
    for (status, codes) in problems::of(operation, path) {
        built = built.response(status.to_string(), refused(status, &codes, schemas));
    }
    let security = if operation.kind == Kind::Open {
        SecurityRequirement::default()
    } else {
        SecurityRequirement::new(SIGN_IN, [""; 0])
    };
    let access = ExtensionsBuilder::new().add("x-omoi-access", operation.access.as_str()).build();
    built.security(security).extensions(Some(access)).build()
}

fn description(operation: &Operation) -> String {
    let access = match operation.access {
        Access::Needs(permission) => Some(format!("Needs `{permission}`.")),
        Access::Person => Some("For a person who is signed in.".to_owned()),
        Access::Undeclared | Access::Open | Access::Anybody => None,
    };
    let parts = [Some(operation.description.to_owned()).filter(|text| !text.is_empty()), access];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

// --- what comes in

fn parameters(operation: &Operation, path: &str, schemas: &mut Schemas) -> Vec<Parameter> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Parameter> = names.map(|name| in_path(name, path)).collect();
    if let Some(asked) = operation.asked {
        all.extend(in_query(&schemas.incoming(asked)));
    }
    match operation.kind {
        Kind::Command => {
            all.push(parameter(
                ParameterIn::Header,
                "Idempotency-Key",
                "Names the wish. The same key with the same content acts once and is answered the same, also hours \
                 later; with another content it is refused.",
                &json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$" }),
                json!("create-billing-1"),
            ));
            // What is made has no version yet.
            if !operation.makes_something() {
                all.push(parameter(
                ParameterIn::Header,
                "If-Match",
                "The version that the caller has seen, as an earlier answer's `ETag` gave it. The command acts only \
                 when nothing has changed since.",
                &json!({ "type": "string", "pattern": r#"^("[0-9]{1,18}"|[0-9]{1,18}|\*)$"# }),
                json!("*"),
            ));
            }
        }
        Kind::ReadModel => {
            let position = json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX });
            all.push(parameter(ParameterIn::Header, "Omoi-Min-Position", MIN_POSITION, &position, json!(0)));
            all.push(parameter(
                ParameterIn::Query,
                "min_position",
                "As `Omoi-Min-Position`.",
                &position,
                json!(0),
            ));
        }
        Kind::Plain | Kind::Open => {}
    }
    all
}

fn in_path(name: &str, path: &str) -> Parameter {
    let (schema, meaning) = match name {
        "name" => (json!({ "type": "string", "pattern": "^[a-z_]+$" }), "Its name.".to_owned()),
        "id" => {
            let what = path.split('/').rev().skip_while(|part| *part != "{id}").nth(1).unwrap_or_default();
            (json!({ "type": "string", "format": "uuid" }), format!("Which of the {what}."))
        }
        "user" | "invitation" | "key" => {
            (json!({ "type": "string", "format": "uuid" }), format!("Which {name}."))
        }
        _ => (json!({ "type": "string", "format": "uuid" }), "What it waits for.".to_owned()),
    };
    let parameter =
        ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
    parameter.description(Some(meaning)).schema(Some(exact(&schema))).build()
}

/// A parameter a field: what is `null` in JSON is left out of a query.
fn in_query(schema: &schemars::Schema) -> Vec<Parameter> {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let fields = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            schema["type"] = schema["type"][0].take();
        }
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let needed = if required.contains(&json!(name)) { Required::True } else { Required::False };
        ParameterBuilder::new()
            .parameter_in(ParameterIn::Query)
            .required(needed)
            .description(description.as_ref().and_then(Value::as_str))
            .name(name)
            .schema(Some(exact(&schema)))
            .build()
    };
    fields.into_iter().map(parameter).collect()
}

/// One that may be left out.
fn parameter(place: ParameterIn, name: &str, meaning: &str, schema: &Value, example: Value) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(meaning))
        .schema(Some(exact(schema)))
        .example(Some(example))
        .build()
}

fn request_body(body: Body, schemas: &mut Schemas) -> RequestBody {
    let schema = schemas.incoming(body.schema);
    let example = example_of(body.schema);
    RequestBodyBuilder::new()
        .required(Some(if body.is_optional() { Required::False } else { Required::True }))
        .content("application/json", content(&schema, example))
        .build()
}

// --- what goes out

fn answered(operation: &Operation, answer: &Answer, schemas: &mut Schemas) -> Response {
    let mut response = ResponseBuilder::new().description(answer.meaning);
    let content = match answer.schema {
        Some(describe) => {
            let shown = operation.example.and_then(|text| serde_json::from_str(text).ok());
            content(&schemas.outgoing(describe), shown.or_else(|| example_of(describe)))
        }
        None => text(),
    };
    if !answer.media_type.is_empty() {
        response = response.content(answer.media_type, content);
    }
    if let Some(media_type) = operation.also_as {
        response = response.content(media_type, text());
    }
    for (name, header) in headers(operation.kind) {
        response = response.header(name, header);
    }
    response.build()
}

fn text() -> Content {
    ContentBuilder::new().schema(Some(exact(&json!({ "type": "string" })))).build()
}

fn headers(kind: Kind) -> Vec<(&'static str, Header)> {
    let position = json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let etag = json!({ "type": "string", "pattern": "^\"[0-9]+\"$" });
    match kind {
        Kind::Command => vec![
            (
                "Omoi-Position",
                header("Where the change stands in the log; absent when nothing changed.", &position),
            ),
            ("ETag", header("The version it has now, for `If-Match`.", &etag)),
        ],
        Kind::ReadModel => vec![
            ("Omoi-Position", header("Everything up to here is shown.", &position)),
            (
                "Omoi-Stale",
                header("The answer stands still since this event, which cannot be applied.", &position),
            ),
            ("ETag", header("The version of what is shown, for `If-Match`, where it is one thing.", &etag)),
        ],
        Kind::Plain | Kind::Open => Vec::new(),
    }
}

fn header(meaning: &str, schema: &Value) -> Header {
    HeaderBuilder::new().schema(Some(exact(schema))).description(Some(meaning)).build()
}

fn refused(status: u16, codes: &[(&'static str, &'static str)], schemas: &mut Schemas) -> Response {
    let problem = schemas.outgoing(described::<problem::Body<'_>>);
    let names: Vec<&str> = codes.iter().map(|(code, _)| *code).collect();
    let schema = json!({ "allOf": [problem, { "properties": { "code": { "enum": names } } }] });
    let listed: Vec<String> = codes.iter().map(|(code, meaning)| format!("`{code}`: {meaning}")).collect();
    let example = codes.first().map(|(code, meaning)| problems::example(status, code, meaning));
    let content = ContentBuilder::new().schema(Some(exact(&schema))).example(example).build();
    let description = format!("{}. {}", problems::title(status), listed.join("; "));
    let mut response =
        ResponseBuilder::new().description(description).content("application/problem+json", content);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = json!({ "type": "integer", "minimum": 1 });
        response = response.header("Retry-After", header("Seconds until it is worth another try.", &seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        let scheme = json!({ "type": "string" });
        response = response.header("WWW-Authenticate", header("`Bearer`.", &scheme));
    }
    response.build()
}

fn content(schema: &schemars::Schema, example: Option<Value>) -> Content {
    ContentBuilder::new().schema(Some(exact(schema.as_value()))).example(example).build()
}

/// The example that a type carries (`#[schemars(example = ..)]`).
fn example_of(describe: Described) -> Option<Value> {
    let mut generator = SchemaGenerator::default();
    let schema = describe(&mut generator);
    let named = |reference: &Value| {
        let name = reference.as_str()?.rsplit('/').next()?;
        generator.definitions().get(name)?.get("examples")?.get(0).cloned()
    };
    schema.get("examples").and_then(|all| all.get(0)).cloned().or_else(|| schema.get("$ref").and_then(named))
}
