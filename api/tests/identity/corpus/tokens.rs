//! Rows of tokens and keys. The forger holds the key with which the server signs, so what is refused is refused for what it
//! says.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use commands::authority::installation;
use ed25519_dalek::Signer as _;
use hmac::Mac as _;
use kernel::{OrgId, Uuid};
use reqwest::Method;
use serde_json::json;
use sqlx::Row as _;
use vault::api_key::{ApiKey, Environment};
use vault::envelope::{DataKey, MasterKey, MasterKeys, Place, Sealed, WrappedKey};
use vault::secret::ExposeSecret as _;

use super::rows::Seen;
use crate::raw;
use crate::support::answer;
use crate::world::{Started, World};

/// A key, two texts, and what they become when they are signed.
pub(super) struct Forger {
    seed: [u8; 32],
    header: String,
    claims: String,
}

/// A request: what the Authorization header says.
type Shown = (&'static str, String);

impl Forger {
    /// Takes the key out of the database, with the master key beside it.
    pub(super) async fn of(world: &World) -> Self {
        let own = installation_key(world).await;
        let mut admin = world.database.admin().await;
        let row = sqlx::query("select id, sealed from vault.signing_keys order by made_at, id");
        let row = row.fetch_one(&mut admin).await.expect("a key that signs");
        let mut seed = [0; 32];
        hex::decode_to_slice(signing_key(&own, row.get(0), row.get(1)), &mut seed).expect("64 digits");
        let mut parts = world.owner.access.split('.').map(decoded);
        let (header, claims) = (parts.next().expect("a header"), parts.next().expect("claims"));
        let forger = Self { seed, header, claims };
        // So that what is refused is not refused for the forger's clumsiness.
        let good = world.api.request_with(Some(&forger.signed()), Method::GET, "/projects");
        assert_eq!(answer(good).await.status, 200, "what the forger leaves as it is opens");
        forger
    }

    /// Shows the forged thing in each form that it can have.
    pub(super) async fn show(&self, world: &World, name: &str) -> Vec<Seen> {
        let mut seen = Vec::new();
        for (how, bearer) in self.forge(world, name).await {
            let host = raw::place(world.url());
            let (path, headers) = match name {
                "the key in the query" => (format!("/projects?{bearer}"), String::new()),
                _ => ("/projects".to_owned(), format!("Authorization: {bearer}\r\n")),
            };
            // By hand: a client would not send all of it.
            let head =
                format!("GET /api/v1{path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
            seen.push(Seen::of(how, raw::exchange(world.url(), head.as_bytes()).await, ""));
        }
        seen
    }

    #[expect(clippy::too_many_lines, reason = "a row each")]
    async fn forge(&self, world: &World, name: &str) -> Vec<Shown> {
        let bearer = |token: String| format!("Bearer {token}");
        let one = |token: String| vec![("signed", bearer(token))];
        let with = |old: &str, new: &str| self.sign(&changed(&self.header, old, new), &self.claims);
        let claim = |old: &str, new: &str| self.sign(&self.header, &changed(&self.claims, old, new));
        let more = |more: &str| with(r#""typ""#, &format!(r#"{more},"typ""#));
        let value = |key: &str| field(&self.claims, key);
        let exp = format!(r#""exp":{}"#, value("exp"));
        let good = self.signed();
        match name {
            "alg none" => vec![
                (
                    "unsigned",
                    bearer(format!(
                        "{}.{}.",
                        base64(&changed(&self.header, "EdDSA", "none")),
                        base64(&self.claims)
                    )),
                ),
                ("signed", bearer(with("EdDSA", "none"))),
            ],
            "alg NoNe" => one(with("EdDSA", "NoNe")),
            "HS256 signed with the public key" => {
                let key = ed25519_dalek::SigningKey::from_bytes(&self.seed).verifying_key();
                let signed =
                    format!("{}.{}", base64(&changed(&self.header, "EdDSA", "HS256")), base64(&self.claims));
                let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).expect("any length");
                mac.update(signed.as_bytes());
                let tag = Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes());
                one(format!("{signed}.{tag}"))
            }
            "empty signature" => {
                one(good.rsplit_once('.').map(|(signed, _)| format!("{signed}.")).expect("three parts"))
            }
            "kid climbs to a device" => one(with(&field(&self.header, "kid"), r#""../../dev/null""#)),
            "kid is SQL" => one(with(&field(&self.header, "kid"), r#""' OR 1=1--""#)),
            "jku of an attacker" => one(more(r#""jku":"https://evil.example/jwks.json""#)),
            "embedded jwk" => one(more(r#""jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#)),
            "x5u of an attacker" => one(more(r#""x5u":"https://evil.example/chain.pem""#)),
            "exp as a string" => one(claim(&exp, &format!(r#""exp":"{}""#, value("exp")))),
            "exp 1e308" => one(claim(&exp, r#""exp":1e308"#)),
            "negative exp" => one(claim(&exp, r#""exp":-1"#)),
            "nbf in 2099" => one(claim(&exp, &format!(r#""nbf":4070908800,{exp}"#))),
            "aud is ours and another" => one(claim(&value("aud"), &format!(r#"[{},"other"]"#, value("aud")))),
            "no aud" => one(claim(&format!(r#""aud":{},"#, value("aud")), "")),
            "another issuer" => one(claim(&value("iss"), r#""https://evil.example""#)),
            "a refresh token" => one(world.owner.refresh.clone()),
            "an invitation token" => one(world.invitation.clone()),
            "two dots more" => {
                vec![("behind", bearer(format!("{good}.."))), ("before", bearer(format!("..{good}")))]
            }
            "nine megabytes" => one("a".repeat(9_000_000)),
            "sub twice" => {
                let sub = format!(r#""sub":{}"#, value("sub"));
                vec![
                    ("the same", bearer(claim(&sub, &format!("{sub},{sub}")))),
                    (
                        "another's",
                        bearer(claim(&sub, &format!(r#"{sub},"sub":"{}""#, world.other_owner.user))),
                    ),
                ]
            }
            "unknown crit" => one(more(r#""crit":["https://evil.example/must"]"#)),
            "padding and a line break" => {
                let (signed, signature) = good.rsplit_once('.').expect("three parts");
                vec![
                    ("a padded signature", bearer(format!("{good}="))),
                    ("padded claims", bearer(self.sign_text(&format!("{signed}=")))),
                    ("padded claims, signed before", bearer(format!("{signed}=.{signature}"))),
                    (
                        "a break after the claims",
                        bearer(self.sign(&self.header, &format!("{}\n", self.claims))),
                    ),
                    ("a break, escaped", bearer(format!("{good}%0A"))),
                ]
            }
            "ES256 with r = s = 0" => {
                let signed =
                    format!("{}.{}", base64(&changed(&self.header, "EdDSA", "ES256")), base64(&self.claims));
                one(format!("{signed}.{}", Base64UrlUnpadded::encode_string(&[0; 64])))
            }
            "of a member who was put out" => one(world.put_out.access.clone()),
            "the organization of another" => one(claim(&value("org"), &format!(r#""{}""#, world.other_org))),
            "an API key with a wrong check" => {
                let (rest, last) = world.key.split_at(world.key.len() - 1);
                let other = if last == "0" { "1" } else { "0" };
                one(format!("{rest}{other}"))
            }
            "an API key of another environment" => one(self.key_of_another_environment(world).await),
            "the key in the query" => ["access_token", "key", "api_key", "token"]
                .map(|name| (name, format!("{name}={}", world.key)))
                .into(),
            "two Authorization headers" => {
                let two = format!("{}\r\nAuthorization: {}", bearer(good.clone()), bearer(good));
                vec![("both good", two)]
            }
            "bearer and a tab" => {
                let opens = format!("bEARER {good}");
                let mut request = reqwest::Client::new().get(format!("{}/api/v1/projects", world.url()));
                request = request.header("authorization", opens);
                assert_eq!(answer(request).await.status, 200, "capitals of the word do not matter");
                vec![("a tab", format!("Bearer\t{good}")), ("no space", format!("Bearer{good}"))]
            }
            other => panic!("nobody knows how to forge {other}"),
        }
    }

    /// One that the database knows as well, so that only its prefix stands against it.
    async fn key_of_another_environment(&self, world: &World) -> String {
        let key = ApiKey::random(Environment::Live);
        let mut admin = world.database.admin().await;
        let insert = "insert into vault.api_keys (id, org_id, actor, role, hash, made_at) \
                      select $1, org_id, actor, role, $2, made_at from vault.api_keys where role is not null limit 1";
        let hash = key.fingerprint().as_bytes().to_vec();
        let insert = sqlx::query(insert).bind(Uuid::now_v7()).bind(hash);
        assert_eq!(insert.execute(&mut admin).await.expect("an admin may").rows_affected(), 1);
        key.reveal().expose_secret().to_owned()
    }

    fn signed(&self) -> String {
        self.sign(&self.header, &self.claims)
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        self.sign_text(&format!("{}.{}", base64(header), base64(claims)))
    }

    fn sign_text(&self, signed: &str) -> String {
        let key = ed25519_dalek::SigningKey::from_bytes(&self.seed);
        let signature = key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature))
    }
}

/// The key of the installation, by the master key beside the database.
pub(crate) async fn installation_key(site: &Started) -> DataKey {
    let file = site.api.up.ready.data_dir.join("master.key");
    let master = std::fs::read_to_string(file).expect("omoi up made the key");
    let masters = MasterKeys::new(MasterKey::parse(&master.into()).expect("a key"), vec![]);
    let mut admin = site.database.admin().await;
    let wrapped = sqlx::query("select wrapped from vault.data_keys where subject = $1").bind(Uuid::nil());
    let wrapped: Vec<u8> = wrapped.fetch_one(&mut admin).await.expect("it has one").get(0);
    let wrapped = WrappedKey::from_bytes(&wrapped).expect("a wrapped key");
    let place =
        Place { org: OrgId(Uuid::nil()), table: "vault.data_keys", column: "wrapped", id: Uuid::nil() };
    masters.unwrap(&wrapped, &place).expect("it unwraps")
}

/// A key that signs tokens, as text.
pub(crate) fn signing_key(own: &DataKey, id: Uuid, sealed: &str) -> String {
    let sealed = Sealed::from_text(sealed).expect("it is sealed");
    let place = Place { org: installation(), table: "vault.signing_keys", column: "sealed", id };
    let text = own.open(&sealed, &place).expect("it opens");
    String::from_utf8(text.expose_secret().to_vec()).expect("text")
}

fn base64(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

fn decoded(part: &str) -> String {
    String::from_utf8_lossy(&Base64UrlUnpadded::decode_vec(part).expect("base64url")).into_owned()
}

fn changed(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old} stands once in {text}");
    text.replace(old, new)
}

/// A value as it is written.
fn field(text: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let value = &value[name];
    assert_ne!(*value, json!(null), "{name} stands in {text}");
    value.to_string()
}
