//! The clock of the installation is set forwards and back: what has a time opens until then and not after, and what was
//! ended stays ended, whatever the clock says.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::PgConnection;
use tokio::sync::Mutex;

use crate::proof::Proof;
use crate::support::{PASSWORD, Person, answer, eventually, letter_to, omoi, token_of};
use crate::world::{Started, started, text};

/// A server goes on for a second from what the database told it, and a little.
const NOTICES_WITHIN: Duration = Duration::from_secs(10);
/// Two clocks that are nearer than this tell the same time, in seconds.
const NEARLY: f64 = 5.0;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const SESSION: &str = "a session that nobody uses";
/// What ends in time, and what is ended by somebody.
const CASES: usize = 16;

/// The clock of a database, moved.
struct Clock<'a> {
    admin: PgConnection,
    site: &'a Started,
    /// Who asks the server for the time.
    email: String,
}

impl Clock<'_> {
    /// So many seconds from the real time, either way.
    async fn jump(&mut self, seconds: i64) {
        let body = format!(
            "create or replace function es.clock_offset() returns interval language sql stable parallel safe \
             as $$ select interval '{seconds} seconds' $$"
        );
        sqlx::query(&body).execute(&mut self.admin).await.expect("an admin may");
    }

    /// The same; waits until the server has noticed.
    async fn set(&mut self, seconds: i64) {
        self.jump(seconds).await;
        let body = json!({ "email": self.email, "password": PASSWORD });
        let (site, admin) = (self.site, Mutex::new(&mut self.admin));
        eventually(NOTICES_WITHIN, "the server tells the time of the database", async || {
            // So often nobody signs in.
            site.forgive().await;
            let asked = site.api.request_with(None, Method::POST, "/auth/login").json(&body);
            let expires = text(&answer(asked).await.body["expires_at"]);
            let late = sqlx::query_scalar(
                "select abs(extract(epoch from $1::timestamptz - omoi_now()) - 900)::float8",
            );
            let late: f64 = late.bind(&expires).fetch_one(&mut **admin.lock().await).await.expect("a time");
            (late < NEARLY).then_some(())
        })
        .await;
    }
}

/// Somebody tries something with a token, a link or a key. What is used up by that is there twice.
struct Try {
    what: &'static str,
    /// It opens for so long.
    lasts: i64,
    early: Box<dyn Fn(&Started) -> RequestBuilder>,
    late: Box<dyn Fn(&Started) -> RequestBuilder>,
    /// How it is refused.
    refused: (u16, &'static str),
}

impl Try {
    async fn status(&self, site: &Started) -> (u16, String) {
        Self::answered((self.late)(site)).await
    }

    async fn early_status(&self, site: &Started) -> (u16, String) {
        Self::answered((self.early)(site)).await
    }

    /// Waits until the server has noticed the time.
    async fn becomes(&self, site: &Started, over: bool) {
        let awaited = format!("{}, over: {over}", self.what);
        eventually(NOTICES_WITHIN, &awaited, async || {
            let status = if over { self.status(site).await } else { self.early_status(site).await };
            (self.is_refused(&status) == over).then_some(())
        })
        .await;
    }

    async fn answered(request: RequestBuilder) -> (u16, String) {
        let answered = answer(request).await;
        let (status, code) = answered.problem();
        (status, code.to_owned())
    }

    fn is_refused(&self, (status, code): &(u16, String)) -> bool {
        (*status, code.as_str()) == self.refused
    }
}

fn post(
    what: &'static str,
    lasts: i64,
    path: &'static str,
    body: Value,
    refused: (u16, &'static str),
) -> Try {
    post_two(what, lasts, path, [body.clone(), body], refused)
}

fn post_two(
    what: &'static str,
    lasts: i64,
    path: &'static str,
    [early, late]: [Value; 2],
    refused: (u16, &'static str),
) -> Try {
    let request = |body: Value| {
        Box::new(move |site: &Started| site.api.request_with(None, Method::POST, path).json(&body))
    };
    Try { what, lasts, early: request(early), late: request(late), refused }
}

fn bearer(what: &'static str, lasts: i64, token: &str) -> Try {
    let request = |token: String| {
        Box::new(move |site: &Started| site.api.request_with(Some(&token), Method::GET, "/projects"))
    };
    let (early, late) = (request(token.to_owned()), request(token.to_owned()));
    Try { what, lasts, early, late, refused: (401, "unauthenticated") }
}

const OVER: (u16, &str) = (401, "invalid_token");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock() {
    let mut proof = Proof::new("clock", CASES);
    let site = started(&[]).await;
    let admin = site.database.admin().await;
    let mut clock = Clock { admin, site: &site, email: "carl@example.org".to_owned() };
    Person::register(&site.api, &clock.email).await;
    let mut ada = Person::register(&site.api, "ada@example.org").await;
    let org = ada.found(&site.api, "Acme").await;

    let ended = what_is_ended(&site, &ada, &org).await;
    // Back to before any of it was made, and forth again: nothing that was ended opens.
    for seconds in [-MINUTE, -HOUR, -30 * DAY, 0, MINUTE] {
        clock.set(seconds).await;
        for one in &ended {
            let status = one.status(&site).await;
            assert!(one.is_refused(&status), "{} at {seconds} s: {status:?}", one.what);
        }
    }
    for _ in &ended {
        assert!(proof.next_case_or(true));
    }

    clock.set(0).await;
    for one in what_has_a_time(&site, &mut ada, &org).await {
        assert!(proof.next_case_or(true));
        // With a margin for the time that goes by meanwhile. What is used up by being tried early is tried late before; a
        // session that was over stays so.
        let early_first = one.what == SESSION;
        for over in [!early_first, early_first] {
            clock.set(if over { one.lasts + MINUTE } else { one.lasts - MINUTE }).await;
            one.becomes(&site, over).await;
        }
    }
    assert_eq!(proof.cases(), CASES);
    // Who tried while the clock was ahead does not wait until it is as late as that.
    clock.jump(30 * DAY).await;
    for seconds in [30 * DAY, DAY, 0] {
        clock.jump(seconds).await;
        assert!(ended[0].is_refused(&ended[0].status(&site).await), "{} at {seconds} s", ended[0].what);
    }
    // A link that was not ended is seen to open.
    let open = ended_link(&site, false).await;
    assert!(!open.is_refused(&open.status(&site).await));
    proof.holds();
}

/// Each was good, and was ended.
async fn what_is_ended(site: &Started, ada: &Person, org: &str) -> Vec<Try> {
    let mut ended = vec![ended_link(site, true).await];
    let api = &site.api;

    let out = sign_in(site, ada).await;
    out.done(api, "/auth/logout", &json!({})).await;
    ended.push(bearer("an access token after sign-out", 0, &out.access));
    ended.push(post(
        "a refresh token after sign-out",
        0,
        "/auth/refresh",
        json!({ "refresh_token": out.refresh }),
        OVER,
    ));

    let twice = sign_in(site, ada).await;
    let once = answer(
        api.request_with(None, Method::POST, "/auth/refresh")
            .json(&json!({ "refresh_token": twice.refresh })),
    );
    let next = text(&once.await.body["refresh_token"]);
    let body = json!({ "refresh_token": next });
    assert_eq!(answer(api.request_with(None, Method::POST, "/auth/refresh").json(&body)).await.status, 200);
    let replayed = post(
        "a refresh token that was used",
        0,
        "/auth/refresh",
        json!({ "refresh_token": twice.refresh }),
        OVER,
    );
    assert!(replayed.is_refused(&replayed.status(site).await));
    ended.push(replayed);

    let body = json!({ "name": "CI", "scopes": ["projects:read"] });
    let made = ada.done(api, &format!("/organizations/{org}/api-keys"), &body).await;
    let revoke = format!("/organizations/{org}/api-keys/{}", made.id());
    assert_eq!(answer(ada.request(api, Method::DELETE, &revoke)).await.status, 200);
    ended.push(bearer("a key that was revoked", 0, &text(&made.body["key"])));

    let body = json!({ "email": "late@example.org", "role": "member" });
    let sent = ada.done(api, &format!("/organizations/{org}/invitations"), &body).await;
    let token = token_of(&letter_to(api, "late@example.org").await);
    let revoke = format!("/organizations/{org}/invitations/{}", sent.id());
    assert_eq!(answer(ada.request(api, Method::DELETE, &revoke)).await.status, 200);
    ended.push(post(
        "an invitation that was taken back",
        0,
        "/invitations/look",
        json!({ "token": token }),
        OVER,
    ));

    let bob = ada.invite(api, org, "bob@example.org", "member").await;
    let path = format!("/organizations/{org}/members/{}", bob.user);
    assert_eq!(answer(ada.request(api, Method::DELETE, &path)).await.status, 200);
    ended.push(bearer("a member who was put out", 0, &bob.access));

    let token = reset_link(site, &bob.email).await;
    let body = json!({ "token": token, "password": "nine quiet lanterns drift" });
    assert_eq!(
        answer(api.request_with(None, Method::POST, "/auth/password/reset").json(&body)).await.status,
        204
    );
    ended.push(post("a link to reset that was used", 0, "/auth/password/reset", body, OVER));
    ended.push(post(
        "a session from before the reset",
        0,
        "/auth/refresh",
        json!({ "refresh_token": bob.refresh }),
        OVER,
    ));
    ended
}

/// A link that signs in, used or not.
async fn ended_link(site: &Started, used: bool) -> Try {
    let token = login_link(site).await;
    let one =
        post("a link that signs in and was used", 0, "/auth/login-link", json!({ "token": token }), OVER);
    if used {
        assert_eq!(one.status(site).await.0, 200);
    }
    one
}

/// Each opens now, and may be tried again and again; the shortest first.
async fn what_has_a_time(site: &Started, ada: &mut Person, org: &str) -> Vec<Try> {
    let api = &site.api;
    *ada = sign_in(site, ada).await;
    ada.switch(api, org).await;
    let body = json!({ "email": "guest@example.org", "role": "member", "days": 7 });
    ada.done(api, &format!("/organizations/{org}/invitations"), &body).await;
    let invitation = token_of(&letter_to(api, "guest@example.org").await);
    let body = json!({ "name": "CI", "scopes": ["projects:read"], "days": 1 });
    let key = ada.done(api, &format!("/organizations/{org}/api-keys"), &body).await;
    let body = json!({ "email": "eve@example.org", "password": PASSWORD, "display_name": "Eve" });
    assert_eq!(answer(api.request_with(None, Method::POST, "/auth/register").json(&body)).await.status, 202);
    let verify = token_of(&letter_to(api, "eve@example.org").await);
    // Tried with what is refused for another reason while the link is good.
    let weak = json!({ "token": reset_link(site, &ada.email).await, "password": "short" });
    let wrong = json!({ "token": verify, "password": "another password than that" });
    let link = json!({ "token": login_link(site).await });
    let mut sessions = Vec::new();
    for _ in 0..2 {
        sessions.push(json!({ "refresh_token": sign_in(site, ada).await.refresh }));
    }
    let sessions = <[Value; 2]>::try_from(sessions).expect("two");
    vec![
        bearer("an access token", 15 * MINUTE, &ada.access),
        post("a link that signs in", 15 * MINUTE, "/auth/login-link", link, OVER),
        post("a link to reset", HOUR, "/auth/password/reset", weak, OVER),
        post("a link to verify", DAY, "/auth/verify", wrong, OVER),
        bearer("a key for a day", DAY, &text(&key.body["key"])),
        post("an invitation", 7 * DAY, "/invitations/look", json!({ "token": invitation }), OVER),
        post_two(SESSION, 7 * DAY, "/auth/refresh", sessions, OVER),
    ]
}

async fn sign_in(site: &Started, person: &Person) -> Person {
    let body = json!({ "email": person.email, "password": PASSWORD });
    let signed_in = answer(site.api.request_with(None, Method::POST, "/auth/login").json(&body)).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    Person::of(&person.email, &signed_in.body)
}

async fn reset_link(site: &Started, email: &str) -> String {
    let body = json!({ "email": email });
    let sent = answer(site.api.request_with(None, Method::POST, "/auth/password/forgot").json(&body)).await;
    assert_eq!(sent.status, 202, "{sent:?}");
    token_of(&letter_to(&site.api, email).await)
}

async fn login_link(site: &Started) -> String {
    let mut command = omoi();
    command.args(["login-link", "--data-dir"]).arg(&site.api.up.ready.data_dir);
    let printed = command.output().await.expect("omoi starts");
    let printed = String::from_utf8(printed.stdout).expect("text");
    let (_, token) = printed.split_once("#token=").unwrap_or_else(|| panic!("no link in {printed}"));
    token.trim().to_owned()
}
