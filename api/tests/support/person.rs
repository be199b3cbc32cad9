//! A person who registers, reads the mail, and signs in, as the letters and the API tell them to.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, Api, answer, eventually, omoi};

/// Everybody's, in these stories.
pub(crate) const PASSWORD: &str = "seven purple otters whistle";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) user: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Person {
    /// Registers, follows the link in the letter, and is signed in.
    pub(crate) async fn register(api: &Api, email: &str) -> Self {
        let body = json!({ "email": email, "password": PASSWORD, "display_name": email });
        let sent = answer(api.request_with(None, Method::POST, "/auth/register").json(&body)).await;
        assert_eq!((sent.status, &sent.body), (202, &json!({ "sent": true })));
        let token = token_of(&letter_to(api, email).await);
        let body = json!({ "token": token, "password": PASSWORD });
        let verified = answer(api.request_with(None, Method::POST, "/auth/verify").json(&body)).await;
        assert_eq!(verified.status, 200, "{verified:?}");
        Self::of(email, &verified.body)
    }

    /// As sign-in answered.
    pub(crate) fn of(email: &str, signed_in: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            email: email.to_owned(),
            user: text(&signed_in["user"]["id"]),
            access: text(&signed_in["access_token"]),
            refresh: text(&signed_in["refresh_token"]),
        }
    }

    /// A request below `/api/v1`.
    pub(crate) fn request(&self, api: &Api, method: Method, path: &str) -> RequestBuilder {
        api.request_with(Some(&self.access), method, path)
    }

    pub(crate) async fn get(&self, api: &Api, path: &str) -> Answer {
        answer(self.request(api, Method::GET, path)).await
    }

    pub(crate) async fn post(&self, api: &Api, path: &str, body: &Value) -> Answer {
        answer(self.request(api, Method::POST, path).json(body)).await
    }

    /// A command that is to act.
    pub(crate) async fn done(&self, api: &Api, path: &str, body: &Value) -> Answer {
        let answer = self.post(api, path, body).await;
        assert!(matches!(answer.status, 200 | 201 | 204), "{path} {body}: {answer:?}");
        answer
    }

    /// Founds an organization and acts in it; its id.
    pub(crate) async fn found(&mut self, api: &Api, name: &str) -> String {
        let org = self.done(api, "/organizations", &json!({ "name": name })).await.id().to_owned();
        self.switch(api, &org).await;
        org
    }

    /// Acts in another organization.
    pub(crate) async fn switch(&mut self, api: &Api, org: &str) {
        let answer = self.done(api, "/auth/switch", &json!({ "organization": org })).await;
        assert_eq!(answer.body["organization"]["id"], org);
        self.access = answer.body["access_token"].as_str().expect("a token").to_owned();
    }

    /// Invites somebody, who registers and accepts; the new member acts in the organization.
    pub(crate) async fn invite(&self, api: &Api, org: &str, email: &str, role: &str) -> Self {
        let body = json!({ "email": email, "role": role });
        self.done(api, &format!("/organizations/{org}/invitations"), &body).await;
        let token = token_of(&letter_to(api, email).await);
        let mut member = Self::register(api, email).await;
        member.done(api, "/invitations/accept", &json!({ "token": token })).await;
        member.switch(api, org).await;
        member
    }
}

/// The newest letter to an address, once it is there; letters are counted, so that the next one is another one.
pub(crate) async fn letter_to(api: &Api, email: &str) -> Value {
    let known = api.letters_read(email);
    let found = eventually(Duration::from_secs(10), "a letter arrives", async || {
        let mut command = omoi();
        command.args(["mail", "--json", "--data-dir"]).arg(&api.up.ready.data_dir);
        let listed = command.output().await.expect("omoi starts");
        let listed: Value = serde_json::from_slice(&listed.stdout).ok()?;
        let to: Vec<&Value> = listed["letters"].as_array()?.iter().filter(|one| one["to"] == email).collect();
        (to.len() > known).then_some(())?;
        let mut command = omoi();
        command.args(["mail", "show", "--json", "--to", email, "--data-dir"]).arg(&api.up.ready.data_dir);
        let shown = command.output().await.expect("omoi starts");
        serde_json::from_slice::<Value>(&shown.stdout).ok()
    })
    .await;
    api.read_letter(email);
    found
}

/// The token in the link of a letter.
pub(crate) fn token_of(letter: &Value) -> String {
    let text = letter["text"].as_str().expect("a text");
    let (_, rest) = text.split_once("#token=").unwrap_or_else(|| panic!("no link in {text}"));
    rest.split_whitespace().next().expect("a token").to_owned()
}
