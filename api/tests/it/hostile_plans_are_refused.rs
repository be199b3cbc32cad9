//! What nobody means well with, sent to the routes of plans, is refused by name, soon and in a short answer, and writes
//! nothing; and whoever is of another organization finds nothing there.

use std::time::Duration;

use plan::Layout;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Answer, Api, answer, eventually, files_of, plan_of};

const PATIENCE: Duration = Duration::from_secs(20);
/// However long what is sent is to look at; a build for developers takes 1.2 s for the longest with the machine to itself.
const ANSWERED_WITHIN: Duration = Duration::from_secs(15);
const ANSWER_BYTES: usize = 200 * 1024;
const REQUIREMENTS: &str = "# Requirements Document\n\n## Requirements\n\n### Requirement 1: Save\n\n**User Story:** As a \
                            cook, I want to save, so that it is there.\n\n#### Acceptance Criteria\n\n1. WHEN a cook \
                            saves THEN the system SHALL store it\n";
const TASKS: &str =
    "# Plan\n\n- [ ] 1. Build\n  - [ ] 1.1 Store it\n    - _Requirements: 1_\n    - _Hours: 1_\n";

/// A project with a spec that waits at its first gate and one that is planned.
struct Story {
    api: Api,
    project: String,
    waits: Value,
    planned: Value,
}

impl Story {
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Todo" })).await.id().to_owned();
        let path = format!("/projects/{project}/specs/import");
        let mut shown = Vec::new();
        for (gates, ready) in [("review", "content_hash"), ("auto", "work")] {
            let body = json!({ "gates": gates, "files": files_of(&plan_of(3), Layout::Document) });
            let spec = api.done(&path, &body).await.id().to_owned();
            let spec = eventually(PATIENCE, ready, async || {
                let shown = answer(api.get(&format!("/specs/{spec}"))).await.body;
                (!shown[ready].is_null()).then_some(shown)
            });
            shown.push(spec.await);
        }
        let (planned, waits) = (shown.pop().expect("two"), shown.pop().expect("two"));
        Self { api, project, waits, planned }
    }

    /// Every route that takes a body about specs, with one that would act.
    fn routes(&self) -> Vec<(String, Value)> {
        let files = files_of(&plan_of(4), Layout::Document);
        let project = |what: &str| format!("/projects/{}/{what}", self.project);
        let of = |spec: &Value, what: &str| format!("/specs/{}/{what}", spec["id"].as_str().expect("an id"));
        let (gate, hash) = (&self.waits["gate"], &self.waits["content_hash"]);
        let base = &self.planned["plan_hash"];
        let content = json!({ "feature_name": "todo", "requirements": [] });
        vec![
            (project("specs"), json!({ "idea": "A list" })),
            (project("specs/import"), json!({ "files": files })),
            (of(&self.waits, "approve"), json!({ "gate": gate, "content_hash": hash })),
            (of(&self.waits, "reject"), json!({ "gate": gate, "content_hash": hash, "reason": "No" })),
            (of(&self.waits, "edit"), json!({ "gate": gate, "content_hash": hash, "content": content })),
            (of(&self.waits, "answers"), json!({ "question": 1, "text": "Yes" })),
            (of(&self.waits, "resume"), json!({ "budget": 1_000_000 })),
            (of(&self.planned, "revise"), json!({ "content_hash": base, "files": files })),
            (of(&self.planned, "revise?dry_run=true"), json!({ "content_hash": base, "files": files })),
            (of(&self.planned, "materialize"), json!({})),
            (of(&self.planned, "cancel"), json!({ "reason": "No" })),
        ]
    }

    fn raw(&self, path: &str, body: String) -> RequestBuilder {
        self.api.request(Method::POST, path).header("content-type", "application/json").body(body)
    }

    /// An import of the small plan in which something stands in the place of its files' texts.
    fn import(&self, requirements: &str, tasks: &str) -> RequestBuilder {
        self.files(&json!([file("t/requirements.md", requirements), file("t/tasks.md", tasks)]))
    }

    fn files(&self, files: &Value) -> RequestBuilder {
        self.api.post(&format!("/projects/{}/specs/import", self.project), &json!({ "files": files }))
    }

    fn edit(&self, content: &Value) -> RequestBuilder {
        let (path, mut body) = self.routes().swap_remove(4);
        body["content"] = content.clone();
        self.api.post(&path, &body)
    }

    /// Refused with this code, soon, in a few words, and nothing is written.
    async fn refuses(&self, what: &str, request: RequestBuilder, code: &str) -> Answer {
        let (before, asked) = (self.api.last_position().await, Instant::now());
        let told = answer(request).await;
        let took = asked.elapsed();
        let shown: String = told.body.to_string().chars().take(600).collect();
        assert_eq!(told.problem(), (422, code), "{what}: {shown}");
        assert_eq!(told.header("content-type"), Some("application/problem+json"), "{what}");
        assert!(took < ANSWERED_WITHIN, "{what}: answered after {took:?}");
        let bytes = told.body.to_string().len();
        assert!(bytes < ANSWER_BYTES, "{what}: answered with {bytes} bytes: {shown}");
        assert_eq!(self.api.last_position().await, before, "{what} wrote something");
        told
    }

    /// Refused as no plan, for this reason.
    async fn refuses_plan(&self, what: &str, request: RequestBuilder, code: &str) {
        let told = self.refuses(what, request, "invalid_plan").await;
        let problems = told.body["problems"].as_array().expect("a list");
        assert!(problems.iter().any(|problem| problem["code"] == code), "{what}: {problems:?}");
    }
}

fn file(path: &str, text: &str) -> Value {
    json!({ "path": path, "text": text })
}

#[tokio::test]
async fn a_plan_that_is_far_too_large_is_refused_soon_and_in_a_few_words() {
    let story = Story::begin().await;
    let numbered = |line: &dyn Fn(usize) -> String, many: usize| (0..many).map(line).collect::<String>();
    let tasks = "- [ ] 1. a\n".repeat(80_000);
    story.refuses_plan("tasks of one number", story.import(REQUIREMENTS, &tasks), "duplicate_id").await;
    let tasks = numbered(&|n| format!("- [ ] {n}. a\n"), 60_000);
    story.refuses_plan("tickets", story.import(REQUIREMENTS, &tasks), "too_many").await;
    let tasks = "- [ ] \n".repeat(100_000);
    story.refuses_plan("lines that say nothing", story.import(REQUIREMENTS, &tasks), "bad_line").await;
    let tasks = format!("{TASKS}    - _Depends: {}_\n", ["9.9"; 200_000].join(","));
    story.refuses_plan("dependencies", story.import(REQUIREMENTS, &tasks), "dangling_reference").await;
    let deep = numbered(&|n| format!("{}- [ ] a\n", " ".repeat(2 * n)), 900);
    story.refuses_plan("steps down", story.import(REQUIREMENTS, &format!("{TASKS}{deep}")), "bad_line").await;
    let requirements = numbered(&|n| format!("### Requirement {n}: a\n"), 30_000);
    story.refuses_plan("requirements", story.import(&requirements, TASKS), "too_many").await;
    let files: Value = (0..20_000).map(|n| file(&format!("../{n}"), "")).collect();
    story.refuses_plan("files", story.files(&files), "too_many").await;
    let of_a_task = |n: usize| format!("- [ ] {n}. a\n  - [ ] {n}.1 b\n    - _Requirements: 1_\n");
    let more = story.import(REQUIREMENTS, &numbered(&of_a_task, 501));
    story.refuses_plan("tickets of a task each", more, "too_many").await;

    let criteria =
        numbered(&|n| format!("{}. WHEN a cook saves THEN the system SHALL store it\n", n + 2), 15_000);
    let requirements = format!("{REQUIREMENTS}{criteria}");
    story.refuses("criteria", story.import(&requirements, TASKS), "too_large").await;
    let fields: serde_json::Map<_, _> = (0..40_000).map(|n| (format!("f{n}"), json!(1))).collect();
    story.refuses("fields of an edit", story.edit(&Value::Object(fields)), "invalid_body").await;
    let many = json!({ "feature_name": "t", "requirements": vec![json!({ "id": "R" }); 40_000] });
    story.refuses("requirements of an edit", story.edit(&many), "vetoed").await;

    // As many as may come in do. Last, as work comes of it.
    let most = answer(story.import(REQUIREMENTS, &numbered(&of_a_task, 500))).await;
    assert_eq!((most.status, &most.body["status"]), (201, &json!("planned")), "{most:?}");
}

#[tokio::test]
async fn a_body_of_ten_megabytes_harms_nobody() {
    let story = Story::begin().await;
    let before = story.api.last_position().await;
    for (path, _) in story.routes() {
        let large = story.raw(&path, format!(r#"{{"text":"{}"}}"#, "x".repeat(10_000_000)));
        // Who writes on after the answer may not come to read it.
        if let Ok(told) = large.send().await {
            assert_eq!(told.status(), 413, "{path}");
        }
    }
    assert_eq!(story.api.up.status_of("/healthz").await, Some(200));
    assert_eq!(story.api.last_position().await, before);
}

#[tokio::test]
async fn what_is_no_text_or_no_name_is_refused() {
    let story = Story::begin().await;
    for (path, body) in story.routes() {
        let body = body.to_string();
        for wrong in
            [r#""\ud800""#, r#""a\udfffb""#, &format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000))]
        {
            let wrong = body.replacen('{', &format!(r#"{{"wrong":{wrong},"#), 1).replace(",}", "}");
            story.refuses(&format!("{path} {wrong:.40}"), story.raw(&path, wrong), "invalid_body").await;
        }
    }
    let deep = (0..100).fold(json!(1), |inner, _| json!({ "a": [inner] }));
    story
        .refuses(
            "a deep edit",
            story.edit(&json!({ "feature_name": "t", "requirements": deep })),
            "invalid_body",
        )
        .await;
    let deep = (0..50).fold(json!(1), |inner, _| json!({ "a": [inner] }));
    story
        .refuses("a deep edit", story.edit(&json!({ "feature_name": "t", "requirements": deep })), "vetoed")
        .await;
    for wrong in ["a\u{0}b", "a\u{1b}[31mb"] {
        let content = json!({ "feature_name": wrong, "requirements": [] });
        story.refuses(wrong, story.edit(&content), "vetoed").await;
        let tasks = TASKS.replace("Store it", wrong);
        let (in_tasks, in_requirements) = if wrong.contains('\u{0}') {
            ("not_a_plan", "not_a_plan")
        } else {
            ("invalid_title", "control_character")
        };
        story.refuses_plan(wrong, story.import(REQUIREMENTS, &tasks), in_tasks).await;
        // Of a requirement the title is only looked at, and the phase does not read it all the same.
        let requirements = REQUIREMENTS.replace("1: Save", &format!("1: {wrong}"));
        story.refuses_plan(wrong, story.import(&requirements, TASKS), in_requirements).await;
        let idea = json!({ "idea": wrong });
        let path = format!("/projects/{}/specs", story.project);
        story.refuses(wrong, story.api.post(&path, &idea), "invalid_body").await;
    }
    for budget in [json!(0), json!(-1), json!(1e300), json!("1")] {
        let path = format!("/projects/{}/specs", story.project);
        let idea = json!({ "idea": "A list", "budget": budget });
        story.refuses("a budget", story.api.post(&path, &idea), "invalid_body").await;
    }
}

#[tokio::test]
async fn a_path_leads_down_and_a_file_is_there_once() {
    let story = Story::begin().await;
    let with = |path: &str| {
        let more = file(path, "# Notes");
        story.files(&json!([file("t/requirements.md", REQUIREMENTS), file("t/tasks.md", TASKS), more]))
    };
    for path in [
        "../../etc/passwd",
        "/etc/passwd",
        "t/../../etc/passwd.md",
        "..\\windows.md",
        "C:\\windows.md",
        "//host/share.md",
        "t//notes.md",
        "..",
        "",
        "t/no\ntes.md",
        "t/\u{0}.md",
    ] {
        story.refuses_plan(path, with(path), "bad_path").await;
    }
    for path in ["t/tasks.md", "t/requirements.md"] {
        story.refuses_plan(path, with(path), "duplicate_file").await;
    }
    // The same file by another name.
    story.refuses_plan("./t/tasks.md", with("./t/tasks.md"), "too_many").await;
}

#[tokio::test]
async fn what_was_not_looked_at_is_not_decided_on() {
    let story = Story::begin().await;
    let shown = story.waits["content_hash"].as_str().expect("a hash").to_owned();
    for (path, body) in story.routes() {
        if body["content_hash"].is_null() {
            continue;
        }
        let with = |hash: &str| {
            let mut body = body.clone();
            body["content_hash"] = json!(hash);
            story.api.post(&path, &body)
        };
        story.refuses(&path, with(&"0".repeat(64)), "content_changed").await;
        for malformed in [&shown[1..], &shown.to_uppercase(), &format!("{shown} "), "../../etc/passwd", ""] {
            story.refuses(&path, with(malformed), "invalid_body").await;
        }
    }
}

/// What looks otherwise than it is stays what it is: pages and the command line show it as such.
#[tokio::test]
async fn a_title_that_turns_around_is_kept_as_it_is() {
    let story = Story::begin().await;
    let title = "\u{202e}eht erotS\u{2066}it";
    let imported = answer(story.import(REQUIREMENTS, &TASKS.replace("Store it", title))).await;
    assert_eq!(imported.status, 201, "{imported:?}");
    let shown = eventually(PATIENCE, "it is shown", async || {
        let shown = answer(story.api.get(&format!("/specs/{}", imported.id()))).await;
        (shown.status == 200).then_some(shown.body)
    });
    assert_eq!(shown.await["tasks"][0]["title"], title);
}

#[tokio::test]
async fn of_another_organization_nothing_is_there() {
    let story = Story::begin().await;
    let elsewhere = story.api.key("elsewhere", "owner").await["key"].as_str().expect("a key").to_owned();
    let before = story.api.last_position().await;
    for (path, body) in story.routes() {
        let told = answer(story.api.request_with(Some(&elsewhere), Method::POST, &path).json(&body)).await;
        assert_eq!(told.problem(), (404, "not_found"), "{path}: {told:?}");
        assert!(!told.body.to_string().contains("Saved filters"), "{told:?}");
    }
    assert_eq!(story.api.last_position().await, before);
    // The same bodies are not refused for what they say.
    let (path, body) = story.routes().swap_remove(2);
    assert_eq!(answer(story.api.post(&path, &body)).await.status, 200);
}
