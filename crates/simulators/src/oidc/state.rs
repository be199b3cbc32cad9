//! What the provider remembers: clients, codes, tokens, rules, keys, requests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use super::keys::{self, Algorithm, Key};
use super::request::pairs;
use super::{Fault, Person, Registration, Request};

/// How long a code is good: the longest that RFC 6749 recommends.
const CODE_LIVES: Duration = Duration::from_secs(600);

pub(super) struct Provider {
    issuer: String,
    algorithm: Algorithm,
    inner: Mutex<Inner>,
}

struct Inner {
    person: Option<Person>,
    rules: Vec<Rule>,
    clients: BTreeMap<String, Client>,
    codes: BTreeMap<String, Grant>,
    tokens: BTreeMap<String, Grant>,
    key: Key,
    keys_made: usize,
    requests: Vec<Request>,
}

struct Rule {
    sub: Option<String>,
    fault: Fault,
}

#[derive(Clone)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) redirect_uri: String,
}

/// What a code or a token stands for.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
    pub(super) person: Person,
    pub(super) given: Instant,
}

/// Why a code buys no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotRedeemed {
    /// Unknown, used, too old, of another client, or without its verifier.
    Code,
    /// It was given out for another address.
    RedirectUri,
}

impl Provider {
    pub(super) fn new(issuer: String, algorithm: Algorithm) -> Self {
        let inner = Inner {
            person: None,
            rules: Vec::new(),
            clients: BTreeMap::new(),
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            key: Key::generate("key-1".to_owned(), algorithm),
            keys_made: 1,
            requests: Vec::new(),
        };
        Self { issuer, algorithm, inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing here is half done when a test panics in the middle.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How the GitHub-like provider names itself, as GitHub did when it sent `iss`.
    pub(super) fn github_issuer(&self) -> String {
        format!("{}/login/oauth", self.issuer)
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn register(&self, redirect_uri: &str) -> Registration {
        let mut inner = self.inner();
        let id = format!("client-{}", inner.clients.len() + 1);
        // With a character that means something in a form: who forgets to encode it is found out.
        let secret = format!("{}+%&=", keys::random_text());
        let client = Client { id: id.clone(), secret: secret.clone(), redirect_uri: redirect_uri.to_owned() };
        inner.clients.insert(id.clone(), client);
        Registration { client_id: id, client_secret: secret }
    }

    pub(super) fn client(&self, id: &str) -> Option<Client> {
        self.inner().clients.get(id).cloned()
    }

    /// The client that proves to be itself, by a basic header or in the body, and not by both.
    pub(super) fn authenticated(&self, request: &Request) -> Option<Client> {
        let in_body = (request.param("client_id"), request.param("client_secret"));
        let (id, secret) = match (request.header("authorization"), in_body) {
            (Some(header), (_, None)) => basic(header)?,
            (None, (Some(id), Some(secret))) => (id.to_owned(), secret.to_owned()),
            _ => return None,
        };
        self.client(&id).filter(|client| client.secret == secret)
    }

    pub(super) fn set_person(&self, person: Person) {
        self.inner().person = Some(person);
    }

    pub(super) fn current_person(&self) -> Option<Person> {
        self.inner().person.clone()
    }

    pub(super) fn add_rule(&self, sub: Option<String>, fault: Fault) {
        self.inner().rules.push(Rule { sub, fault });
    }

    pub(super) fn forget_rules(&self) {
        self.inner().rules.clear();
    }

    /// Whether this fault holds for this person, or for everybody when nobody is known yet.
    pub(super) fn has(&self, fault: Fault, person: Option<&Person>) -> bool {
        let holds = |rule: &Rule| match &rule.sub {
            None => true,
            Some(sub) => person.is_some_and(|person| person.sub == *sub),
        };
        self.inner().rules.iter().any(|rule| rule.fault == fault && holds(rule))
    }

    pub(super) fn give_code(&self, grant: Grant) -> String {
        let code = keys::random_text();
        self.inner().codes.insert(code.clone(), grant);
        code
    }

    /// Who signs in with this code, before anything is checked: faults ask.
    pub(super) fn person_of_code(&self, code: Option<&str>) -> Option<Person> {
        Some(self.inner().codes.get(code?)?.person.clone())
    }

    /// Uses up a code. Whatever is wrong with the request, the code is gone: a second try is a replay.
    pub(super) fn redeem(&self, client: &Client, request: &Request) -> Result<Grant, NotRedeemed> {
        let code = request.param("code").ok_or(NotRedeemed::Code)?;
        let grant = self.inner().codes.remove(code).ok_or(NotRedeemed::Code)?;
        let expired = grant.given.elapsed() > CODE_LIVES || self.has(Fault::CodesExpire, Some(&grant.person));
        if grant.client_id != client.id || expired {
            return Err(NotRedeemed::Code);
        }
        if request.param("redirect_uri") != Some(grant.redirect_uri.as_str()) {
            return Err(NotRedeemed::RedirectUri);
        }
        if let Some(challenge) = &grant.challenge {
            let verifier = request.param("code_verifier").ok_or(NotRedeemed::Code)?;
            if keys::encode(&Sha256::digest(verifier)) != *challenge {
                return Err(NotRedeemed::Code);
            }
        }
        Ok(grant)
    }

    pub(super) fn give_token(&self, grant: Grant) -> String {
        let token = keys::random_text();
        self.inner().tokens.insert(token.clone(), grant);
        token
    }

    /// What the bearer of the token in this request may ask.
    pub(super) fn bearer(&self, request: &Request) -> Option<Grant> {
        let token = request.header("authorization")?.strip_prefix("Bearer ")?;
        self.inner().tokens.get(token).cloned()
    }

    pub(super) fn rotate_keys(&self) {
        let mut inner = self.inner();
        inner.keys_made += 1;
        inner.key = Key::generate(format!("key-{}", inner.keys_made), self.algorithm);
    }

    pub(super) fn with_key<T>(&self, use_it: impl FnOnce(&Key) -> T) -> T {
        use_it(&self.inner().key)
    }

    pub(super) fn record(&self, request: Request) {
        self.inner().requests.push(request);
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.inner().requests.clone()
    }
}

/// Name and secret of a basic header. Both are form-encoded inside of it (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let text = Base64::decode_vec(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(text).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| pairs(&format!("x={text}")).pop().map(|(_, value)| value);
    Some((decoded(id)?, decoded(secret)?))
}
