//! A ticket that is blocked, one that depends on another, and one whose gate is closed: their tasks are ready and are not
//! started, by themselves or by a person, until the ticket lets them go; then they start by themselves.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{answer, eventually};

/// Some runs, on a machine that builds something.
const PATIENCE: Duration = Duration::from_secs(120);

impl Workshop {
    async fn ticket(&self, title: &str, phase: &str) -> String {
        let ticket = json!({ "title": title, "phase": phase });
        self.api.done(&format!("/projects/{}/tickets", self.project), &ticket).await.id().to_owned()
    }

    async fn task_of(&self, ticket: &str, phase: &str) -> String {
        let task = json!({ "title": "Mend add", "run": MEND, "phase": phase });
        self.api.done(&format!("/tickets/{ticket}/tasks"), &task).await.id().to_owned()
    }

    /// A ready task says what it waits for, and a person is told the same.
    async fn is_held(&self, task: &str, code: &str) {
        let shown = self.shown(task).await;
        assert_eq!((&shown["status"], &shown["waits_for"]), (&json!("ready"), &json!(code)), "{shown}");
        let refused = answer(self.api.post(&format!("/tasks/{task}/runs"), &json!({}))).await;
        assert_eq!(refused.problem(), (422, code), "{refused:?}");
        assert!(self.claims(task).await.is_empty(), "somebody has claimed it");
    }

    async fn claims(&self, task: &str) -> Vec<Value> {
        self.events(task, "task.claimed").await
    }

    async fn is_done(&self, task: &str) {
        eventually(PATIENCE, "the task is done", async || {
            (self.shown(task).await["status"] == "completed").then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn until_it_lets_it_go() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let gates = json!({ "gates": { "design": [{ "kind": "tasks_done" }, { "kind": "approval" }] } });
    let gates = workshop
        .api
        .request(reqwest::Method::PUT, &format!("/projects/{}/gates", workshop.project))
        .json(&gates);
    assert_eq!(answer(gates).await.status, 200);

    let blocked = workshop.ticket("Blocked", "implementation").await;
    let of_blocked = workshop.task_of(&blocked, "implementation").await;
    let block = json!({ "reason": "the key is missing" });
    workshop.api.done(&format!("/tickets/{blocked}/block"), &block).await;

    let (first, second) =
        (workshop.ticket("First", "implementation").await, workshop.ticket("Second", "implementation").await);
    workshop.api.done(&format!("/tickets/{second}/dependencies"), &json!({ "on": first })).await;
    let of_second = workshop.task_of(&second, "implementation").await;

    let gated = workshop.ticket("Gated", "design").await;
    let (drawn, built) =
        (workshop.task_of(&gated, "design").await, workshop.task_of(&gated, "implementation").await);

    // Two tasks that nothing holds back are done meanwhile, so somebody has looked.
    workshop.api.done(&format!("/projects/{}/autonomy", workshop.project), &json!({ "on": true })).await;
    let free = workshop.task(MEND).await;
    workshop.is_done(&free).await;
    workshop.is_done(&drawn).await;
    eventually(PATIENCE, "the approval is asked for", async || {
        (workshop.api.newest("&type=ticket.gate_approval_requested").await.len() == 1).then_some(())
    })
    .await;
    workshop.is_held(&of_blocked, "ticket_blocked").await;
    workshop.is_held(&of_second, "ticket_waits").await;
    workshop.is_held(&built, "phase_ahead").await;

    // Each is let go by what held it back, and by nothing else.
    workshop.api.done(&format!("/tickets/{blocked}/unblock"), &json!({})).await;
    workshop.is_done(&of_blocked).await;
    workshop.is_held(&of_second, "ticket_waits").await;
    workshop.is_held(&built, "phase_ahead").await;

    workshop.api.done(&format!("/tickets/{gated}/approvals/grant"), &json!({ "phase": "design" })).await;
    workshop.is_done(&built).await;
    workshop.is_held(&of_second, "ticket_waits").await;

    let of_first = workshop.task_of(&first, "implementation").await;
    workshop.is_done(&of_second).await;
    let (before, after) = (workshop.claims(&of_first).await, workshop.claims(&of_second).await);
    let at = |claims: &[Value]| claims.last().and_then(|claim| claim["position"].as_i64());
    assert!(at(&before) < at(&after), "{before:?}, {after:?}");
}
