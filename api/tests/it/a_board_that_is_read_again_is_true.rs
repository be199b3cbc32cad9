//! A board and a graph that did not change are not put together again, and one that changed is: whatever it was.

use serde_json::{Value, json};

use crate::support::{Api, answer};

struct Story {
    api: Api,
    project: String,
}

impl Story {
    /// The titles on the board, column by column, as of everything that has happened until now; asked for twice.
    async fn board(&self) -> Vec<(String, Vec<String>)> {
        let columns = self.twice("board").await["columns"].clone();
        let words = |value: &Value| value.as_str().expect("text").to_owned();
        let columns = columns.as_array().expect("a list").iter();
        let shown = columns.map(|column| {
            let cards = column["cards"].as_array().expect("a list").iter();
            (words(&column["id"]), cards.map(|card| words(&card["title"])).collect::<Vec<_>>())
        });
        shown.filter(|(_, cards)| !cards.is_empty()).collect()
    }

    /// Number and status of the nodes of the graph, and how many edges there are.
    async fn graph(&self) -> (Vec<(Value, Value)>, usize) {
        let graph = self.twice("graph").await;
        let nodes = graph["nodes"].as_array().expect("a list").iter();
        let nodes = nodes.map(|node| (node["number"].clone(), node["status"].clone())).collect();
        (nodes, graph["edges"].as_array().expect("a list").len())
    }

    async fn twice(&self, what: &str) -> Value {
        let position = self.api.last_position().await;
        let path = format!("/projects/{}/{what}", self.project);
        let first = answer(self.api.get(&path).header("Omoi-Min-Position", position)).await;
        let again = answer(self.api.get(&path).header("Omoi-Min-Position", position)).await;
        assert_eq!((first.status, &first.body["position"]), (200, &json!(position)), "{first:?}");
        assert_eq!(first.body, again.body);
        first.body
    }

    async fn ticket(&self, title: &str) -> String {
        let wish = json!({ "title": title, "phase": "backlog" });
        self.api.done(&format!("/projects/{}/tickets", self.project), &wish).await.id().to_owned()
    }
}

fn column(id: &str, titles: &[&str]) -> (String, Vec<String>) {
    (id.to_owned(), titles.iter().map(|title| (*title).to_owned()).collect())
}

#[tokio::test]
async fn what_is_read_again_is_true() {
    let api = Api::start().await;
    let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
    let other = api.done("/projects", &json!({ "name": "Others" })).await.id().to_owned();
    let story = Story { api, project };
    assert_eq!(story.board().await, []);

    let (first, second) = (story.ticket("First").await, story.ticket("Second").await);
    assert_eq!(story.board().await, [column("backlog", &["First", "Second"])]);
    // Nothing changes here, and the answer goes on all the same.
    story.api.done(&format!("/projects/{other}/tickets"), &json!({ "title": "Elsewhere" })).await;
    assert_eq!(story.board().await, [column("backlog", &["First", "Second"])]);

    // As many cards as before, and others.
    story.api.done(&format!("/tickets/{second}/cancel"), &json!({})).await;
    story.ticket("Third").await;
    assert_eq!(story.board().await, [column("backlog", &["First", "Third"])]);
    story.api.done(&format!("/tickets/{first}/cancel"), &json!({})).await;
    assert_eq!(story.board().await, [column("backlog", &["Third"])]);

    let ticket = story.ticket("Fourth").await;
    let tasks = format!("/tickets/{ticket}/tasks");
    let form = story.api.done(&tasks, &json!({ "title": "Write" })).await.id().to_owned();
    let check = story.api.done(&tasks, &json!({ "title": "Check" })).await.id().to_owned();
    let node = |number: &str, status: &str| (json!(number), json!(status));
    assert_eq!(story.graph().await, (vec![node("TSK-001", "ready"), node("TSK-002", "ready")], 0));
    story.api.done(&format!("/tasks/{check}/dependencies"), &json!({ "on": form })).await;
    assert_eq!(story.graph().await, (vec![node("TSK-001", "ready"), node("TSK-002", "planned")], 1));
    story.api.done(&format!("/tasks/{form}/start"), &json!({})).await;
    assert_eq!(story.graph().await, (vec![node("TSK-001", "running"), node("TSK-002", "planned")], 1));
}
