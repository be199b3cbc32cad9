//! A tour through the domain in which every type of event happens: over HTTP where there is a route, else by a
//! second node's dispatcher.

use commands::{Actor, Dispatcher, Intent, Step};
use kernel::{ActorId, Uuid};
use reqwest::Method;
use serde_json::{Value, json};
use vocabulary::{RunId, TaskId, TicketId};
use work::task::{self, Task};
use work::ticket;

use crate::client::Client;
use crate::database::Database;
use crate::merges_tour::merges_tour;
use crate::runs_tour::runs_tour;
use crate::specs_tour::{planner, specs_tour};
use crate::support::repository;

/// Makes every type of event happen, in a project of this name.
pub(crate) async fn tour(client: &mut Client, database: &Database, name: &str) {
    let mut tour = Tour { client, project: String::new() };
    tour.project(name).await;
    tour.a_ticket_through_its_gate().await;
    tour.a_ticket_that_is_given_up().await;
    let ticket = tour.ticket("implementation").await;
    tour.tasks(&ticket).await;
    tour.what_has_no_route(&ticket, &database.dispatcher()).await;
    let project = tour.project.parse().expect("an id");
    let (dispatcher, org) = (database.dispatcher(), tour.client.actor().org);
    specs_tour(&dispatcher, planner(org), project).await;
    let task = tour.task(&ticket, &[]).await.parse().expect("an id");
    runs_tour(&dispatcher, planner(org), project, task).await;
    merges_tour(&dispatcher, planner(org), project).await;
    dispatcher.store().pools().close().await;
    tour.on_project("archive", json!({})).await;
    tour.on_project("restore", json!({})).await;
}

struct Tour<'a> {
    client: &'a mut Client,
    project: String,
}

impl Tour<'_> {
    async fn project(&mut self, name: &str) {
        self.project = self.client.done("/projects", &json!({ "name": name })).await.id();
        self.on_project("rename", json!({ "name": format!("{name}, renamed") })).await;
        self.on_project("describe", json!({ "description": "All that can happen." })).await;
        self.on_project("settings", json!({ "max_concurrent_runs": 3 })).await;
        self.on_project("autonomy", json!({ "on": true })).await;
        let columns = json!([
            { "id": "todo", "title": "To do", "phases": ["backlog", "requirements", "design"] },
            { "id": "doing", "title": "Doing", "phases": ["implementation", "testing"], "wip_limit": 50 },
            { "id": "done", "title": "Done", "phases": ["deployment", "done"] },
        ]);
        let gates = json!({ "testing": [{ "kind": "approval" }] });
        for (what, body) in [("columns", json!({ "columns": columns })), ("gates", json!({ "gates": gates }))]
        {
            let path = format!("/projects/{}/{what}", self.project);
            self.client.done_by(Method::PUT, &path, &body).await;
        }
        let (_code, place) = repository().await;
        let path = format!("/projects/{}/repository", self.project);
        self.client.done_by(Method::PUT, &path, &json!({ "url": place })).await;
        self.client.done_by(Method::DELETE, &path, &json!({})).await;
    }

    async fn on_project(&mut self, verb: &str, body: Value) {
        self.client.done(&format!("/projects/{}/{verb}", self.project), &body).await;
    }

    async fn ticket(&mut self, phase: &str) -> String {
        let wish = json!({ "title": "Take cards", "phase": phase });
        self.client.done(&format!("/projects/{}/tickets", self.project), &wish).await.id()
    }

    async fn on_ticket(&mut self, ticket: &str, verb: &str, body: Value) {
        self.client.done(&format!("/tickets/{ticket}/{verb}"), &body).await;
    }

    async fn a_ticket_through_its_gate(&mut self) {
        let ticket = self.ticket("testing").await;
        self.on_ticket(&ticket, "approvals", json!({})).await;
        let reject = json!({ "phase": "testing", "reason": "the totals are wrong" });
        self.on_ticket(&ticket, "approvals/reject", reject).await;
        self.on_ticket(&ticket, "approvals", json!({})).await;
        self.on_ticket(&ticket, "approvals/grant", json!({ "phase": "testing" })).await;
        // The process may have moved it on by now: what is so already is no event.
        self.on_ticket(&ticket, "move", json!({ "phase": "deployment", "force": true })).await;
        self.on_ticket(&ticket, "move", json!({ "phase": "done", "force": true })).await;
    }

    async fn a_ticket_that_is_given_up(&mut self) {
        let (ticket, other) = (self.ticket("design").await, self.ticket("design").await);
        self.on_ticket(&ticket, "refine", json!({ "description": "Debit cards, too." })).await;
        self.on_ticket(&ticket, "comments", json!({ "text": "The customer agrees." })).await;
        self.on_ticket(&ticket, "commits", json!({ "sha": "0c1d2e3" })).await;
        let pull_request = json!({ "number": 7, "url": "https://git.example/billing/pull/7" });
        self.on_ticket(&ticket, "pull-requests", pull_request).await;
        self.on_ticket(&ticket, "reorder", json!({ "position": "i" })).await;
        self.on_ticket(&ticket, "block", json!({ "reason": "waits for the contract" })).await;
        self.on_ticket(&ticket, "unblock", json!({})).await;
        self.on_ticket(&ticket, "dependencies", json!({ "on": other })).await;
        let edge = format!("/tickets/{ticket}/dependencies/{other}");
        self.client.done_by(Method::DELETE, &edge, &json!({})).await;
        self.on_ticket(&ticket, "cancel", json!({})).await;
    }

    async fn task(&mut self, ticket: &str, depends_on: &[&str]) -> String {
        let wish = json!({ "title": "A task", "depends_on": depends_on });
        self.client.done(&format!("/tickets/{ticket}/tasks"), &wish).await.id()
    }

    async fn on_task(&mut self, task: &str, verb: &str, body: Value) {
        self.client.done(&format!("/tasks/{task}/{verb}"), &body).await;
    }

    async fn tasks(&mut self, ticket: &str) {
        let first = self.task(ticket, &[]).await;
        let second = self.task(ticket, &[&first]).await;
        let third = self.task(ticket, &[]).await;
        self.on_task(&third, "dependencies", json!({ "on": first })).await;
        let edge = format!("/tasks/{third}/dependencies/{first}");
        self.client.done_by(Method::DELETE, &edge, &json!({})).await;
        self.on_task(&third, "block", json!({ "reason": "the printer is broken" })).await;
        self.on_task(&third, "unblock", json!({})).await;
        self.on_task(&third, "prioritise", json!({ "priority": "critical" })).await;
        self.on_task(&third, "start", json!({})).await;
        self.on_task(&third, "fail", json!({ "reason": "no such API", "class": "permanent" })).await;
        self.on_task(&first, "start", json!({})).await;
        self.on_task(&first, "fail", json!({ "reason": "no network", "class": "transient" })).await;
        self.on_task(&first, "retry", json!({})).await;
        for exit in [1, 0] {
            self.on_task(&first, "start", json!({})).await;
            let evidence = json!({ "commands": [{ "cmd": "make test", "exit": exit }] });
            self.on_task(&first, "submit-evidence", evidence).await;
        }
        self.on_task(&second, "cancel", json!({})).await;
    }

    /// What only runs of agents will do.
    async fn what_has_no_route(&mut self, ticket: &str, dispatcher: &Dispatcher) {
        let task = self.task(ticket, &[]).await;
        let actor = Actor::process(self.client.actor().org, ActorId(Uuid::nil()));
        let wish = || Intent::new(actor, b"tour");
        let id: TaskId = task.parse().expect("an id");
        let run = RunId::from(Uuid::now_v7());
        for command in
            [task::Command::Claim { run, epoch: 1 }, task::Command::ExpireClaim { epoch: 1, commit: None }]
        {
            dispatcher
                .carry_out(&wish(), vec![Step::on::<Task>(id.into(), command)])
                .await
                .expect("it is free");
        }
        let ticket: TicketId = ticket.parse().expect("an id");
        let detach = ticket::Command::DetachTask { task: id };
        dispatcher.on_ticket(&wish(), ticket, detach, None).await.expect("it has the task");
        dispatcher.store().pools().close().await;
    }
}
