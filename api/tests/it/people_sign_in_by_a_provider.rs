//! Signing in by an account elsewhere, against providers that speak the real protocol: an OpenID issuer and one like GitHub.

use reqwest::header::SET_COOKIE;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use simulators::oidc::{Algorithm, Fault, Oidc, Redirect, go};

use crate::support::{Answer, Api, PASSWORD, Person, Up, answer, letter_to, omoi, token_of};

/// A server that knows a provider by both of its ways.
struct Stage {
    api: Api,
    openid: Oidc,
    github: Oidc,
    _directory: tempfile::TempDir,
}

/// A browser that left for a provider.
struct Browser {
    provider: &'static str,
    cookie: String,
    redirect: Redirect,
}

impl Stage {
    async fn set() -> Self {
        let (openid, github) =
            (Oidc::start_with(Algorithm::Es256).await, Oidc::start_with(Algorithm::Es256).await);
        // The address of the server is part of what a provider is told, so it is chosen before.
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = port.local_addr().expect("an address");
        drop(port);
        let at_openid = openid.register(&format!("http://{address}/sign-in/oauth/oidc"));
        let at_github = github.register(&format!("http://{address}/sign-in/oauth/github"));
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut command = omoi();
        command.args(["up", "--json", "--listen", &address.to_string(), "--data-dir"]);
        command.arg(directory.path().join("data"));
        command.env("OMOI_OIDC_ISSUER", openid.issuer()).env("OMOI_OIDC_NAME", "Acme");
        command.env("OMOI_OIDC_CLIENT_ID", at_openid.client_id);
        command.env("OMOI_OIDC_CLIENT_SECRET", at_openid.client_secret);
        command.env("OMOI_GITHUB_URL", github.issuer()).env("OMOI_GITHUB_CLIENT_ID", at_github.client_id);
        command.env("OMOI_GITHUB_CLIENT_SECRET", at_github.client_secret);
        let api = Api::of(Up::start_command(command).await);
        let stage = Self { api, openid, github, _directory: directory };
        stage.person(ada());
        stage
    }

    /// Whoever comes to either provider from now on.
    fn person(&self, person: simulators::oidc::Person) {
        self.openid.person(person.clone());
        self.github.person(person);
    }

    fn ask(&self, path: &str, body: &Value) -> RequestBuilder {
        self.api.request_with(None, Method::POST, path).json(body)
    }

    /// Leaves, and is sent back by the provider.
    async fn leave(&self, provider: &'static str) -> Browser {
        let left = answer(self.ask(&format!("/auth/oauth/{provider}/start"), &json!({}))).await;
        assert_eq!(left.status, 200, "{left:?}");
        let cookie = left.header(SET_COOKIE.as_str()).expect("a cookie").to_owned();
        for attribute in ["__Host-omoi_away=", "HttpOnly", "Secure", "SameSite=Strict"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let cookie = cookie.split(';').next().expect("name and value").to_owned();
        let redirect = go(left.body["url"].as_str().expect("an address")).await.expect("a redirect");
        assert_eq!(redirect.to, format!("{}/sign-in/oauth/{provider}", self.api.up.ready.url));
        Browser { provider, cookie, redirect }
    }

    async fn finish(&self, browser: &Browser) -> Answer {
        self.finish_with(browser, Some(&browser.cookie), browser.redirect.state.as_deref()).await
    }

    async fn finish_with(&self, browser: &Browser, cookie: Option<&str>, state: Option<&str>) -> Answer {
        let Redirect { code, error, iss, .. } = &browser.redirect;
        let body = json!({ "code": code, "error": error, "state": state.unwrap_or("none"), "iss": iss });
        let mut request = self.ask(&format!("/auth/oauth/{}/finish", browser.provider), &body);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie).header("x-omoi-csrf", "1");
        }
        answer(request).await
    }

    async fn sign_in(&self, provider: &'static str) -> Answer {
        self.finish(&self.leave(provider).await).await
    }
}

fn ada() -> simulators::oidc::Person {
    simulators::oidc::Person::ada()
}

#[tokio::test]
async fn somebody_new_is_let_in_and_comes_back_as_the_same() {
    let stage = Stage::set().await;
    let shown = answer(stage.api.request_with(None, Method::GET, "/auth/oauth")).await;
    let both = json!([{ "id": "github", "name": "GitHub" }, { "id": "oidc", "name": "Acme" }]);
    assert_eq!(shown.body["providers"], both);
    let unknown = answer(stage.ask("/auth/oauth/gitlab/start", &json!({}))).await;
    assert_eq!(unknown.problem(), (404, "not_found"));

    let first = stage.sign_in("oidc").await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(first.body["user"]["email"], "ada@example.org");
    assert_eq!(first.body["user"]["display_name"], "Ada Lovelace");
    let signed_in = Person::of("ada@example.org", &first.body);
    assert_eq!(signed_in.get(&stage.api, "/auth/me").await.status, 200);
    // The address there may change; who somebody is does not.
    stage.person(simulators::oidc::Person { email: "lovelace@example.org".into(), ..ada() });
    let again = stage.sign_in("oidc").await;
    assert_eq!(again.body["user"]["id"], first.body["user"]["id"]);
    assert_eq!(again.body["user"]["email"], "ada@example.org");
    // Somebody else with that address is somebody else.
    stage.person(simulators::oidc::Person::grace());
    let grace = stage.sign_in("github").await;
    assert_eq!(grace.status, 200, "{grace:?}");
    assert_ne!(grace.body["user"]["id"], first.body["user"]["id"]);
}

#[tokio::test]
async fn an_account_that_is_there_is_joined_by_who_knows_its_password() {
    let stage = Stage::set().await;
    let known = Person::register(&stage.api, "ada@example.org").await;
    for provider in ["github", "oidc"] {
        let asked = stage.sign_in(provider).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        assert_eq!(asked.body["consent"]["email"], "ada@example.org");
        assert!(asked.body.get("access_token").is_none(), "nobody is signed in yet");
        let token = asked.body["consent"]["token"].as_str().expect("a token");
        let give = async |password: &str| {
            answer(stage.ask("/auth/oauth/consent", &json!({ "token": token, "password": password }))).await
        };
        assert_eq!(give("not the password of anybody").await.problem(), (401, "invalid_credentials"));
        let joined = give(PASSWORD).await;
        assert_eq!(joined.status, 200, "{joined:?}");
        assert_eq!(joined.body["user"]["id"], known.user.as_str());
        assert_eq!(give(PASSWORD).await.problem(), (401, "invalid_token"));
        let told = letter_to(&stage.api, "ada@example.org").await;
        assert_eq!(told["subject"], "Another way to sign in");
        // From now on nobody is asked.
        assert_eq!(stage.sign_in(provider).await.body["user"]["id"], known.user.as_str());
    }
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_verified_opens_nothing() {
    let stage = Stage::set().await;
    Person::register(&stage.api, "ada@example.org").await;
    stage.person(simulators::oidc::Person { verified: false, ..ada() });
    for provider in ["github", "oidc"] {
        assert_eq!(stage.sign_in(provider).await.problem(), (401, "address_not_verified"));
    }
}

/// Whoever registered an address that is not theirs gets nothing from its owner's sign-in.
#[tokio::test]
async fn a_registration_that_nobody_proved_is_not_joined() {
    let stage = Stage::set().await;
    let body = json!({ "email": "ada@example.org", "password": PASSWORD, "display_name": "Mallory" });
    assert_eq!(answer(stage.ask("/auth/register", &body)).await.status, 202);
    let letter = letter_to(&stage.api, "ada@example.org").await;
    let signed_in = stage.sign_in("oidc").await;
    assert_eq!(signed_in.body["user"]["display_name"], "Ada Lovelace", "{signed_in:?}");
    let body = json!({ "token": token_of(&letter), "password": PASSWORD });
    assert_eq!(answer(stage.ask("/auth/verify", &body)).await.problem(), (401, "invalid_token"));
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    assert_eq!(answer(stage.ask("/auth/login", &body)).await.problem(), (401, "invalid_credentials"));
}

#[tokio::test]
async fn a_browser_comes_back_once_and_for_itself() {
    let stage = Stage::set().await;
    let mine = stage.leave("oidc").await;
    let theirs = stage.leave("oidc").await;
    let state = mine.redirect.state.as_deref();
    let without = stage.finish_with(&mine, None, state).await;
    assert_eq!(without.problem(), (401, "invalid_token"));
    // Of another browser: what an attacker sends to a victim, and the other way round.
    for (cookie, state) in [
        (&theirs.cookie, mine.redirect.state.as_deref()),
        (&mine.cookie, theirs.redirect.state.as_deref()),
        (&mine.cookie, None),
    ] {
        let refused = stage.finish_with(&mine, Some(cookie), state).await;
        assert_eq!(refused.problem(), (401, "invalid_token"));
    }
    // At the address of another provider.
    let elsewhere =
        Browser { provider: "github", cookie: mine.cookie.clone(), redirect: mine.redirect.clone() };
    assert_eq!(stage.finish(&elsewhere).await.problem(), (401, "invalid_token"));
    // A cookie without the proof that the request is ours.
    let body = json!({ "code": mine.redirect.code, "state": state });
    let request = stage.ask("/auth/oauth/oidc/finish", &body).header("cookie", &mine.cookie);
    assert_eq!(answer(request).await.problem(), (403, "csrf"));
    // None of that used it up; it is good once.
    assert_eq!(stage.finish(&mine).await.status, 200);
    assert_eq!(stage.finish(&mine).await.problem(), (401, "invalid_token"));
    // The code of somebody else's sign-in, with a state of one's own.
    let code = theirs.redirect.code.clone();
    let fresh = stage.leave("oidc").await;
    let swapped = Browser { redirect: Redirect { code, ..fresh.redirect.clone() }, ..fresh };
    assert_eq!(stage.finish(&swapped).await.problem(), (401, "provider_not_believed"));
}

#[tokio::test]
async fn what_a_provider_gets_wrong_is_told_by_who_can_help() {
    let stage = Stage::set().await;
    for (fault, problem) in [
        (Fault::AccessDenied, (403, "access_denied")),
        (Fault::WrongNonce, (401, "provider_not_believed")),
        (Fault::AlgNone, (401, "provider_not_believed")),
        (Fault::ForgedSignature, (401, "provider_not_believed")),
        (Fault::IssWrong, (401, "provider_not_believed")),
        (Fault::TokenFails, (503, "provider_unavailable")),
    ] {
        stage.openid.misbehave(fault);
        assert_eq!(stage.sign_in("oidc").await.problem(), problem, "{fault:?}");
        stage.openid.behave();
    }
    assert_eq!(stage.sign_in("oidc").await.status, 200);
}

#[tokio::test]
async fn settings_of_a_provider_are_all_there_or_none() {
    let mut command = omoi();
    command.args(["up", "--listen", "127.0.0.1:0", "--data-dir", "/nonexistent"]);
    command.env("OMOI_GITHUB_CLIENT_ID", "x").env("OMOI_OIDC_ISSUER", "https://login.example");
    let refused = command.output().await.expect("omoi starts");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        said.contains("github_client_id and github_client_secret") && said.contains("oidc_issuer"),
        "{said}"
    );
}
