//! What is stored is read back as it was, and folds to the same spec.

use super::*;

#[test]
fn a_history_survives_the_store() {
    let story = at_requirements();
    let story = story.when(edit(
        story.shown(),
        other_requirements(|fields| {
            fields.insert("out_of_scope".to_owned(), json!(["Sharing."]));
        }),
    ));
    let mut read = Spec::default();
    for event in &story.events {
        let text = serde_json::to_string(event).unwrap();
        let back: Event = serde_json::from_str(&text).unwrap();
        assert_eq!(back, *event);
        assert!(text.contains(&format!("\"$type\":\"{}\"", event.event_type())));
        read.evolve(&back);
    }
    assert_eq!(read, story.spec);
    let snapshot = serde_json::to_string(&story.spec).unwrap();
    assert_eq!(serde_json::from_str::<Spec>(&snapshot).unwrap(), story.spec);
}

#[test]
fn any_event_can_follow_any_other() {
    let story = accepted().when(materialize()).when(Command::StartExecution);
    let Command::Complete { done, revision, .. } = done() else { unreachable!() };
    let story = story.when(Command::Complete { done, revision, proofs: vec![] });
    let story = story.when(accept(&["REQ-FILTERS-SEC-001"]));
    let snapshot = serde_json::to_string(&story.spec).unwrap();
    assert_eq!(serde_json::from_str::<Spec>(&snapshot).unwrap(), story.spec);
    let story = story.when(revise(story.details().plan_hash(), &revised_plan()));
    for first in &story.events {
        for second in &story.events {
            let mut spec = Spec::default();
            spec.evolve(first);
            spec.evolve(second);
        }
    }
    for event in &story.events {
        let mut spec = story.spec.clone();
        spec.evolve(event);
    }
}
