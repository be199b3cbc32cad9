//! Where a secret can be put: by a person who types, a program that errs, an operator who configures; and those that the
//! product itself makes.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::Row as _;

use super::watch::Watch;
use crate::support::{Person, answer, letter_to, token_of};
use crate::world::text;

/// The password of the collector of traces.
pub(super) const COLLECTOR: &str = "cnry-collector-71f0aa52";
const SMTP: &str = "cnry-smtp-password-9d20";
const SETTING: &str = "cnry-master-key-that-is-none";

/// Something that must stand nowhere.
pub(super) struct Canary {
    pub(super) place: &'static str,
    pub(super) text: String,
}

/// The list as it grows.
#[derive(Default)]
struct Planted(Vec<Canary>);

impl Planted {
    /// A text of its own, which a person might choose.
    fn chosen(&mut self, place: &'static str) -> String {
        let text = format!("cnry {:012x} {}", rand::random::<u64>() >> 16, self.0.len());
        self.known(place, text)
    }

    /// One that was made by somebody.
    fn known(&mut self, place: &'static str, text: impl Into<String>) -> String {
        let text = text.into();
        self.0.push(Canary { place, text: text.clone() });
        text
    }
}

/// Plants all of them.
pub(super) async fn plant(watch: &mut Watch) -> Vec<Canary> {
    let mut planted = Planted::default();
    let mut ada = person(watch, &mut planted).await;
    let org = ada.found(&watch.site.api, "Acme").await;
    let body = json!({ "name": "Ear", "scopes": ["events:read"] });
    let ear = ada.done(&watch.site.api, &format!("/organizations/{org}/api-keys"), &body).await;
    watch.ears.push(text(&ear.body["key"]));
    passwords(watch, &mut planted, &ada).await;
    bodies(watch, &mut planted).await;
    tokens(watch, &mut planted, &ada, &org).await;
    headers(watch, &mut planted, &ada, &org).await;
    installation(watch, &mut planted).await;
    let numbers = watch.site.api.request_to(Method::GET, "/metrics").send().await.expect("numbers");
    watch.numbers = numbers.text().await.expect("text");
    for path in ["/events?after=0&limit=200", "/projects", "/processes", "/projections"] {
        let kept = answer(watch.site.api.get(path)).await;
        assert_eq!(kept.status, 200, "{kept:?}");
        watch.keep(&kept);
    }
    for path in ["/auth/sessions".to_owned(), "/audit".to_owned(), format!("/organizations/{org}/api-keys")] {
        let kept = ada.get(&watch.site.api, &path).await;
        assert!(kept.status < 500, "{kept:?}");
        watch.keep(&kept);
    }
    // Another life, with a mail server that refuses.
    let smtp =
        format!("smtp+plain://omoi:{}@127.0.0.1:1", planted.known("password of the mail server", SMTP));
    watch.again(&[("OMOI_SMTP_URL", &smtp)]).await;
    let late = planted.chosen("password at a registration without mail");
    let email = planted.known("address of a letter that cannot be sent", "cnry-late-5c1@example.org");
    let body = json!({ "email": email, "password": late, "display_name": "Late" });
    assert_eq!(send(watch, Method::POST, "/auth/register", body).await, 202);
    let data_dir = watch.site.api.up.ready.data_dir.display().to_string();
    let setting = planted.known("a setting that is no key", SETTING);
    watch.said(&["login-link", "--data-dir", &data_dir], &[("OMOI_MASTER_KEY", &setting)]).await;
    planted.known("password of the collector of traces", COLLECTOR);
    planted.0
}

/// Sends it, keeps what is answered, and tells the status.
async fn send(watch: &mut Watch, method: Method, path: &str, body: Value) -> u16 {
    let request = watch.site.api.request_with(None, method, path).json(&body);
    kept(watch, request).await
}

async fn kept(watch: &mut Watch, request: RequestBuilder) -> u16 {
    let answered = answer(request).await;
    assert!(answered.status < 500, "{answered:?}: {}", watch.last_words());
    watch.keep(&answered);
    answered.status
}

/// Somebody who registers and is verified, and is named in every event of theirs.
async fn person(watch: &mut Watch, planted: &mut Planted) -> Person {
    let email = planted.known("address of a person", "cnry-ada-70b3@example.org");
    let name = planted.known("name of a person", "Cnry Lovelace 70b3");
    let password = planted.chosen("password at registration");
    let body = json!({ "email": email, "password": password, "display_name": name });
    assert_eq!(send(watch, Method::POST, "/auth/register", body).await, 202);
    let token = planted.known("link to verify", token_of(&letter_to(&watch.site.api, &email).await));
    let wrong = planted.chosen("wrong password at verification");
    let body = json!({ "token": token, "password": wrong });
    assert_eq!(send(watch, Method::POST, "/auth/verify", body).await, 401);
    let body = json!({ "token": token, "password": password });
    let verified = answer(watch.site.api.request_with(None, Method::POST, "/auth/verify").json(&body)).await;
    assert_eq!(verified.status, 200, "{verified:?}");
    Person::of(&email, &verified.body)
}

async fn passwords(watch: &mut Watch, planted: &mut Planted, ada: &Person) {
    let email = &ada.email;
    let login = |email: &str, password: String| json!({ "email": email, "password": password });
    let wrong = planted.chosen("wrong password at sign-in");
    assert_eq!(send(watch, Method::POST, "/auth/login", login(email, wrong)).await, 401);
    let nobodys = planted.chosen("password of nobody at sign-in");
    assert_eq!(send(watch, Method::POST, "/auth/login", login("nobody@example.org", nobodys)).await, 401);
    let long = format!("{}{}", planted.chosen("password that is too long"), "x".repeat(200));
    let body = json!({ "email": "long@example.org", "password": long, "display_name": "Long" });
    assert_eq!(send(watch, Method::POST, "/auth/register", body).await, 422);
    let weak = planted.known("password that is too weak", "password1234567");
    let body = json!({ "email": "weak@example.org", "password": weak, "display_name": "Weak" });
    assert_eq!(send(watch, Method::POST, "/auth/register", body).await, 422);
    let (current, new) =
        (planted.chosen("wrong password at a change"), planted.chosen("new password at a change that fails"));
    let change = ada.request(&watch.site.api, Method::POST, "/auth/password/change");
    assert_eq!(kept(watch, change.json(&json!({ "current": current, "password": new }))).await, 401);
    assert_eq!(send(watch, Method::POST, "/auth/password/forgot", json!({ "email": email })).await, 202);
    let token = planted.known("link to reset", token_of(&letter_to(&watch.site.api, email).await));
    let unused = planted.chosen("password at a reset with a wrong link");
    let body = json!({ "token": format!("{token}x"), "password": unused });
    assert_eq!(send(watch, Method::POST, "/auth/password/reset", body).await, 401);
    let bob = "cnry-bob-19ce@example.org";
    planted.known("address of another person", bob);
    let bob = Person::register(&watch.site.api, bob).await;
    assert_eq!(send(watch, Method::POST, "/auth/password/forgot", json!({ "email": bob.email })).await, 202);
    let token = token_of(&letter_to(&watch.site.api, &bob.email).await);
    let chosen = planted.chosen("password at a reset");
    let body = json!({ "token": token, "password": chosen });
    assert_eq!(send(watch, Method::POST, "/auth/password/reset", body).await, 204);
    let signed_in = watch
        .site
        .api
        .request_with(None, Method::POST, "/auth/login")
        .json(&login(&bob.email, chosen.clone()));
    let bob = Person::of(&bob.email, &answer(signed_in).await.body);
    let changed = planted.chosen("password at a change");
    let change = bob.request(&watch.site.api, Method::POST, "/auth/password/change");
    assert_eq!(kept(watch, change.json(&json!({ "current": chosen, "password": changed }))).await, 204);
    let name = planted.known("another name of a person", "Cnry Babbage 19ce");
    let rename =
        bob.request(&watch.site.api, Method::POST, "/auth/me").json(&json!({ "display_name": name }));
    assert_eq!(kept(watch, rename).await, 200);
}

/// What is wrong, the content type, and the body around a password.
type Misplaced<'a> = (&'static str, &'static str, &'a dyn Fn(&str) -> String);

/// A password in a body that is not what it should be.
async fn bodies(watch: &mut Watch, planted: &mut Planted) {
    let login = |watch: &Watch, kind: &str, body: String| {
        watch.site.api.request_with(None, Method::POST, "/auth/login").header("content-type", kind).body(body)
    };
    let json = "application/json";
    let cases: [Misplaced<'_>; 9] = [
        ("a field of another name", json, &|s| format!(r#"{{"email":"a@b.org","passwrd":"{s}"}}"#)),
        ("the field of the address", json, &|s| format!(r#"{{"email":"{s}","password":"{s}"}}"#)),
        ("a list", json, &|s| format!(r#"{{"email":"a@b.org","password":["{s}"]}}"#)),
        ("a field with a choice", json, &|s| {
            format!(r#"{{"email":"a@b.org","password":"x","refresh_in":"{s}"}}"#)
        }),
        ("a field with an id", json, &|s| {
            format!(r#"{{"email":"a@b.org","password":"x","organization":"{s}"}}"#)
        }),
        ("JSON that is cut off", json, &|s| format!(r#"{{"email":"a@b.org","password":"{s}"#)),
        ("a body that is a text", json, &|s| format!(r#""{s}""#)),
        ("a form", "application/x-www-form-urlencoded", &|s| format!("password={s}")),
        ("a plain text", "text/plain", &|s| format!("password: {s}")),
    ];
    for (place, kind, body) in cases {
        let secret = planted.chosen(place);
        let request = login(watch, kind, body(&secret));
        let status = kept(watch, request).await;
        assert!(matches!(status, 400 | 415 | 422), "{place}: {status}");
    }
}

/// What the product makes, used as it is meant and otherwise.
async fn tokens(watch: &mut Watch, planted: &mut Planted, ada: &Person, org: &str) {
    planted.known("access token", ada.access.clone());
    let first = planted.known("refresh token in a body", ada.refresh.clone());
    let refresh = watch.site.api.request_with(None, Method::POST, "/auth/refresh");
    let next = answer(refresh.json(&json!({ "refresh_token": first }))).await;
    let next = planted.known("refresh token in a cookie", text(&next.body["refresh_token"]));
    let cookie = format!("__Host-omoi_refresh={next}");
    let refresh = watch.site.api.request_with(None, Method::POST, "/auth/refresh").json(&json!({}));
    let by_cookie = answer(refresh.header("cookie", cookie).header("x-omoi-csrf", "1")).await;
    assert_eq!(by_cookie.status, 200, "{by_cookie:?}");
    let set = by_cookie
        .header("set-cookie")
        .and_then(|set| set.split(['=', ';']).nth(1))
        .expect("a token")
        .to_owned();
    planted.known("refresh token in an answer", set.clone());
    let api = &watch.site.api;
    let lost = api.request_with(Some(&set), Method::GET, "/projects");
    let asked = api.request_with(None, Method::GET, &format!("/projects?refresh_token={set}"));
    for request in [lost, asked] {
        assert_eq!(kept(watch, request).await, 401);
    }
    let invited = planted.known("address of who is invited", "cnry-guest-44aa@example.org");
    let body = json!({ "email": invited, "role": "member" });
    ada.done(&watch.site.api, &format!("/organizations/{org}/invitations"), &body).await;
    let token = planted.known("link of an invitation", token_of(&letter_to(&watch.site.api, &invited).await));
    assert_eq!(
        kept(watch, ada.request(&watch.site.api, Method::GET, &format!("/projects/{token}"))).await,
        400
    );
    let made = ada.post(&watch.site.api, "/ws-tickets", &json!({})).await;
    let ticket = planted.known("ticket of a socket", text(&made.body["ticket"]));
    let asked = watch.site.api.request_with(None, Method::GET, &format!("/ws?ticket={ticket}"));
    assert_eq!(kept(watch, asked).await, 426);
    let mut command = crate::support::omoi();
    command.args(["login-link", "--data-dir"]).arg(&watch.site.api.up.ready.data_dir);
    let printed = String::from_utf8(command.output().await.expect("omoi starts").stdout).expect("text");
    let token = printed.split("#token=").nth(1).expect("a link").trim().to_owned();
    let token = planted.known("link that signs in", token);
    let by_link =
        watch.site.api.request_with(None, Method::POST, "/auth/login-link").json(&json!({ "token": token }));
    assert_eq!(answer(by_link).await.status, 200);
}

/// A key or token where none belongs.
async fn headers(watch: &mut Watch, planted: &mut Planted, ada: &Person, org: &str) {
    Person::register(&watch.site.api, "carl@example.org").await;
    let key = async |place: &'static str| {
        let body = json!({ "name": "K", "scopes": ["projects:read"] });
        let made = ada.done(&watch.site.api, &format!("/organizations/{org}/api-keys"), &body).await;
        (place, text(&made.body["key"]))
    };
    let keys = [
        key("key in Authorization").await,
        key("key in the query").await,
        key("key in the path").await,
        key("key in a cookie").await,
        key("key in User-Agent").await,
        key("key in X-Forwarded-For").await,
        key("key in X-Api-Key").await,
        key("key in Referer").await,
        key("key in tracestate").await,
        key("key in traceparent").await,
        key("key in baggage").await,
        key("key with a wrong check").await,
        key("key as the name of a user").await,
    ];
    for (place, key) in keys {
        let key = planted.known(place, key);
        let api = &watch.site.api;
        let open = || api.request_with(None, Method::GET, "/projects");
        // Signs in, so that what is kept of the client is kept.
        let link = || {
            api.request_with(None, Method::POST, "/auth/password/forgot").json(&json!({ "email": ada.email }))
        };
        let request = match place {
            "key in Authorization" => api.request_with(Some(&key), Method::GET, "/projects"),
            "key in the query" => api.request_with(None, Method::GET, &format!("/projects?key={key}")),
            "key in the path" => {
                api.request_with(Some(&ada.access), Method::GET, &format!("/projects/{key}/board"))
            }
            "key in a cookie" => open().header("cookie", format!("key={key}")),
            "key in User-Agent" => sign_in(watch, "user-agent", &format!("tool/1 {key}")),
            "key in X-Forwarded-For" => sign_in(watch, "x-forwarded-for", &key),
            "key in X-Api-Key" => open().header("x-api-key", key),
            "key in Referer" => link().header("referer", format!("https://omoi.example/?key={key}")),
            "key in tracestate" => traced(watch, ada).header("tracestate", format!("key={key}")),
            "key in traceparent" => open().header("traceparent", format!("00-{key}-b7ad6b7169203331-01")),
            "key in baggage" => traced(watch, ada).header("baggage", format!("key={key}")),
            "key with a wrong check" => api.request_with(Some(&format!("{key}x")), Method::GET, "/projects"),
            _ => open().basic_auth(key, Some("x")),
        };
        let answered = answer(request).await;
        assert!(answered.status < 500, "{place}: {answered:?}");
        // Who signs in is given tokens, which are secrets of theirs.
        if !answered.body["access_token"].is_string() {
            watch.keep(&answered);
        }
    }
}

/// Of somebody whose session is kept with what the client said of itself.
fn sign_in(watch: &Watch, header: &str, value: &str) -> RequestBuilder {
    let body = json!({ "email": "carl@example.org", "password": crate::support::PASSWORD });
    watch.site.api.request_with(None, Method::POST, "/auth/login").json(&body).header(header, value)
}

/// A command in a trace of somebody's own, so that its spans are sent and its events name it.
fn traced(watch: &Watch, ada: &Person) -> RequestBuilder {
    let body = json!({ "name": format!("Traced {}", rand::random::<u32>()) });
    let request = ada.request(&watch.site.api, Method::POST, "/projects").json(&body);
    request.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
}

/// What the installation keeps for itself.
async fn installation(watch: &mut Watch, planted: &mut Planted) {
    let read = |name: &str| {
        let file = watch.site.api.up.ready.data_dir.join(name);
        std::fs::read_to_string(file).expect("it is kept").trim().to_owned()
    };
    planted.known("master key", read("master.key"));
    planted.known("key of the operator", read("operator.key"));
    let postgres: Value = serde_json::from_str(&read("postgres.json")).expect("JSON");
    planted.known("password of the admin of the database", text(&postgres["admin"]));
    planted.known("password of the program at the database", text(&postgres["app"]));
    let nats: Value = serde_json::from_str(&read("nats.json")).expect("JSON");
    planted.known("password of the relay at the bus", text(&nats["relay"]));
    planted.known("key that signs tokens", signing_key(watch).await);
}

async fn signing_key(watch: &Watch) -> String {
    let mut admin = watch.site.database.admin().await;
    let row = sqlx::query("select id, sealed from vault.signing_keys order by made_at limit 1");
    let row = row.fetch_one(&mut admin).await.expect("a key");
    let own = crate::corpus::tokens::installation_key(&watch.site).await;
    crate::corpus::tokens::signing_key(&own, row.get(0), row.get(1))
}
