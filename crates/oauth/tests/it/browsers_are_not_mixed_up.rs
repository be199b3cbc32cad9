//! Row 132 of the attack corpus, as far as the client can see: whose code, whose verifier, whose nonce. That the state
//! belongs to the browser is checked by the caller, who has the cookie.

use oauth::Pending;
use simulators::oidc::Person;

use crate::stage::{As, Stage, browse, code};

/// Login CSRF: the attacker takes the code of his own sign-in and has the victim's browser bring it.
#[tokio::test]
async fn the_code_of_one_browser_is_worth_nothing_in_another() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let victim = stage.client.begin().await.unwrap();
        stage.oidc.person(Person::grace());
        let attacker = stage.client.begin().await.unwrap();
        let mut brought = browse(&attacker).await;
        brought.state = browse(&victim).await.state;
        assert_eq!(code(&stage.back(&victim, &brought).await), "oauth_invalid_code", "{speaks:?}");
    }
}

/// Should the verifier ever be known to somebody, the nonce still is not.
#[tokio::test]
async fn an_id_token_of_another_sign_in_is_not_believed() {
    let stage = Stage::set(As::Openid).await;
    let (one, other) = (stage.client.begin().await.unwrap(), stage.client.begin().await.unwrap());
    let redirect = browse(&one).await;
    let mixed = Pending { verifier: one.pending.verifier, nonce: other.pending.nonce };
    let brought = crate::stage::secret(&redirect.code.unwrap());
    assert_eq!(code(&stage.client.finish(&brought, &mixed, None).await), "oauth_invalid_nonce");
}

#[tokio::test]
async fn sign_ins_side_by_side_do_not_touch() {
    for speaks in As::BOTH {
        let stage = Stage::set(speaks).await;
        let ada = stage.client.begin().await.unwrap();
        let of_ada = browse(&ada).await;
        stage.oidc.person(Person::grace());
        let grace = stage.client.begin().await.unwrap();
        let of_grace = browse(&grace).await;
        let (grace, ada) = (stage.back(&grace, &of_grace).await, stage.back(&ada, &of_ada).await);
        assert_eq!((ada.unwrap().subject, grace.unwrap().subject), (Person::ada().sub, Person::grace().sub));
    }
}
