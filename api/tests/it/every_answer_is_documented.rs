//! A client reads the document of a running server, walks through the work with it, and meets nothing that the
//! document does not tell of: no route, no status, no media type, no field.

use jsonschema::Validator;
use reqwest::{Method, RequestBuilder, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::Api;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_documented() {
    let api = Api::start().await;
    let reader = Reader::of(&api).await;

    let project = reader.send(&api, Method::POST, "/projects", "", Some(json!({ "name": "Billing" }))).await;
    let project = id(&project);
    let ticket = reader.post(&api, "/projects/{id}/tickets", &project, json!({ "title": "Invoices" })).await;
    let ticket = id(&ticket);
    let task = reader.post(&api, "/tickets/{id}/tasks", &ticket, json!({ "title": "Render" })).await;
    let task = id(&task);
    reader.post(&api, "/tickets/{id}/comments", &ticket, json!({ "text": "Agreed." })).await;
    reader.post(&api, "/tickets/{id}/block", &ticket, json!({ "reason": "waits" })).await;
    reader.post(&api, "/tasks/{id}/start", &task, json!({})).await;
    let evidence = json!({ "commands": [{ "cmd": "true", "exit": 0 }], "commit": "0c1d2e3" });
    reader.post(&api, "/tasks/{id}/submit-evidence", &task, evidence).await;

    // What is refused is documented as well.
    reader.post(&api, "/tasks/{id}/start", &task, json!({})).await;
    reader.post(&api, "/tickets/{id}/move", &ticket, json!({ "phase": "later" })).await;
    reader.post(&api, "/tickets/{id}/move", "TKT-001", json!({ "phase": "design" })).await;
    reader.post(&api, "/tickets/{id}/move", NOBODY, json!({ "phase": "design" })).await;
    reader.post(&api, "/projects/{id}/restore", &project, json!({})).await;

    for (path, id) in [
        ("/projects", ""),
        ("/projects/{id}", &*project),
        ("/projects/{id}/board", &project),
        ("/projects/{id}/graph", &project),
        ("/projects/{id}/activity", &project),
        ("/tickets/{id}", &ticket),
        ("/tasks/{id}", &task),
        ("/tasks/{id}", NOBODY),
        ("/events", ""),
        ("/projections", ""),
        ("/processes", ""),
    ] {
        reader.send(&api, Method::GET, path, id, None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_ask_nobody_else() {
    let api = Api::start().await;
    for (page, tool) in [("/docs", "/docs/swagger-ui.js"), ("/redoc", "/redoc/redoc.js")] {
        let shown = reqwest::get(format!("{}{page}", api.up.ready.url)).await.unwrap();
        assert_eq!(shown.status(), 200);
        let policy = shown.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        let html = shown.text().await.unwrap();
        assert!(html.contains(tool) && !html.contains("//"), "{page} names another server");
        let script = reqwest::get(format!("{}{tool}", api.up.ready.url)).await.unwrap();
        assert_eq!((script.status().as_u16(), &script.headers()["content-encoding"] == "gzip"), (200, true));
    }
}

/// Who has read the document and believes it.
struct Reader {
    document: Value,
}

impl Reader {
    async fn of(api: &Api) -> Self {
        let answer = reqwest::get(format!("{}/openapi.json", api.up.ready.url)).await.expect("an answer");
        Self { document: answer.json().await.expect("JSON") }
    }

    async fn post(&self, api: &Api, path: &str, id: &str, body: Value) -> Value {
        self.send(api, Method::POST, path, id, Some(body)).await
    }

    /// Sends it and checks the answer.
    ///
    /// # Panics
    /// When the document does not tell of this answer.
    async fn send(&self, api: &Api, method: Method, path: &str, id: &str, body: Option<Value>) -> Value {
        let request: RequestBuilder = api.request(method.clone(), &path.replace("{id}", id));
        let request = if let Some(body) = &body { request.json(body) } else { request };
        let answer = request.send().await.expect("an answer");
        let operation = &self.document["paths"][format!("/api/v1{path}")][method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{method} {path} is not documented");
        let status = answer.status().as_u16().to_string();
        let documented = &operation["responses"][&status];
        assert!(documented.is_object(), "{method} {path} answers {status}, which is not documented");
        let media_type = answer.headers()[CONTENT_TYPE].to_str().expect("text").to_owned();
        let schema = &documented["content"][&media_type]["schema"];
        assert!(
            schema.is_object(),
            "{method} {path} answers {status} as {media_type}, which is not documented"
        );
        let value: Value = answer.json().await.expect("JSON");
        let fault = self.fault(schema, &value);
        assert_eq!(fault, None, "{method} {path} {status}: {value}");
        value
    }

    fn fault(&self, schema: &Value, value: &Value) -> Option<String> {
        let whole = json!({ "allOf": [schema], "components": self.document["components"] });
        let validator: Validator = jsonschema::validator_for(&whole).expect("a schema");
        validator.iter_errors(value).next().map(|fault| format!("{}: {fault}", fault.instance_path()))
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}
