//! Rows of signing in by a provider: what the browser, the person or the provider gets wrong. The provider is played; the
//! browser follows it nowhere, so where ours is to be found matters to nobody.

use reqwest::{Method, Url};
use serde_json::{Value, json};
use simulators::oidc::{Algorithm, NoRedirect, Oidc, Person, Redirect, Registration, go};

use super::rows::Seen;
use crate::support::answer;
use crate::world::{World, text};

/// Where the installation says that it is.
const PUBLIC_URL: &str = "http://127.0.0.1:9";

/// The provider, and what our installation is there.
pub(super) struct Provider {
    oidc: Oidc,
    registration: Registration,
}

/// A browser that left for the provider.
struct Left {
    url: String,
    cookie: String,
    redirect: Redirect,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let oidc = Oidc::start_with(Algorithm::Es256).await;
        oidc.person(Person::ada());
        let registration = oidc.register(&format!("{PUBLIC_URL}/sign-in/oauth/oidc"));
        Self { oidc, registration }
    }

    /// By which the installation knows it.
    pub(super) fn settings(&self) -> [(&str, &str); 4] {
        let Registration { client_id, client_secret } = &self.registration;
        [
            ("OMOI_PUBLIC_URL", PUBLIC_URL),
            ("OMOI_OIDC_ISSUER", self.oidc.issuer()),
            ("OMOI_OIDC_CLIENT_ID", client_id),
            ("OMOI_OIDC_CLIENT_SECRET", client_secret),
        ]
    }

    /// Whoever is known from here on makes no event by signing in.
    pub(super) async fn get_to_know(&self, world: &World) {
        let left = leave(world).await;
        assert_eq!(finish(world, "first", &left.cookie, &left.redirect).await.outcome, json!(200));
    }

    /// Does it, in each way that there is.
    pub(super) async fn show(&self, world: &World, name: &str) -> Vec<Seen> {
        match name {
            "another browser's state" => {
                let (mine, theirs) = (leave(world).await, leave(world).await);
                let state = |state: Option<String>| Redirect { state, ..mine.redirect.clone() };
                let mut seen = vec![
                    finish(world, "no cookie", "", &mine.redirect).await,
                    finish(world, "another cookie", &theirs.cookie, &mine.redirect).await,
                    finish(world, "another state", &mine.cookie, &state(theirs.redirect.state.clone())).await,
                    finish(world, "no state", &mine.cookie, &state(Some(String::new()))).await,
                ];
                let used = finish(world, "used", &mine.cookie, &mine.redirect).await;
                assert_eq!(used.outcome, json!(200), "{used:?}");
                seen.push(finish(world, "used before", &mine.cookie, &mine.redirect).await);
                seen
            }
            "a redirect address with a suffix" => {
                let wished =
                    json!({ "redirect_uri": format!("{PUBLIC_URL}/sign-in/oauth/oidc.evil.example") });
                let request = world.api.request_with(None, Method::POST, "/auth/oauth/oidc/start");
                let asked = answer(request.json(&wished)).await;
                let left = leave(world).await;
                let spoiled = left.url.replace("%2Fsign-in%2Foauth%2Foidc", "%2Fsign-in%2Foauth%2Foidc.evil");
                assert_ne!(spoiled, left.url);
                let Err(NoRedirect::Page { status, .. }) = go(&spoiled).await else {
                    panic!("a provider sends nobody to an address that it does not know")
                };
                vec![
                    Seen::of("asked of us", asked.status, &asked.body.to_string()),
                    Seen::of("asked of the provider", status, ""),
                ]
            }
            "a code twice" => {
                let first = leave(world).await;
                let used = finish(world, "once", &first.cookie, &first.redirect).await;
                assert_eq!(used.outcome, json!(200), "{used:?}");
                let next = leave(world).await;
                let again = Redirect { code: first.redirect.code, ..next.redirect };
                vec![finish(world, "with a state of its own", &next.cookie, &again).await]
            }
            "how the proof is sent" => {
                let url = Url::parse(&leave(world).await.url).expect("an address");
                let method = url.query_pairs().find(|(name, _)| name == "code_challenge_method");
                vec![Seen::of(
                    "challenge",
                    method.map_or(String::new(), |(_, method)| method.into_owned()),
                    "",
                )]
            }
            "an address that is not verified" => {
                self.oidc.person(Person { verified: false, ..Person::grace() });
                let left = leave(world).await;
                let seen = finish(world, name, &left.cookie, &left.redirect).await;
                self.oidc.person(Person::ada());
                vec![seen]
            }
            _ => panic!("nobody knows how to do {name:?}"),
        }
    }
}

async fn leave(world: &World) -> Left {
    world.forgive().await;
    let request = world.api.request_with(None, Method::POST, "/auth/oauth/oidc/start").json(&json!({}));
    let left = answer(request).await;
    assert_eq!(left.status, 200, "{left:?}");
    let cookie = left.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    let url = text(&left.body["url"]);
    let redirect = go(&url).await.expect("a redirect");
    Left { cookie: cookie.to_owned(), redirect, url }
}

async fn finish(world: &World, how: &str, cookie: &str, redirect: &Redirect) -> Seen {
    let Redirect { code, state, iss, .. } = redirect;
    let body: Value = json!({ "code": code, "state": state, "iss": iss });
    let request = world.api.request_with(None, Method::POST, "/auth/oauth/oidc/finish").json(&body);
    let answered = answer(request.header("cookie", cookie).header("x-omoi-csrf", "1")).await;
    Seen::of(how, answered.status, &answered.body.to_string())
}
