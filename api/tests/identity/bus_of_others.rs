//! An analyst reads the event bus: all of one organization, and of another one nothing, whatever is tried.

use std::collections::BTreeSet;

use crate::proof::Proof;
use crate::support::{Api, bus_of_others as read_the_bus};

/// What an analyst tries besides reading.
const TRIES: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bus_of_others() {
    let mut proof = Proof::new("bus_of_others", TRIES);
    let found = read_the_bus(&Api::start().await).await;
    for _ in 0..found.tried.min(TRIES) {
        assert!(proof.next_case_or(true));
    }
    proof.figure("read", found.read);
    proof.figure("read_of_others", found.of_others);
    proof.figure("tried", found.tried);
    // The twin: who may read everything is seen to, and gets what the credential is refused.
    proof.figure("operator_read_of_others", found.operator_of_others);
    assert!(found.operator_of_others > 0 && !found.operator_opened.is_empty(), "{found:?}");
    assert_eq!((&found.missed, found.of_others), (&BTreeSet::new(), 0), "{found:?}");
    assert_eq!(found.opened, Vec::<String>::new());
    proof.holds();
}
