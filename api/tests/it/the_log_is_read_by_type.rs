//! Pages of the log by type, both ways: the same events as in the whole log, whether the index has come to them or
//! not.

use serde_json::{Value, json};

use crate::support::{Api, answer};

async fn page(api: &Api, query: &str) -> Vec<Value> {
    let page = answer(api.get(&format!("/events?{query}"))).await;
    assert_eq!(page.status, 200, "{query}: {page:?}");
    page.body["events"].as_array().expect("a list").clone()
}

/// Page by page, as a client goes on.
async fn all(api: &Api, filter: &str, backwards: bool) -> Vec<i64> {
    let (mut seen, mut at) = (Vec::new(), if backwards { i64::MAX } else { 0 });
    let side = if backwards { "before" } else { "after" };
    loop {
        let events = page(api, &format!("{side}={at}&limit=3{filter}")).await;
        let Some(last) = events.last() else { return seen };
        at = last["position"].as_i64().expect("a number");
        seen.extend(events.iter().map(|event| event["position"].as_i64().expect("a number")));
    }
}

#[tokio::test]
async fn a_page_by_type_is_the_whole_log_without_the_rest() {
    let api = Api::start().await;
    let mut projects = Vec::new();
    for name in ["One", "Other"] {
        let project = api.done("/projects", &json!({ "name": name })).await.id().to_owned();
        for n in 0..5 {
            let path = format!("/projects/{project}/tickets");
            let ticket = api.done(&path, &json!({ "title": format!("Ticket {n}") })).await.id().to_owned();
            api.done(&format!("/tickets/{ticket}/comments"), &json!({ "text": "Seen." })).await;
            api.done(&format!("/tickets/{ticket}/tasks"), &json!({ "title": "Do it" })).await;
        }
        projects.push(project);
    }
    let whole = page(&api, "limit=1000").await;
    for types in ["ticket.commented", "ticket.created,task.planned", "task.completed"] {
        for project in [None, Some(&projects[1])] {
            let wanted = |event: &&Value| {
                let of_type = types.split(',').any(|name| event["type"] == name);
                of_type && project.is_none_or(|project| event["project_id"] == **project)
            };
            let mut expected: Vec<i64> =
                whole.iter().filter(wanted).map(|event| event["position"].as_i64().unwrap()).collect();
            assert_eq!(expected.is_empty(), types == "task.completed", "{types}");
            let filter =
                format!("&type={types}{}", project.map_or(String::new(), |id| format!("&project={id}")));
            assert_eq!(all(&api, &filter, false).await, expected, "{filter}");
            expected.reverse();
            assert_eq!(all(&api, &filter, true).await, expected, "{filter}, backwards");
        }
    }
}
