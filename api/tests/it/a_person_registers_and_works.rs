//! From nothing to two people who work in one organization, and to one of them who is put out; all of it by letters and
//! the API, as a person would.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, PASSWORD, Person, answer, eventually, letter_to, token_of};

#[tokio::test]
async fn two_people_come_to_work_together() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    // In no organization there is nothing to see.
    let refused = ada.get(&api, "/projects").await;
    assert_eq!(refused.problem(), (403, "forbidden"));
    let org = ada.found(&api, "Acme").await;
    let project = ada.done(&api, "/projects", &json!({ "name": "Billing" })).await;
    let made = project.id().to_owned();

    let bob = ada.invite(&api, &org, "bob@example.org", "member").await;
    bob.done(&api, &format!("/projects/{made}/tickets"), &json!({ "title": "Pay" })).await;
    assert_eq!(bob.post(&api, "/projects", &json!({ "name": "No" })).await.problem(), (403, "forbidden"));

    let members = ada.get(&api, &format!("/organizations/{org}/members")).await;
    let shown: Vec<(&str, &str)> = members.body["members"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|member| (member["email"].as_str().unwrap_or(""), member["role"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(shown, [("ada@example.org", "owner"), ("bob@example.org", "member")]);

    // The log names them by their ids, and nothing in it says who they are.
    let events = ada.get(&api, "/events?limit=1000").await.body.to_string();
    assert!(events.contains(&bob.user) && !events.contains("bob@example.org"), "{events}");

    // Put out, Bob is out within seconds, with the token that he has.
    let path = format!("/organizations/{org}/members/{}", bob.user);
    assert_eq!(answer(ada.request(&api, Method::DELETE, &path)).await.status, 200);
    eventually(Duration::from_secs(5), "who was put out sees nothing", async || {
        (bob.get(&api, "/projects").await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn nobody_learns_whether_an_address_is_known() {
    let api = Api::start().await;
    let ada = Person::register(&api, "ada@example.org").await;
    let ask = async |path: &str, body: Value| {
        let answer = answer(api.request_with(None, Method::POST, path).json(&body)).await;
        (answer.status, answer.body)
    };
    let login = |email: &str| json!({ "email": email, "password": "not the password of anybody" });
    let known = ask("/auth/login", login("ada@example.org")).await;
    assert_eq!(known.0, 401);
    assert_eq!(known, ask("/auth/login", login("eve@example.org")).await);

    let forgot = |email: &str| json!({ "email": email });
    let known = ask("/auth/password/forgot", forgot("ada@example.org")).await;
    assert_eq!(known, ask("/auth/password/forgot", forgot("eve@example.org")).await);
    assert_eq!(known.0, 202);

    let register = |email: &str| json!({ "email": email, "password": PASSWORD, "display_name": "E" });
    let again = ask("/auth/register", register("ADA@example.org")).await;
    assert_eq!(again, ask("/auth/register", register("eve@example.org")).await);
    // Her own account is as it was, and she is told.
    assert_eq!(ada.get(&api, "/auth/me").await.status, 200);
    eventually(Duration::from_secs(10), "she is told", async || {
        letter_to(&api, "ada@example.org").await["subject"]
            .as_str()?
            .contains("account already")
            .then_some(())
    })
    .await;
}

/// A stranger registers an address before its owner does. The owner, who follows the link, gets no account that the
/// stranger can enter.
#[tokio::test]
async fn a_stranger_cannot_prepare_an_account_for_somebody_else() {
    let api = Api::start().await;
    let body = json!({ "email": "ada@example.org", "password": "the password of a stranger", "display_name": "Mallory" });
    answer(api.request_with(None, Method::POST, "/auth/register").json(&body)).await;
    let token = token_of(&letter_to(&api, "ada@example.org").await);
    let body = json!({ "token": token, "password": PASSWORD });
    let refused = answer(api.request_with(None, Method::POST, "/auth/verify").json(&body)).await;
    assert_eq!(refused.problem(), (401, "invalid_credentials"));
    // She registers herself; the stranger's account is of no use to anybody.
    let ada = Person::register(&api, "ada@example.org").await;
    assert_eq!(ada.get(&api, "/auth/me").await.status, 200);
    let body = json!({ "email": "ada@example.org", "password": "the password of a stranger" });
    let refused = answer(api.request_with(None, Method::POST, "/auth/login").json(&body)).await;
    assert_eq!(refused.problem(), (401, "invalid_credentials"));
    let body = json!({ "token": token, "password": "the password of a stranger" });
    let refused = answer(api.request_with(None, Method::POST, "/auth/verify").json(&body)).await;
    assert_eq!(refused.problem(), (401, "invalid_token"));
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let api = Api::start().await;
    let ada = Person::register(&api, "ada@example.org").await;
    let refresh = async |token: &str| {
        let body = json!({ "refresh_token": token });
        answer(api.request_with(None, Method::POST, "/auth/refresh").json(&body)).await
    };
    let next = refresh(&ada.refresh).await;
    assert_eq!(next.status, 200, "{next:?}");
    let second = next.body["refresh_token"].as_str().expect("a token").to_owned();
    // Whoever lost the answer gets the same again, for a moment.
    assert_eq!(refresh(&ada.refresh).await.body["refresh_token"], second.as_str());
    let third = refresh(&second).await.body["refresh_token"].as_str().expect("a token").to_owned();
    // Now the first one is shown again: somebody has a copy, and nobody knows who.
    assert_eq!(refresh(&ada.refresh).await.problem(), (401, "invalid_token"));
    assert_eq!(refresh(&third).await.problem(), (401, "invalid_token"));
    eventually(Duration::from_secs(5), "the session is over", async || {
        (ada.get(&api, "/auth/me").await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn fifty_refreshes_at_once_leave_one_session() {
    let api = Api::start().await;
    let ada = Person::register(&api, "ada@example.org").await;
    let body = json!({ "refresh_token": ada.refresh });
    let all = (0..50).map(|_| answer(api.request_with(None, Method::POST, "/auth/refresh").json(&body)));
    let answers = futures::future::join_all(all).await;
    let tokens: Vec<&str> =
        answers.iter().filter_map(|answer| answer.body["refresh_token"].as_str()).collect();
    assert_eq!(tokens.len(), 50, "{answers:?}");
    assert!(tokens.iter().all(|token| *token == tokens[0]), "one branch");
    let sessions = Person::of("", &answers[0].body).get(&api, "/auth/sessions").await;
    assert_eq!(sessions.body["sessions"].as_array().map(Vec::len), Some(1), "{sessions:?}");
}

#[tokio::test]
async fn another_password_ends_every_session() {
    let api = Api::start().await;
    let ada = Person::register(&api, "ada@example.org").await;
    answer(
        api.request_with(None, Method::POST, "/auth/password/forgot").json(&json!({ "email": ada.email })),
    )
    .await;
    let token = token_of(&letter_to(&api, &ada.email).await);
    let reset = async |password: &str| {
        let body = json!({ "token": token, "password": password });
        answer(api.request_with(None, Method::POST, "/auth/password/reset").json(&body)).await
    };
    assert_eq!(reset("password").await.problem(), (422, "weak_password"));
    assert_eq!(reset("nine quiet lanterns drift").await.status, 204);
    assert_eq!(reset("nine quiet lanterns wander").await.problem(), (401, "invalid_token"));
    let login = async |password: &str| {
        let body = json!({ "email": ada.email, "password": password });
        answer(api.request_with(None, Method::POST, "/auth/login").json(&body)).await
    };
    assert_eq!(login(PASSWORD).await.problem(), (401, "invalid_credentials"));
    assert_eq!(login("nine quiet lanterns drift").await.status, 200);
    eventually(Duration::from_secs(5), "the session of before is over", async || {
        (ada.get(&api, "/auth/me").await.status == 401).then_some(())
    })
    .await;
}

/// Twenty wrong passwords are answered with a pause; a reset opens the door all the same.
#[tokio::test]
async fn who_guesses_waits_and_the_owner_still_gets_in() {
    let api = Api::start().await;
    let ada = Person::register(&api, "ada@example.org").await;
    let login = async |password: &str| {
        let body = json!({ "email": ada.email, "password": password });
        answer(api.request_with(None, Method::POST, "/auth/login").json(&body)).await
    };
    let mut throttled = None;
    for n in 0..20 {
        let tried = login(&format!("a wrong password {n}")).await;
        if tried.status == 429 {
            throttled = tried.header("retry-after").map(str::to_owned);
            break;
        }
        assert_eq!(tried.problem(), (401, "invalid_credentials"));
    }
    assert!(throttled.is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|seconds| seconds >= 1)));
    answer(
        api.request_with(None, Method::POST, "/auth/password/forgot").json(&json!({ "email": ada.email })),
    )
    .await;
    let token = token_of(&letter_to(&api, &ada.email).await);
    let body = json!({ "token": token, "password": "nine quiet lanterns drift" });
    assert_eq!(
        answer(api.request_with(None, Method::POST, "/auth/password/reset").json(&body)).await.status,
        204
    );
}

#[tokio::test]
async fn the_link_of_the_first_start_is_good_once() {
    let api = Api::start().await;
    let (url, token) = api.up.ready.login_url.split_once("/welcome#token=").expect("a link");
    assert_eq!(url, api.up.ready.url);
    let body = json!({ "token": token, "refresh_in": "cookie" });
    let signed_in = answer(api.request_with(None, Method::POST, "/auth/login-link").json(&body)).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    assert_eq!(signed_in.body["organization"]["slug"], "local");
    assert_eq!(signed_in.body["organization"]["role"], "owner");
    assert!(signed_in.body.get("refresh_token").is_none(), "it is in the cookie");
    let cookie = signed_in.header("set-cookie").expect("a cookie").to_owned();
    for part in ["__Host-omoi_refresh=omoi_refresh_", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let again = answer(api.request_with(None, Method::POST, "/auth/login-link").json(&body)).await;
    assert_eq!(again.problem(), (401, "invalid_token"));

    // The cookie goes on with the session when the request is ours, and not otherwise.
    let pair = cookie.split(';').next().expect("a pair").to_owned();
    let refresh =
        || api.request_with(None, Method::POST, "/auth/refresh").header("cookie", &pair).json(&json!({}));
    assert_eq!(answer(refresh()).await.problem(), (403, "csrf"));
    let evil = refresh().header("x-omoi-csrf", "1").header("origin", "https://evil.example");
    assert_eq!(answer(evil).await.problem(), (403, "csrf"));
    let ours = answer(refresh().header("x-omoi-csrf", "1").header("sec-fetch-site", "same-origin")).await;
    assert_eq!(ours.status, 200, "{ours:?}");
}

#[tokio::test]
async fn a_key_never_may_more_than_its_maker() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let org = ada.found(&api, "Acme").await;
    let project = ada.done(&api, "/projects", &json!({ "name": "Billing" })).await.id().to_owned();
    let other = ada.done(&api, "/projects", &json!({ "name": "Other" })).await.id().to_owned();
    let bob = ada.invite(&api, &org, "bob@example.org", "admin").await;
    let keys = format!("/organizations/{org}/api-keys");
    let body = json!({ "name": "CI", "scopes": ["projects:read", "projects:write", "tickets:write"] });
    let made =
        answer(bob.request(&api, Method::POST, &keys).header("idempotency-key", "ci").json(&body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let again =
        answer(bob.request(&api, Method::POST, &keys).header("idempotency-key", "ci").json(&body)).await;
    assert_eq!(again.problem(), (409, "already_issued"), "shown once");
    let key = made.body["key"].as_str().expect("a key");
    let with = async |method: Method, path: &str, body: &Value| {
        answer(api.request_with(Some(key), method, path).json(body)).await
    };
    assert_eq!(with(Method::POST, "/projects", &json!({ "name": "By key" })).await.status, 201);
    assert_eq!(with(Method::GET, "/auth/me", &Value::Null).await.problem(), (403, "needs_session"));
    assert_eq!(with(Method::POST, &keys, &body).await.problem(), (403, "forbidden"));

    // A key of one project sees that project and nothing else.
    let body = json!({ "name": "One", "scopes": ["projects:read", "tickets:write", "events:read"], "project": project });
    let narrow = bob.done(&api, &keys, &body).await.body["key"].as_str().expect("a key").to_owned();
    let narrow = async |method: Method, path: String, body: Value| {
        answer(api.request_with(Some(&narrow), method, &path).json(&body)).await
    };
    assert_eq!(narrow(Method::GET, format!("/projects/{project}/board"), Value::Null).await.status, 200);
    assert_eq!(
        narrow(Method::GET, format!("/projects/{other}/board"), Value::Null).await.problem(),
        (404, "not_found")
    );
    let made = narrow(Method::POST, format!("/projects/{project}/tickets"), json!({ "title": "A" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let outside = narrow(Method::POST, format!("/projects/{other}/tickets"), json!({ "title": "A" })).await;
    assert_eq!(outside.problem(), (404, "not_found"));
    let listed = narrow(Method::GET, "/projects".into(), Value::Null).await;
    assert_eq!(listed.body["projects"].as_array().map(Vec::len), Some(1), "{listed:?}");
    let events = narrow(Method::GET, "/events".into(), Value::Null).await;
    let projects = events.body["events"].as_array().expect("a list").iter();
    assert!(
        projects.clone().count() > 0
            && projects.into_iter().all(|event| event["project_id"] == project.as_str())
    );

    // Bob becomes a viewer: what his keys may shrinks with him.
    ada.done(&api, &format!("/organizations/{org}/members/{}/role", bob.user), &json!({ "role": "viewer" }))
        .await;
    eventually(Duration::from_secs(5), "the key may as little as its maker", async || {
        (with(Method::POST, "/projects", &json!({ "name": "Late" })).await.status == 403).then_some(())
    })
    .await;
    assert_eq!(with(Method::GET, "/projects", &Value::Null).await.status, 200);
    let path = format!("/organizations/{org}/members/{}", bob.user);
    assert_eq!(answer(ada.request(&api, Method::DELETE, &path)).await.status, 200);
    eventually(Duration::from_secs(5), "the key of who left opens nothing", async || {
        (with(Method::GET, "/projects", &Value::Null).await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays_and_nobody_grants_above_himself() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let org = ada.found(&api, "Acme").await;
    let role = |user: &str| format!("/organizations/{org}/members/{user}/role");
    assert_eq!(
        ada.post(&api, &role(&ada.user), &json!({ "role": "viewer" })).await.problem(),
        (422, "last_owner")
    );
    assert_eq!(
        ada.post(&api, &format!("/organizations/{org}/leave"), &json!({})).await.problem(),
        (422, "last_owner")
    );
    let bob = ada.invite(&api, &org, "bob@example.org", "admin").await;
    assert_eq!(
        bob.post(&api, &role(&bob.user), &json!({ "role": "owner" })).await.problem(),
        (422, "above_asker")
    );
    let invitation = json!({ "email": "eve@example.org", "role": "owner" });
    let refused = bob.post(&api, &format!("/organizations/{org}/invitations"), &invitation).await;
    assert_eq!(refused.problem(), (422, "above_asker"));
    // What would be given is never taken from the body of something else.
    let refused = ada.post(&api, "/organizations", &json!({ "name": "X", "org_id": org })).await;
    assert_eq!(refused.problem(), (422, "invalid_body"));
}

/// A hundred accepts of one invitation make one member.
#[tokio::test]
async fn an_invitation_makes_one_member() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let org = ada.found(&api, "Acme").await;
    let invitation = json!({ "email": "bob@example.org", "role": "member" });
    ada.done(&api, &format!("/organizations/{org}/invitations"), &invitation).await;
    let token = token_of(&letter_to(&api, "bob@example.org").await);
    let eve = Person::register(&api, "eve@example.org").await;
    let body = json!({ "token": token });
    assert_eq!(eve.post(&api, "/invitations/accept", &body).await.problem(), (422, "other_address"));

    let bob = Person::register(&api, "bob@example.org").await;
    let all = (0..100).map(|_| bob.post(&api, "/invitations/accept", &body));
    let answers = futures::future::join_all(all).await;
    let accepted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(accepted, 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.status < 500));
    let members = ada.get(&api, &format!("/organizations/{org}/members")).await;
    assert_eq!(members.body["members"].as_array().map(Vec::len), Some(2));
}
