//! What tasks have come to is brought together on a branch of its own, verified; what does not go together waits for a person, and the
//! default branch follows only when somebody approves.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::llm::{Fault, Llm, Rule, WrongJson};

use crate::support::workshop::{Workshop, sandboxes};
use crate::support::{Answer, Api, Up, answer, eventually, omoi};

/// A merge takes a second; on a machine that builds something, many.
const PATIENCE: Duration = Duration::from_secs(90);

/// Every file in `parts` holds on its own, and `uses` of a part names what `parts/base.sh` defines.
const FILES: &[(&str, &str)] = &[
    ("check.sh", "set -e\nfor part in parts/*.sh; do . ./$part; done\n"),
    ("parts/base.sh", "greet() { echo hello; }\n"),
    ("words.txt", "one\ntwo\nthree\n"),
];

struct Story {
    shop: Workshop,
}

impl Story {
    async fn begin() -> Self {
        Self { shop: Workshop::open_with(Api::start().await, FILES).await }
    }

    /// Plans tasks, each done by a command: a ticket is done with its last one.
    async fn plan<const N: usize>(&self, runs: [&str; N]) -> [String; N] {
        let mut tasks = runs.map(str::to_owned);
        for (n, task) in tasks.iter_mut().enumerate() {
            *task = self.shop.task_with(json!({ "title": format!("Part {}", n + 1), "run": &*task })).await;
        }
        tasks
    }

    /// Does a task, and waits until it is completed.
    async fn does(&self, task: &str) {
        let run = self.shop.start(task).await;
        let ended = self.shop.ended(&run).await;
        assert_eq!(ended["outcome"], "succeeded", "{ended}");
    }

    /// The one merge there is, as of everything that has happened until now.
    async fn merge(&self) -> Option<Value> {
        let position = self.shop.api.last_position().await;
        let path = format!("/projects/{}/merges", self.shop.project);
        let shown = answer(self.shop.api.get(&path).header("Omoi-Min-Position", position)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        let merges = shown.body["merges"].as_array().cloned().unwrap_or_default();
        assert!(merges.len() <= 1, "{merges:?}");
        merges.into_iter().next()
    }

    async fn merge_is(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let told = std::cell::RefCell::new(Value::Null);
        eventually(PATIENCE, what, async || {
            let merge = self.merge().await?;
            // What a test that fails has seen last.
            if told.replace(merge["candidates"].clone()) != merge["candidates"] {
                eprintln!("waiting until {what}: {}", merge["candidates"]);
            }
            Some(merge).filter(|merge| is(merge))
        })
        .await
    }

    async fn order(&self, merge: &Value, verb: &str, body: Value) -> Answer {
        let path = format!("/merges/{}/{verb}", text(&merge["id"]));
        answer(self.shop.api.request(reqwest::Method::POST, &path).json(&body)).await
    }

    async fn at(&self, rev: &str) -> String {
        self.shop.git(&["rev-parse", rev]).await
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn states(merge: &Value) -> Vec<&str> {
    list(&merge["candidates"]).iter().map(|one| text(&one["state"])).collect()
}

#[tokio::test]
async fn work_that_goes_together_lands_when_somebody_approves() {
    if !sandboxes() {
        return;
    }
    let story = Story::begin().await;
    let begin = story.at("main").await;
    let [bye, welcome, never] = story
        .plan([
            "echo 'part() { echo bye; }' > parts/bye.sh",
            "echo 'part() { echo welcome; }' > parts/welcome.sh",
            "true",
        ])
        .await;
    story.does(&bye).await;
    story.does(&welcome).await;
    let merge = story.merge_is("both are merged", |merge| states(merge) == ["merged", "merged"]).await;
    assert_eq!(merge["status"], "queued", "a task is left: {merge}");
    let branch = merge["branch"].as_str().unwrap();
    assert_eq!(branch, "omoi/TKT-001-calculate");
    let head = story.at(branch).await;
    assert_eq!(merge["head"], head);
    assert_eq!(merge["target"], "main");
    assert_eq!(story.at("main").await, begin, "nobody has approved");
    let early = story.order(&merge, "approve", json!({ "head": head })).await;
    assert_eq!((early.status, early.body["code"].as_str()), (422, Some("not_whole")), "{early:?}");
    every_commit_leads_back(&story, &merge).await;

    // The last task is given up: nothing more is to come.
    story.shop.api.done(&format!("/tasks/{never}/cancel"), &json!({})).await;
    let merge = story.merge_is("it is whole", |merge| merge["status"] == "ready").await;
    assert_eq!(merge["waits"], "approval");

    let moved = story.order(&merge, "approve", json!({ "head": begin })).await;
    assert_eq!((moved.status, moved.body["code"].as_str()), (422, Some("head_moved")), "{moved:?}");
    let approved = story.order(&merge, "approve", json!({ "head": head })).await;
    assert_eq!(approved.status, 200, "{approved:?}");
    let landed = story.merge_is("it has landed", |merge| merge["status"] == "landed").await;
    assert_eq!(landed["landed"]["commit"], head);
    assert_eq!(story.at("main").await, head);
    // The default branch is checked out there, and its files follow.
    assert!(story.shop.repository.join("parts/bye.sh").exists());
    assert_eq!(story.shop.git(&["status", "--porcelain"]).await, "");
}

/// One commit of ours a task, with trailers that name where it comes from.
async fn every_commit_leads_back(story: &Story, merge: &Value) {
    let branch = text(&merge["branch"]);
    let range = format!("main..{branch}");
    let merges = story.shop.git(&["log", "--merges", "--format=%H", &range]).await;
    assert_eq!(merges.lines().count(), 2, "{merges}");
    for one in list(&merge["candidates"]) {
        let commit = text(&one["merged_as"]);
        assert!(merges.contains(commit), "{commit} is not among {merges}");
        let said = story.shop.git(&["show", "--no-patch", "--format=%(trailers:only,unfold)", commit]).await;
        for (name, value) in [("Omoi-Task", &one["number"]), ("Omoi-Run", &one["run"])] {
            let trailer = format!("{name}: {}", text(value));
            assert!(said.lines().any(|line| line == trailer), "{trailer} is not in {said}");
        }
    }
}

#[tokio::test]
async fn a_conflict_waits_for_a_person_and_the_rest_goes_on() {
    if !sandboxes() {
        return;
    }
    let story = Story::begin().await;
    let [first, second, third] = story
        .plan([
            "sed -i 's/two/zwei/' words.txt",
            "sed -i 's/two/deux/' words.txt",
            "echo 'part() { echo third; }' > parts/third.sh",
        ])
        .await;
    story.does(&first).await;
    story.merge_is("the first is merged", |merge| states(merge) == ["merged"]).await;
    story.does(&second).await;
    story.does(&third).await;
    let merge =
        story.merge_is("the second is parked", |merge| states(merge) == ["merged", "parked", "merged"]).await;
    let parked = &merge["candidates"][1];
    assert_eq!(parked["conflicts"], json!(["words.txt"]));
    assert_eq!(parked["park"]["code"], "conflict");
    let reason = parked["park"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("TSK-002 does not go with omoi/TKT-001-calculate in words.txt"), "{reason}");
    inbox_names(&story, &merge).await;
    both_sides_are_shown(&story, &merge, &second).await;

    // A commit that holds only one side is no resolution.
    let one_side = parked["commit"].as_str().unwrap();
    let head = merge["head"].as_str().unwrap();
    story.order(&merge, "resolve", json!({ "task": second, "commit": head })).await;
    let merge = story
        .merge_is("it is parked again", |merge| merge["candidates"][1]["park"]["code"] == "not_holding")
        .await;
    // By hand, as `omoi merge show` says.
    let shop = &story.shop;
    shop.git(&["switch", "--quiet", "--detach", merge["branch"].as_str().unwrap()]).await;
    shop.git(&["merge", "--quiet", "--no-commit", "--strategy=ours", one_side]).await;
    std::fs::write(shop.repository.join("words.txt"), "one\nzwei, deux\nthree\n").unwrap();
    shop.git(&["commit", "--quiet", "--all", "--message=Both"]).await;
    let by_hand = story.at("HEAD").await;
    shop.git(&["switch", "--quiet", "main"]).await;
    let resolved = story.order(&merge, "resolve", json!({ "task": second, "commit": by_hand })).await;
    assert_eq!(resolved.status, 200, "{resolved:?}");
    let merge = story.merge_is("all is merged", |merge| merge["status"] == "ready").await;
    assert_eq!(merge["candidates"][1]["resolved_by"], "person");
    let words = shop.git(&["show", &format!("{}:words.txt", merge["branch"].as_str().unwrap())]).await;
    assert_eq!(words, "one\nzwei, deux\nthree");
}

async fn inbox_names(story: &Story, merge: &Value) {
    let position = story.shop.api.last_position().await;
    let inbox = answer(story.shop.api.get("/inbox").header("Omoi-Min-Position", position)).await.body;
    let waiting = list(&inbox["waiting"]);
    assert!(
        waiting.iter().any(|item| item["kind"] == "merge_parked" && item["about"]["id"] == merge["id"]),
        "{inbox}"
    );
}

async fn both_sides_are_shown(story: &Story, merge: &Value, task: &str) {
    let path = format!("/merges/{}/conflicts/{task}", text(&merge["id"]));
    let shown = answer(story.shop.api.get(&path)).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    let file = &shown.body["files"][0];
    assert_eq!(file["path"], "words.txt");
    assert_eq!(file["base"], "one\ntwo\nthree\n");
    assert_eq!(file["ours"], "one\nzwei\nthree\n");
    assert_eq!(file["theirs"], "one\ndeux\nthree\n");
    assert!(text(&file["marked"]).contains("<<<<<<<"), "{file}");
}

#[tokio::test]
async fn two_that_go_together_as_text_and_not_as_code_are_found() {
    if !sandboxes() {
        return;
    }
    let story = Story::begin().await;
    let [renamed, called, harmless] = story
        .plan([
            "sed -i 's/greet/hail/' parts/base.sh",
            "echo 'greet > /dev/null' > parts/call.sh",
            "echo 'part() { echo fine; }' > parts/fine.sh",
        ])
        .await;
    for task in [&renamed, &called, &harmless] {
        story.does(task).await;
    }
    let merge = story
        .merge_is("one of the two is parked", |merge| {
            merge["status"] == "parked"
                && states(merge).iter().filter(|state| **state == "merged").count() == 2
        })
        .await;
    let candidates = merge["candidates"].as_array().unwrap();
    let parked = candidates.iter().find(|one| one["state"] == "parked").unwrap();
    assert_eq!(parked["park"]["code"], "red", "{merge}");
    assert!(parked["task"] == json!(called) || parked["task"] == json!(renamed), "{merge}");
    let steps = merge["steps"].as_array().unwrap();
    let red = steps.iter().find(|step| step["outcome"] == "red").unwrap();
    assert_eq!(red["culprit"], parked["task"]);
    assert!(parked["park"]["reason"].as_str().unwrap().contains("`sh check.sh` ended with"), "{parked}");

    // Somebody decides to go on without it.
    let body = json!({ "task": parked["task"], "reason": "it is written anew" });
    let left = story.order(&merge, "leave-out", body).await;
    assert_eq!(left.status, 200, "{left:?}");
    let merge = story.merge_is("it is whole", |merge| merge["status"] == "ready").await;
    assert_eq!(
        merge["candidates"].as_array().unwrap().iter().filter(|one| one["state"] == "left_out").count(),
        1
    );
}

#[tokio::test]
async fn what_the_default_branch_has_become_is_taken_in_first() {
    if !sandboxes() {
        return;
    }
    let story = Story::begin().await;
    let [bye] = story.plan(["echo 'part() { echo bye; }' > parts/bye.sh"]).await;
    story.does(&bye).await;
    let merge = story.merge_is("it is whole", |merge| merge["status"] == "ready").await;
    std::fs::write(story.shop.repository.join("news.txt"), "somebody went on\n").unwrap();
    story.shop.git(&["add", "news.txt"]).await;
    story.shop.git(&["commit", "--quiet", "--message=Go on"]).await;
    let gone_on = story.at("main").await;
    let head = merge["head"].clone();
    story.order(&merge, "approve", json!({ "head": head })).await;
    let followed = story
        .merge_is("another approval is asked for", |merge| {
            merge["status"] == "ready" && merge["base"] == json!(gone_on)
        })
        .await;
    assert_ne!(followed["head"], head);
    assert_eq!(story.at("main").await, gone_on, "the new head was not approved");

    // Changes of a person in the working copy are never overwritten.
    std::fs::write(story.shop.repository.join("words.txt"), "mine\n").unwrap();
    story.order(&followed, "approve", json!({ "head": followed["head"] })).await;
    let refused = story
        .merge_is("it is refused", |merge| merge["refused"] != Value::Null && merge["status"] == "ready")
        .await;
    assert_eq!(refused["refused"]["code"], "working_copy_changed", "{refused}");
    assert_eq!(story.at("main").await, gone_on);
    assert_eq!(std::fs::read_to_string(story.shop.repository.join("words.txt")).unwrap(), "mine\n");

    story.shop.git(&["checkout", "--", "words.txt"]).await;
    story.order(&refused, "approve", json!({ "head": refused["head"] })).await;
    let landed = story.merge_is("it has landed", |merge| merge["status"] == "landed").await;
    assert_eq!(json!(story.at("main").await), landed["head"]);
}

#[tokio::test]
async fn a_model_resolves_a_conflict_and_the_commands_decide() {
    if !sandboxes() {
        return;
    }
    let model = Llm::start().await;
    let home = tempfile::tempdir().unwrap();
    let mut command = omoi();
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    command.env("OMOI_LLM_URL", model.openai_url()).env("OMOI_LLM_MODEL", "resolver");
    command.env("OMOI_LLM_KEY", "of-this-test");
    let api = Api::of(Up::start_command(command).await);
    let story = Story { shop: Workshop::open_with(api, FILES).await };
    let [first, second] =
        story.plan(["sed -i 's/two/zwei/' words.txt", "sed -i 's/two/deux/' words.txt"]).await;
    story.does(&first).await;
    story.merge_is("the first is merged", |merge| states(merge) == ["merged"]).await;
    // What the model says first is no file; then it keeps both sides.
    let resolver = Rule::new("resolver").when_system_contains("two branches of the same project").resolves();
    model.rule(resolver.misbehaves_times(Fault::WrongJson { wrong: WrongJson::NotJson }, 1));
    story.does(&second).await;
    let merge = story.merge_is("all is merged", |merge| states(merge) == ["merged", "merged"]).await;
    assert_eq!(merge["candidates"][1]["resolved_by"], "model");
    assert_eq!(merge["candidates"][1]["tries"], 2);
    let words = story.shop.git(&["show", &format!("{}:words.txt", merge["branch"].as_str().unwrap())]).await;
    assert_eq!(words, "one\nzwei\ndeux\nthree");
    // Each call was announced and accounted for.
    for event in ["trajectory.llm_call_started", "trajectory.llm_call_finished", "trajectory.usage_recorded"]
    {
        let events = story.shop.api.newest(&format!("&type={event}")).await;
        let of_merge = events.iter().filter(|event| event["aggregate_id"] == merge["id"]);
        assert_eq!(of_merge.count(), 2, "{event}");
    }
}

#[tokio::test]
async fn what_somebody_put_on_the_branch_is_never_overwritten() {
    if !sandboxes() {
        return;
    }
    let story = Story::begin().await;
    let [bye] = story.plan(["echo 'part() { echo bye; }' > parts/bye.sh"]).await;
    story.does(&bye).await;
    let merge = story.merge_is("it is whole", |merge| merge["status"] == "ready").await;
    let (shop, begin) = (&story.shop, story.at("main").await);
    let branch = format!("refs/heads/{}", text(&merge["branch"]));
    let head = text(&merge["head"]).to_owned();
    let tree = shop.git(&["rev-parse", &format!("{begin}^{{tree}}")]).await;
    let theirs = shop.git(&["commit-tree", "-p", &begin, "-m", "Mine", &tree]).await;
    shop.git(&["update-ref", &branch, &theirs]).await;
    story.order(&merge, "approve", json!({ "head": head })).await;
    let refused = story.merge_is("it is refused", |merge| merge["refused"] != Value::Null).await;
    assert_eq!(refused["refused"]["code"], "branch_moved", "{refused}");
    assert_eq!((story.at(&branch).await, story.at("main").await), (theirs, begin));

    shop.git(&["update-ref", &branch, &head]).await;
    story.order(&refused, "approve", json!({ "head": head })).await;
    story.merge_is("it has landed", |merge| merge["status"] == "landed").await;
    assert_eq!(story.at("main").await, head);
}

#[tokio::test]
async fn a_second_attempt_takes_nothing_back_that_others_did_meanwhile() {
    if !sandboxes() {
        return;
    }
    let story = Story::begin().await;
    let second_time = "rm half; echo 'part() { echo fine; }' > parts/x.sh";
    let line =
        format!("if test -e half; then {second_time}; else touch half; echo 'exit 1' > parts/x.sh; fi");
    let [task] = story.plan([line.as_str()]).await;
    let first = story.shop.start(&task).await;
    assert_eq!(story.shop.ended(&first).await["code"], "not_verified");
    std::fs::write(story.shop.repository.join("parts/news.sh"), "part() { echo news; }\n").unwrap();
    story.shop.git(&["add", "parts/news.sh"]).await;
    story.shop.git(&["commit", "--quiet", "--message=Go on"]).await;

    let second = story.shop.start(&task).await;
    assert_eq!(story.shop.ended(&second).await["outcome"], "succeeded");
    let evidence = story.shop.waits_for(&second, "run.evidence_gathered").await;
    assert_eq!(evidence["payload"]["changed"], json!(["parts/x.sh"]), "{evidence}");
    let merge = story.merge_is("it is whole", |merge| merge["status"] == "ready").await;
    let files = story.shop.git(&["ls-tree", "-r", "--name-only", text(&merge["branch"])]).await;
    assert_eq!(files, "check.sh\nparts/base.sh\nparts/news.sh\nparts/x.sh\nwords.txt");
}
