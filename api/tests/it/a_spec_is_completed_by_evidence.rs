//! A spec is completed when every requirement of its plan rests on evidence; a person may decide that it is enough without. What it
//! came to is reported.

use std::process::Output;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::workshop::{CHECK, MEND, Workshop, sandboxes};
use crate::support::{Answer, Api, answer, eventually, omoi};

/// A run and its merge take a second each; on a machine that builds something, many.
const PATIENCE: Duration = Duration::from_secs(90);

const FIRST: &str = "REQ-CALC-FUNC-001";
const SECOND: &str = "REQ-CALC-FUNC-002";

struct Story {
    api: Api,
    spec: String,
}

/// Two requirements, each for itself in a task of its own.
const REQUIREMENTS: &str = "# Requirements Document

## Requirements

### Requirement 1: Add

**User Story:** As a clerk, I want to add <b>two</b> numbers, so that I need no paper.

#### Acceptance Criteria

1. WHEN two numbers are given THEN the system SHALL print their sum

### Requirement 2: Explain | say how

**User Story:** As a clerk, I want to read how, so that I need to ask nobody.

#### Acceptance Criteria

1. THE system SHALL come with a manual
";

fn tasks(first: &str, more: &str) -> String {
    format!(
        "# Implementation Plan: Calc

- [ ] 1. Calculate
  - [{first}] 1.1 Mend add
    - _Requirements: 1.1_
    - _Depends: none_
    - _Run: {MEND}_
    - _Validate: {CHECK}_
  - [ ] 1.2 Write the manual
    - _Requirements: 2.1_
    - _Depends: none_
{more}"
    )
}

fn files(tasks: &str) -> Value {
    let file = |name: &str, text: &str| json!({ "path": format!("calc/{name}"), "text": text });
    json!([file("requirements.md", REQUIREMENTS), file("tasks.md", tasks)])
}

impl Story {
    /// The plan as work, in a project.
    async fn begin(api: Api, project: &str, tasks: &str) -> Self {
        let path = format!("/projects/{project}/specs/import");
        let spec = api.done(&path, &json!({ "files": files(tasks) })).await.id().to_owned();
        let story = Self { api, spec };
        story.spec_is("the plan became work", |spec| !spec["work"].is_null()).await;
        story
    }

    async fn by_itself(tasks: &str) -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Calc" })).await.id().to_owned();
        Self::begin(api, &project, tasks).await
    }

    /// As of everything that has happened until now.
    async fn show(&self, path: &str) -> Value {
        let position = self.api.last_position().await;
        let shown = answer(self.api.get(path).header("Omoi-Min-Position", position)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        shown.body
    }

    async fn spec_is(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/specs/{}", self.spec);
        eventually(PATIENCE, what, async || Some(self.show(&path).await).filter(|spec| is(spec))).await
    }

    async fn completed(&self) -> Value {
        self.spec_is("the spec is completed", |spec| spec["status"] == "completed").await
    }

    async fn report(&self) -> Value {
        self.show(&format!("/specs/{}/report", self.spec)).await
    }

    async fn page(&self, query: &str, accept: &str) -> (String, String) {
        let path = format!("/specs/{}/report{query}", self.spec);
        let shown = self.api.get(&path).header("Accept", accept).send().await.expect("an answer");
        assert_eq!(shown.status(), 200);
        let kind = shown.headers()["content-type"].to_str().expect("text").to_owned();
        (kind, shown.text().await.expect("text"))
    }

    async fn task(&self, title: &str) -> String {
        let report = self.report().await;
        let task = list(&report["tasks"]).iter().find(|task| task["title"] == title);
        let task = task.unwrap_or_else(|| panic!("no task {title:?} in {report}"));
        task["id"].as_str().expect("a text").to_owned()
    }

    async fn attest(&self, title: &str) {
        let task = self.task(title).await;
        self.api.done(&format!("/tasks/{task}/start"), &json!({})).await;
        let evidence = json!({ "commands": [{ "cmd": "test -s README.md", "exit": 0 }] });
        self.api.done(&format!("/tasks/{task}/submit-evidence"), &evidence).await;
    }

    async fn cancel(&self, title: &str) {
        let task = self.task(title).await;
        self.api.done(&format!("/tasks/{task}/cancel"), &json!({})).await;
    }

    /// The completion is held, once.
    async fn held(&self) -> Value {
        let held = eventually(PATIENCE, "the completion is held", async || {
            self.api.newest("&type=spec.completion_held").await.into_iter().next()
        });
        held.await["payload"]["unproven"].clone()
    }

    async fn accept(&self, ids: &[&str]) -> Answer {
        let body = json!({ "requirements": ids, "reason": "It was shown to the customer." });
        answer(self.api.post(&format!("/specs/{}/accept-unproven", self.spec), &body)).await
    }

    async fn omoi(&self, args: &[&str]) -> Output {
        let mut command = omoi();
        command.args(args).arg("--data-dir").arg(&self.api.up.ready.data_dir);
        command.output().await.expect("omoi starts")
    }

    /// Kinds of what waits for a person about the spec.
    async fn waiting(&self) -> Vec<Value> {
        let inbox = self.show("/inbox").await;
        let about = list(&inbox["waiting"]).iter().filter(|item| item["about"]["id"] == self.spec);
        about.map(|item| item["kind"].clone()).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// On what a report says that a requirement rests.
fn rests_on<'r>(report: &'r Value, id: &str) -> &'r Value {
    let requirement = list(&report["requirements"]).iter().find(|it| it["id"] == id);
    requirement.unwrap_or_else(|| panic!("no {id} in {report}"))
}

#[tokio::test]
async fn what_rests_on_nothing_holds_the_completion_until_a_person_accepts_it() {
    let story = Story::by_itself(&tasks(" ", "")).await;
    story.attest("Mend add").await;
    story.cancel("Write the manual").await;
    assert_eq!(story.held().await, json!([SECOND]));
    let spec = story
        .spec_is("it can be accepted", |spec| list(&spec["possible"]).contains(&json!("accept-unproven")));
    assert_eq!(spec.await["status"], "executing");
    assert_eq!(story.waiting().await, [json!("spec_unproven")]);
    let report = story.report().await;
    assert_eq!((&report["unproven"], &report["times"]["completed_at"]), (&json!([SECOND]), &Value::Null));
    assert_eq!(rests_on(&report, FIRST)["evidence"], "attested");
    assert_eq!(rests_on(&report, SECOND)["open"], json!(["TSK-002"]));

    assert_eq!(story.accept(&[FIRST]).await.problem(), (422, "not_unproven"), "it is attested");
    assert_eq!(story.accept(&[]).await.problem(), (422, "invalid_body"));
    let viewer = story.api.key("local", "viewer").await;
    let path = format!("/specs/{}/accept-unproven", story.spec);
    let looks_on = story.api.request_with(viewer["key"].as_str(), Method::POST, &path);
    let refused = answer(looks_on.json(&json!({ "requirements": [SECOND], "reason": "So." }))).await;
    assert_eq!(refused.problem(), (403, "forbidden"), "{refused:?}");

    let accepted = story.accept(&[SECOND]).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    story.completed().await;
    assert_eq!(story.accept(&[SECOND]).await.body["position"], Value::Null, "a repeat");
    assert_eq!(story.accept(&[FIRST]).await.problem(), (422, "over"));
    assert_eq!(story.api.newest("&type=spec.completion_held").await.len(), 1);
    assert_eq!(story.waiting().await, Vec::<Value>::new());
    a_report_says_who_accepted_what(&story).await;
}

async fn a_report_says_who_accepted_what(story: &Story) {
    let report = story.report().await;
    assert_eq!((&report["status"], &report["unproven"]), (&json!("completed"), &json!([])));
    let second = rests_on(&report, SECOND);
    assert_eq!(second["evidence"], Value::Null, "what is accepted is no evidence: {second}");
    assert_eq!(second["accepted"]["reason"], "It was shown to the customer.");
    let did: Vec<&Value> = list(&report["people"]).iter().map(|deed| &deed["did"]).collect();
    assert_eq!(did, ["submitted", "attested", "accepted"]);
    let proof = &rests_on(&report, FIRST)["proofs"][0];
    assert_eq!(proof["commands"], json!([{ "cmd": "test -s README.md", "exit": 0 }]));
    assert_eq!(proof["by"], report["people"][1]["by"]);
    assert!(report["times"]["completed_at"].as_str() > report["times"]["started_at"].as_str(), "{report}");

    let (kind, page) = story.page("", "text/markdown").await;
    assert_eq!(kind, "text/markdown; charset=utf-8");
    assert_eq!(story.page("?format=markdown", "*/*").await.1, page);
    assert_eq!(story.page("", "*/*").await.0, "application/json");
    assert_eq!(story.page("?format=json", "text/markdown").await.0, "application/json");
    for words in [
        "**Attested, not verified**",
        "**Accepted without evidence** by",
        "  - `test -s README.md` ended with 0",
        "> As a clerk, I want to add \\<b\\>two\\</b\\> numbers",
        "REQ-CALC-FUNC-002: Explain \\| say how",
    ] {
        assert!(page.contains(words), "no {words:?} in {page}");
    }
    let wrong = answer(story.api.get(&format!("/specs/{}/report?format=pdf", story.spec))).await;
    assert_eq!(wrong.problem(), (400, "invalid_query"));
    let other = story.api.key("elsewhere", "owner").await;
    let path = format!("/specs/{}/report", story.spec);
    let asked = story.api.request_with(other["key"].as_str(), Method::GET, &path);
    assert_eq!(answer(asked).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn a_revised_plan_brings_the_evidence_that_was_missing() {
    let story = Story::by_itself(&tasks(" ", "")).await;
    story.attest("Mend add").await;
    story.cancel("Write the manual").await;
    story.held().await;
    let more = "  - [ ] 1.3 Print the usage\n    - _Requirements: 2.1_\n    - _Depends: none_\n";
    let base = story.show(&format!("/specs/{}", story.spec)).await["plan_hash"].clone();
    let body = json!({ "content_hash": base, "files": files(&tasks(" ", more)) });
    story.api.done(&format!("/specs/{}/revise", story.spec), &body).await;
    let followed = |spec: &Value| list(&spec["revisions"]).iter().any(|revision| !revision["work"].is_null());
    story.spec_is("the work followed", followed).await;
    assert_eq!(story.waiting().await, Vec::<Value>::new(), "another plan is looked at anew");
    assert_eq!(story.accept(&[SECOND]).await.problem(), (422, "not_unproven"));
    eventually(PATIENCE, "the new task can be taken", async || {
        let task = story.task("Print the usage").await;
        Some(story.show(&format!("/tasks/{task}")).await).filter(|task| task["status"] == "ready")
    })
    .await;
    story.attest("Print the usage").await;
    story.completed().await;
    let report = story.report().await;
    let second = rests_on(&report, SECOND);
    assert_eq!((&second["evidence"], &second["accepted"]), (&json!("attested"), &Value::Null));
    assert_eq!(story.api.newest("&type=spec.completion_held").await.len(), 1);
}

#[tokio::test]
async fn what_was_done_before_it_came_here_and_what_people_say_are_evidence_and_listed_as_such() {
    let story = Story::by_itself(&tasks("x", "")).await;
    story.attest("Write the manual").await;
    story.completed().await;
    assert_eq!(story.api.newest("&type=spec.completion_held").await.len(), 0);
    let report = story.report().await;
    assert_eq!(rests_on(&report, FIRST)["evidence"], "imported");
    assert_eq!(rests_on(&report, SECOND)["evidence"], "attested");
    assert_eq!(report["merge"], Value::Null, "nothing was left to merge");

    let said = |out: &Output| String::from_utf8_lossy(&out.stdout).into_owned();
    let shown = story.omoi(&["spec", "report", &story.spec]).await;
    assert!(said(&shown).contains("Add  imported, not verified"), "{shown:?}");
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("report.md");
    let written = story.omoi(&["spec", "report", &story.spec, "-o", file.to_str().expect("UTF-8")]).await;
    assert!(written.status.success(), "{written:?}");
    let page = std::fs::read_to_string(&file).expect("it was written");
    assert!(page.starts_with("# Calc\n") && page.contains("not verified"), "{page}");
    assert_eq!(said(&story.omoi(&["spec", "report", &story.spec, "--markdown"]).await), page);
    let json = story.omoi(&["spec", "report", &story.spec, "--json"]).await;
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["requirements"], report["requirements"]);
    let both = story.omoi(&["spec", "report", &story.spec, "--json", "--markdown"]).await;
    assert_eq!(both.status.code(), Some(2), "{both:?}");
    let over =
        story.omoi(&["spec", "accept", &story.spec, "--requirement", SECOND, "--reason", "Why not"]).await;
    assert!(String::from_utf8_lossy(&over.stderr).contains("nothing changes it any more"), "{over:?}");
}

#[tokio::test]
async fn what_agents_did_is_verified_and_the_report_says_what_it_took() {
    if !sandboxes() {
        return;
    }
    let shop = Workshop::open().await;
    let project = shop.project.clone();
    let story = Story::begin(shop.api, &project, &tasks(" ", "")).await;
    let task = story.task("Mend add").await;
    eventually(PATIENCE, "it can be started", async || {
        Some(story.show(&format!("/tasks/{task}")).await).filter(|task| task["status"] == "ready")
    })
    .await;
    story.api.done(&format!("/tasks/{task}/runs"), &json!({})).await;
    story.attest("Write the manual").await;
    story.completed().await;
    let report = eventually(PATIENCE, "the work is merged", async || {
        Some(story.report().await).filter(|report| report["merge"]["status"] == "ready")
    })
    .await;
    let first = rests_on(&report, FIRST);
    assert_eq!(
        (&first["evidence"], &first["proofs"][0]["by"]),
        (&json!("verified"), &Value::Null),
        "{first}"
    );
    let commands = list(&first["proofs"][0]["commands"]);
    assert!(commands.iter().any(|ran| ran["cmd"] == CHECK && ran["exit"] == 0), "{first}");
    let mended = list(&report["tasks"]).iter().find(|task| task["title"] == "Mend add").expect("it is told");
    assert_eq!((&mended["runs"], &mended["agents"]), (&json!(1), &json!(["command"])), "{mended}");
    assert_eq!(mended["changed"]["files"], 1, "{mended}");
    assert_eq!(mended["commit"], first["proofs"][0]["commit"]);
    assert!(mended["merged_as"].is_string() && mended["runs_ms"].as_u64() > Some(0), "{mended}");
    assert_eq!(report["agents"][0]["succeeded"], 1, "{report}");
    assert_eq!(
        (&report["merge"]["branch"], &report["merge"]["target"]),
        (&json!("omoi/spec-calc"), &json!("main"))
    );
    let page = story.page("?format=markdown", "*/*").await.1;
    for words in ["**Verified**", "## How it came together", "- `omoi/spec-calc` at `", "omoi merge approve "]
    {
        assert!(page.contains(words), "no {words:?} in {page}");
    }
}
