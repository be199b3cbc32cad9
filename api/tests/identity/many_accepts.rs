//! An invitation is accepted by a hundred at once, among them somebody whom it is not for: one member comes of it, written
//! once.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::proof::Proof;
use crate::support::{Answer, Person, letter_to, token_of};
use crate::world::started;

const RACES: usize = 10;
/// In `make test`.
const FEW: usize = 3;
const RUNNERS: usize = 100;
/// Every so many is somebody else.
const STRANGER: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_accepts() {
    let mut proof = Proof::new("many_accepts", RACES);
    let site = started(&[]).await;
    let mut owner = Person::register(&site.api, "owner@example.org").await;
    let org = owner.found(&site.api, "Acme").await;
    let stranger = Person::register(&site.api, "stranger@example.net").await;
    let mut won = 0;
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        site.forgive().await;
        let email = format!("guest{}@example.org", proof.cases());
        let guest = Person::register(&site.api, &email).await;
        let body = json!({ "email": email, "role": "member" });
        owner.done(&site.api, &format!("/organizations/{org}/invitations"), &body).await;
        let token = token_of(&letter_to(&site.api, &email).await);
        site.forgive().await;

        let before = site.database.head().await;
        let accept = async |n: usize| {
            let strange = n.is_multiple_of(STRANGER);
            let who = if strange { &stranger } else { &guest };
            (strange, who.post(&site.api, "/invitations/accept", &json!({ "token": token })).await)
        };
        let answers = join_all((0..RUNNERS).map(accept)).await;
        let written = site.events_after(before).await;
        assert_eq!(judge(&answers, &written), Vec::<String>::new());
        won += answers.iter().filter(|(_, answer)| answer.status == 200).count();
        let path = format!("/organizations/{org}/members");
        let position = site.database.head().await;
        let members = owner.request(&site.api, reqwest::Method::GET, &path);
        let members = crate::support::answer(members.header("omoi-min-position", position)).await;
        let ids: Vec<&Value> = members.body["members"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|member| &member["user"])
            .collect();
        assert_eq!(ids.iter().filter(|id| ***id == json!(guest.user)).count(), 1, "{members:?}");
        assert_eq!(ids.len(), proof.cases() + 1, "{members:?}");
        assert_the_judge_sees(answers, &written);
    }
    proof.figure("answered_as_done", won);
    proof.holds();
}

/// What is wrong with the answers of a race, and with what was written.
fn judge(answers: &[(bool, Answer)], written: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if written != ["organization.invitation_accepted", "organization.member_added"] {
        faults.push(format!("written {written:?}"));
    }
    if !answers.iter().any(|(_, answer)| answer.status == 200) {
        faults.push("nobody got in".to_owned());
    }
    for (strange, answer) in answers {
        let expected = match answer.status {
            200 => !strange,
            // Used, or a member already; for the stranger another's; or so many at once that it is not tried again.
            401 | 409 | 422 => true,
            _ => false,
        };
        if !expected {
            faults.push(format!("stranger: {strange}, {answer:?}"));
        }
    }
    faults
}

/// A second event, a stranger who gets in, and a fault of ours are seen.
fn assert_the_judge_sees(mut answers: Vec<(bool, Answer)>, written: &[String]) {
    let twice = [written, written].concat();
    assert_eq!(judge(&answers, &twice).len(), 1);
    assert_eq!(judge(&answers, &[]).len(), 1);
    answers[0].1.status = 200;
    answers[1].1.status = 503;
    assert_eq!(judge(&answers, written).len(), 2);
}
