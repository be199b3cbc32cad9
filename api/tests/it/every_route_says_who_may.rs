//! No route is without a row: each says in the document who may ask for it, and answers accordingly to nobody, to every
//! role, to a key of an auditor, to a key of one project, and to somebody of another organization.

use std::collections::BTreeMap;

use commands::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Api, Person, answer};

/// One operation of the document.
#[derive(Clone, Debug)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    access: String,
    body: Option<Value>,
}

/// What ends that with which it is asked, or the organization: asked for last, in this order.
const ENDS: &[&str] = &[
    "sign_out",
    "end_session",
    "change_password",
    "remove_member",
    "close_organization",
    "leave_organization",
];
/// What becomes something else than an answer.
const SWITCHES: &[&str] = &["open_ws"];

async fn operations(api: &Api) -> Vec<Operation> {
    let document = answer(api.request_to(Method::GET, "/openapi.json")).await.body;
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let content = &operation["requestBody"]["content"]["application/json"];
            all.push(Operation {
                id: operation["operationId"].as_str().expect("an id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                access: operation["x-omoi-access"].as_str().unwrap_or("missing").to_owned(),
                body: content.get("example").cloned(),
            });
        }
    }
    all
}

/// Something of each kind, so that an address names what is there.
struct Things(BTreeMap<&'static str, String>);

impl Things {
    async fn of(api: &Api, owner: &Person, org: &str) -> Self {
        let id = async |path: &str, body: Value| owner.done(api, path, &body).await.id().to_owned();
        let project = id("/projects", json!({ "name": format!("P {org}") })).await;
        let ticket = id(&format!("/projects/{project}/tickets"), json!({ "title": "T" })).await;
        let task = id(&format!("/tickets/{ticket}/tasks"), json!({ "title": "K" })).await;
        let key = json!({ "name": "K", "scopes": ["projects:read"] });
        let key = id(&format!("/organizations/{org}/api-keys"), key).await;
        Self(BTreeMap::from([
            ("projects", project),
            ("tickets", ticket),
            ("tasks", task),
            ("organizations", org.to_owned()),
            ("user", owner.user.clone()),
            ("key", key),
        ]))
    }

    /// The address with ids in it; what nobody made has an id that nobody has.
    fn address(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let filled = parts.iter().enumerate().map(|(n, part)| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                return (*part).to_owned();
            };
            let kind = if name == "id" { parts[n - 1] } else { name };
            match name {
                "name" => "board".to_owned(),
                _ => self
                    .0
                    .get(kind)
                    .cloned()
                    .unwrap_or_else(|| "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()),
            }
        });
        filled.collect::<Vec<_>>().join("/")
    }
}

async fn ask(api: &Api, bearer: Option<&str>, operation: &Operation, things: &Things) -> Answer {
    let path = things.address(&operation.path);
    let client = reqwest::Client::new();
    let mut request = client.request(operation.method.clone(), format!("{}{path}", api.up.ready.url));
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer);
    }
    answer(match &operation.body {
        Some(body) => request.json(body),
        None => request,
    })
    .await
}

fn permission(access: &str) -> Option<Permission> {
    Permission::ALL.iter().copied().find(|permission| permission.as_str() == access)
}

/// What concerns the whole installation is its operator's, whatever the role elsewhere.
fn is_the_operators(operation: &Operation) -> bool {
    operation.path.starts_with("/api/v1/processes")
        || operation.path == "/metrics"
        || ["rebuild_projection", "switch_projection"].contains(&operation.id.as_str())
}

#[tokio::test]
async fn every_route_answers_as_its_row_says() {
    let api = Api::start().await;
    let operations = operations(&api).await;
    assert!(operations.len() > 70, "{}", operations.len());
    let mut owner = Person::register(&api, "owner@example.org").await;
    let org = owner.found(&api, "Acme").await;
    let things = Things::of(&api, &owner, &org).await;
    let mut members = vec![(Role::Owner, owner.clone())];
    for role in [Role::Admin, Role::Member, Role::Viewer] {
        let email = format!("{role}@example.com");
        members.push((role, owner.invite(&api, &org, &email, role.as_str()).await));
    }
    let mut stranger = Person::register(&api, "stranger@example.net").await;
    stranger.found(&api, "Rivals").await;
    let key = async |scopes: Value, project: Value| {
        let body = json!({ "name": "K", "scopes": scopes, "project": project });
        let made = owner.done(&api, &format!("/organizations/{org}/api-keys"), &body).await;
        made.body["key"].as_str().expect("a key").to_owned()
    };
    let auditor = key(json!(["auditor"]), Value::Null).await;
    let other = owner.done(&api, "/projects", &json!({ "name": "Elsewhere" })).await.id().to_owned();
    let elsewhere = key(
        json!(["projects:read", "projects:write", "tickets:write", "tasks:write", "events:read"]),
        json!(other),
    )
    .await;

    let mut asked = 0;
    let (mut last, first): (Vec<_>, Vec<_>) =
        operations.iter().partition(|operation| ENDS.contains(&operation.id.as_str()));
    last.sort_by_key(|operation| ENDS.iter().position(|id| *id == operation.id));
    for operation in
        first.into_iter().chain(last).filter(|operation| !SWITCHES.contains(&operation.id.as_str()))
    {
        let Operation { id, access, path, .. } = operation;
        let needed = permission(access);
        assert!(
            needed.is_some() || ["open", "anybody", "person"].contains(&access.as_str()),
            "{id}: {access}"
        );
        asked += 1;

        // Nobody.
        let nobody = ask(&api, None, operation, &things).await;
        if access == "open" {
            assert!(nobody.problem().1 != "unauthenticated" && nobody.status < 500, "{id}: {nobody:?}");
            continue;
        }
        assert_eq!(nobody.problem(), (401, "unauthenticated"), "{id}");

        // Somebody of another organization: what is not theirs does not exist.
        let names_something = path.contains("{id}") && !path.contains("/auth/");
        if names_something {
            let foreign = ask(&api, Some(&stranger.access), operation, &things).await;
            assert_eq!(foreign.problem(), (404, "not_found"), "{id}: {foreign:?}");
            if path.contains("/projects/") || path.contains("/tickets/") || path.contains("/tasks/") {
                let narrow = ask(&api, Some(&elsewhere), operation, &things).await;
                assert!(matches!(narrow.status, 403 | 404), "{id} with a key of another project: {narrow:?}");
            }
        }

        // Keys.
        let by_key = ask(&api, Some(&auditor), operation, &things).await;
        let may = needed.is_some_and(|needed| Role::Auditor.may(needed)) && !is_the_operators(operation);
        let of_all = access == "anybody";
        assert_eq!(by_key.status != 403, may || of_all, "{id} as auditor: {by_key:?}");
        assert!(
            by_key.status < 500 && by_key.problem().1 != "unauthenticated",
            "{id} as auditor: {by_key:?}"
        );

        // Members: those who may not first, so that nothing has ended before.
        for (role, member) in members.iter().rev() {
            let may = match needed {
                Some(needed) => role.may(needed) && !is_the_operators(operation),
                None => true,
            };
            if ENDS.contains(&id.as_str()) && may && *role != Role::Viewer {
                continue;
            }
            if id == "revoke_api_key" && *role == Role::Member {
                // One's own only; this one is the owner's.
                continue;
            }
            let answered = ask(&api, Some(&member.access), operation, &things).await;
            let known = answered.problem().1 != "unauthenticated";
            assert!(answered.status < 500 && known, "{id} as {role}: {answered:?}");
            assert_eq!(answered.status != 403, may, "{id} as {role}: {answered:?}");
        }
    }
    assert!(asked > 65, "{asked}");
}
