//! A project is linked with the repository of its code: it is read before, shown after, and never changed.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Api, Person, answer, git, omoi, repository};

async fn head(path: &str) -> String {
    let said = git(Path::new(path), &["rev-parse", "HEAD"]).await.stdout;
    String::from_utf8(said).expect("text").trim().to_owned()
}

async fn link(api: &Api, project: &str, body: Value) -> Answer {
    answer(api.request(Method::PUT, &format!("/projects/{project}/repository")).json(&body)).await
}

async fn project(api: &Api, name: &str) -> String {
    api.done("/projects", &json!({ "name": name })).await.id().to_owned()
}

#[tokio::test]
async fn a_repository_is_read_linked_shown_and_unlinked() {
    let api = Api::start().await;
    let (_home, path) = repository().await;
    let commit = head(&path).await;
    let id = project(&api, "Billing").await;
    let address = format!("/projects/{id}/repository");
    let none = answer(api.get(&address)).await;
    assert_eq!(none.problem(), (404, "not_found"));

    let linked = link(&api, &id, json!({ "url": format!("{path}/") })).await;
    assert_eq!(linked.status, 200, "{linked:?}");
    let position = linked.body["position"].as_i64().expect("a position");
    let expected = json!({ "url": path, "branch": "main", "commit": commit, "position": position });
    assert_eq!(linked.body, expected);
    let event = &api.newest("&limit=1&type=project.repository_linked").await[0];
    assert_eq!(
        (&event["type"], &event["payload"]),
        (&json!("project.repository_linked"), &json!({ "place": path }))
    );
    let again = link(&api, &id, json!({ "url": path })).await;
    assert_eq!((again.status, &again.body["position"]), (200, &Value::Null));

    let next = link(&api, &id, json!({ "url": path, "branch": "next" })).await;
    assert_eq!((next.status, &next.body["branch"]), (200, &json!("next")));
    let position = next.body["position"].as_i64().expect("a position");
    let shown = answer(api.get(&address).header("omoi-min-position", position)).await;
    assert_eq!((&shown.body["url"], &shown.body["branch"]), (&json!(path), &json!("next")));
    let shown = answer(api.get(&format!("/projects/{id}"))).await;
    assert_eq!(shown.body["repository"], json!({ "url": path, "branch": "next", "status": "linked" }));

    let unlinked = answer(api.request(Method::DELETE, &address)).await;
    assert_eq!(unlinked.status, 200, "{unlinked:?}");
    let position = unlinked.body["position"].as_i64().expect("a position");
    let none = answer(api.get(&address).header("omoi-min-position", position)).await;
    assert_eq!(none.problem(), (404, "not_found"));
    let again = answer(api.request(Method::DELETE, &address)).await;
    assert_eq!((again.status, &again.body["position"]), (200, &Value::Null));
    assert_eq!(head(&path).await, commit);
    assert_eq!(
        git(Path::new(&path), &["status", "--porcelain"]).await.stdout,
        b"",
        "nothing was written to it"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_not_linked() {
    let api = Api::start().await;
    let (_home, path) = repository().await;
    let id = project(&api, "Billing").await;
    let empty = tempfile::tempdir().expect("a temporary directory");
    git(empty.path(), &["init", "--quiet", "."]).await;
    let before = api.last_position().await;
    for (url, branch, code) in [
        (path.as_str(), Some("none"), "unknown_branch"),
        (&path, Some("--upload-pack=id"), "invalid_branch"),
        ("/nonexistent/repository", None, "not_a_repository"),
        ("/etc", None, "not_a_repository"),
        (empty.path().to_str().expect("text"), None, "repository_empty"),
        ("https://git.example.invalid/acme/billing.git", None, "repository_unreachable"),
        ("https://127.0.0.1:1/acme/billing.git", None, "repository_unreachable"),
        ("ext::sh -c id", None, "invalid_repository"),
        ("file:///etc", None, "invalid_repository"),
        ("http://git.example.org/b", None, "invalid_repository"),
        ("--upload-pack=touch /tmp/x", None, "invalid_repository"),
        ("../billing", None, "invalid_repository"),
        ("https://ghp_secret@github.com/acme/billing", None, "invalid_repository"),
    ] {
        let refused = link(&api, &id, json!({ "url": url, "branch": branch })).await;
        assert_eq!(refused.problem(), (422, code), "{url} {branch:?}: {refused:?}");
        assert!(!refused.body.to_string().contains("ghp_secret"), "{refused:?}");
    }
    assert_eq!(api.last_position().await, before);

    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    assert_eq!(link(&api, nobody, json!({ "url": path })).await.problem(), (404, "not_found"));
    api.done(&format!("/projects/{id}/archive"), &json!({})).await;
    assert_eq!(link(&api, &id, json!({ "url": path })).await.problem(), (422, "archived"));
}

/// Whoever may not is told nothing of what is on the disk of the server.
#[tokio::test]
async fn nothing_is_looked_up_for_who_may_not() {
    let api = Api::start().await;
    let (_home, path) = repository().await;
    let mut owner = Person::register(&api, "owner@example.org").await;
    let org = owner.found(&api, "Acme").await;
    let id = owner.done(&api, "/projects", &json!({ "name": "Billing" })).await.id().to_owned();
    let viewer = owner.invite(&api, &org, "viewer@example.org", "viewer").await;
    let mut stranger = Person::register(&api, "stranger@example.net").await;
    stranger.found(&api, "Rivals").await;
    let address = format!("/projects/{id}/repository");
    for place in [path.as_str(), "/nonexistent/repository"] {
        let body = json!({ "url": place });
        let refused = answer(viewer.request(&api, Method::PUT, &address).json(&body)).await;
        assert_eq!(refused.problem(), (403, "forbidden"));
        let refused = answer(stranger.request(&api, Method::PUT, &address).json(&body)).await;
        assert_eq!(refused.problem(), (404, "not_found"));
    }
    let linked = answer(owner.request(&api, Method::PUT, &address).json(&json!({ "url": path }))).await;
    assert_eq!(linked.status, 200, "{linked:?}");
}

#[tokio::test]
async fn the_command_line_links_the_directory_in_which_one_stands() {
    let api = Api::start().await;
    let (home, path) = repository().await;
    project(&api, "Billing").await;
    let run = async |arguments: &[&str]| {
        let mut command = omoi();
        command.args(arguments).arg("--data-dir").arg(&api.up.ready.data_dir).current_dir(home.path());
        let output = command.output().await.expect("omoi starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let commit = head(&path).await;
    let (done, said, _) = run(&["repo", "link", "billing", ".", "--branch", "next"]).await;
    assert!(done && said.starts_with(&format!("{path}  next at {}  (position ", &commit[..12])), "{said}");
    assert_eq!(run(&["repo", "show", "billing"]).await, (true, format!("{path}  next\n"), String::new()));
    let (_, said, _) = run(&["project", "show", "billing"]).await;
    assert!(said.contains(&format!("repository  {path}  next")), "{said}");
    let (done, said, _) = run(&["repo", "unlink", "billing"]).await;
    assert!(done && said.starts_with("done  (position "), "{said}");
    let (done, _, said) = run(&["repo", "show", "billing"]).await;
    assert!(!done && said.contains("link one"), "{said}");
    let (done, _, said) = run(&["repo", "link", "billing", "./nowhere"]).await;
    assert!(!done && said.contains("there is no directory ./nowhere"), "{said}");
}
