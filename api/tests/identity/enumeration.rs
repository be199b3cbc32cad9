//! Whoever tries addresses learns nothing of which have an account: the answer is the same in every byte, the passwords
//! hashed for it are as many, and the time that it takes is the same.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::proof::{Proof, Times};
use crate::support::{Answer, PASSWORD, Person, answer};
use crate::world::{Started, started};

/// Of each kind.
const PAIRS: usize = 300;
/// In `make test`, where nothing is said of times.
const FEW: usize = 3;
/// How far the medians may be apart.
const APART: f64 = 0.15;
/// Headers that tell the time, or how much may still be asked.
const OF_THE_MOMENT: &[&str] = &["date", "ratelimit"];

/// A question that is asked of two addresses.
struct Question {
    name: &'static str,
    path: &'static str,
    known: &'static str,
    /// Passwords that are hashed for each.
    hashes: u64,
}

const QUESTIONS: &[Question] = &[
    Question { name: "sign_in", path: "/auth/login", known: "ada@example.org", hashes: 1 },
    Question { name: "sign_in_unverified", path: "/auth/login", known: "eve@example.org", hashes: 1 },
    Question { name: "forgot", path: "/auth/password/forgot", known: "ada@example.org", hashes: 0 },
    Question { name: "register", path: "/auth/register", known: "ada@example.org", hashes: 1 },
    Question { name: "resend", path: "/auth/verify/resend", known: "eve@example.org", hashes: 0 },
    Question { name: "resend_verified", path: "/auth/verify/resend", known: "ada@example.org", hashes: 0 },
];

impl Question {
    fn body(&self, email: &str) -> Value {
        match self.path {
            "/auth/login" => json!({ "email": email, "password": "not the password of anybody" }),
            "/auth/register" => json!({ "email": email, "password": PASSWORD, "display_name": "Somebody" }),
            _ => json!({ "email": email }),
        }
    }
}

/// What there is to learn from an answer.
#[derive(Clone, Debug, PartialEq)]
struct Learnt {
    status: u16,
    body: Value,
    headers: Vec<(String, String)>,
    hashes: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enumeration() {
    let mut proof = Proof::new("enumeration", PAIRS * QUESTIONS.len());
    let site = started(&[("OMOI_RATE_OF_ADDRESS", "1000")]).await;
    Person::register(&site.api, "ada@example.org").await;
    let eve = json!({ "email": "eve@example.org", "password": PASSWORD, "display_name": "Eve" });
    assert_eq!(
        answer(site.api.request_with(None, Method::POST, "/auth/register").json(&eve)).await.status,
        202
    );
    let full = proof.is_full();
    for question in QUESTIONS {
        let (mut known, mut unknown) = (Times::default(), Times::default());
        for n in 0..if full { PAIRS } else { FEW } {
            assert!(proof.next_case_or(true));
            let nobody = format!("nobody-{}-{n}@example.org", question.name);
            let (first, second) =
                if n % 2 == 0 { (question.known, &*nobody) } else { (&*nobody, question.known) };
            let (of_first, took_first) = ask(&site, question, first).await;
            let (of_second, took_second) = ask(&site, question, second).await;
            assert_eq!(judge(question, &of_first, &of_second), Vec::<String>::new());
            let (of_known, of_unknown) =
                if n % 2 == 0 { (took_first, took_second) } else { (took_second, took_first) };
            known.push(of_known);
            unknown.push(of_unknown);
        }
        let (of_known, of_unknown) = (known.percentile_ms(50.0), unknown.percentile_ms(50.0));
        proof.figure(
            question.name,
            json!({ "known_ms": of_known, "unknown_ms": of_unknown, "apart": apart(of_known, of_unknown) }),
        );
        if full {
            assert!(
                apart(of_known, of_unknown) <= APART,
                "{}: {of_known} and {of_unknown} ms",
                question.name
            );
        }
    }
    assert_the_judge_sees(&site).await;
    proof.holds();
}

/// What is learnt, and in which time.
async fn ask(site: &Started, question: &Question, email: &str) -> (Learnt, Duration) {
    site.forgive().await;
    let before = hashes(site).await;
    let request = site.api.request_with(None, Method::POST, question.path).json(&question.body(email));
    let begun = Instant::now();
    let answered = answer(request).await;
    let took = begun.elapsed();
    (learnt(&answered, hashes(site).await - before), took)
}

fn learnt(answered: &Answer, hashes: u64) -> Learnt {
    let headers = answered.headers.iter().filter(|(name, _)| !OF_THE_MOMENT.contains(&name.as_str()));
    let mut headers: Vec<(String, String)> =
        headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    headers.sort();
    Learnt { status: answered.status, body: answered.body.clone(), headers, hashes }
}

/// Passwords that the server has hashed.
async fn hashes(site: &Started) -> u64 {
    let numbers = site.api.request_to(Method::GET, "/metrics").send().await.expect("an answer");
    let numbers = numbers.text().await.expect("text");
    let count = numbers.lines().find_map(|line| line.strip_prefix("omoi_password_hashes_total "));
    count.expect("it is counted").parse().expect("a number")
}

fn judge(question: &Question, one: &Learnt, other: &Learnt) -> Vec<String> {
    let mut faults = Vec::new();
    if one != other {
        faults.push(format!("{}: {one:?} and {other:?}", question.name));
    }
    if one.hashes != question.hashes {
        faults.push(format!("{}: {} passwords hashed", question.name, one.hashes));
    }
    faults
}

/// As a part of the longer one.
fn apart(one: f64, other: f64) -> f64 {
    let apart = (one - other).abs() / one.max(other);
    (apart * 1_000.0).round() / 1_000.0
}

/// Another status, another header, and one hash more are seen; and a time that is a fifth longer.
async fn assert_the_judge_sees(site: &Started) {
    let question = &QUESTIONS[0];
    let (unknown, _) = ask(site, question, "nobody@example.org").await;
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    let signed_in = answer(site.api.request_with(None, Method::POST, "/auth/login").json(&body)).await;
    assert_eq!(judge(question, &learnt(&signed_in, 1), &unknown).len(), 1);
    let header = Learnt { headers: Vec::new(), ..unknown.clone() };
    assert_eq!(judge(question, &unknown, &header).len(), 1);
    let twice = Learnt { hashes: 2, ..unknown.clone() };
    assert_eq!(judge(question, &twice, &unknown).len(), 2);
    assert!(apart(100.0, 80.0) > APART && apart(100.0, 90.0) <= APART);
}
