use kernel::{Decider as _, EventKind as _, given};
use serde_json::json;

use super::*;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

fn created() -> Event {
    Event::Created { name: name("Billing"), slug: slug("billing") }
}

fn create() -> Command {
    Command::Create { name: name("Billing"), slug: slug("billing") }
}

fn rename(to: &str) -> Command {
    Command::Rename { name: name(to) }
}

fn project(history: &[Event]) -> Project {
    given::<Project>(history).state().clone()
}

#[test]
fn a_project_is_created_with_its_name_and_slug() {
    given::<Project>(&[]).when(create()).then(&[created()]);
}

#[test]
fn an_active_project_is_renamed_and_keeps_its_slug() {
    let renamed = Event::Renamed { name: name("Invoices") };
    given::<Project>(&[created()]).when(rename("Invoices")).then(std::slice::from_ref(&renamed));

    let profile = Profile { name: name("Invoices"), slug: slug("billing") };
    assert_eq!(project(&[created(), renamed]), Project::Active(profile));
}

#[test]
fn the_name_it_has_already_changes_nothing() {
    given::<Project>(&[created()]).when(rename("Billing")).then(&[]);
    given::<Project>(&[created()]).when(rename("  Billing ")).then(&[]);
}

#[test]
fn a_project_is_archived_and_restored_as_it_was() {
    given::<Project>(&[created()]).when(Command::Archive).then(&[Event::Archived]);
    given::<Project>(&[created(), Event::Archived]).when(Command::Restore).then(&[Event::Restored]);

    assert_eq!(project(&[created(), Event::Archived, Event::Restored]), project(&[created()]));
}

#[test]
fn every_illegal_pair_of_state_and_command_is_refused_for_what_is_so() {
    let absent: &[Event] = &[];
    let active = &[created()][..];
    let archived = &[created(), Event::Archived][..];
    let illegal = [
        (absent, rename("Invoices"), "not_found"),
        (absent, Command::Archive, "not_found"),
        (absent, Command::Restore, "not_found"),
        (active, create(), "already_exists"),
        (active, Command::Restore, "not_archived"),
        (archived, create(), "already_exists"),
        (archived, rename("Invoices"), "archived"),
        (archived, rename("Billing"), "archived"),
        (archived, Command::Archive, "archived"),
    ];
    let tested = illegal.len();
    for (history, command, code) in illegal {
        given::<Project>(history).when(command).then_rejected(code);
    }
    // Of 3 states x 4 commands 4 pairs are legal; renaming an archived project is listed with another and with
    // the same name.
    assert_eq!(tested, 3 * 4 - 4 + 1);
}

#[test]
fn any_event_may_follow_any_other() {
    let events = [created(), Event::Renamed { name: name("Invoices") }, Event::Archived, Event::Restored];
    let mut histories: Vec<Vec<Event>> = vec![Vec::new()];
    for _ in 0..4 {
        let longer = histories.iter().flat_map(|history| {
            events.iter().map(|event| history.iter().cloned().chain([event.clone()]).collect())
        });
        histories = longer.collect();
    }
    assert_eq!(histories.len(), 256);
    for history in histories {
        let exists = history.contains(&created());
        assert_eq!(project(&history) != Project::Absent, exists, "{history:?}");
    }
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    for history in [&[][..], &[created()], &[created(), Event::Archived]] {
        let state = project(history);
        let snapshot = serde_json::to_value(&state).unwrap();
        assert_eq!(serde_json::from_value::<Project>(snapshot).unwrap(), state);
    }
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    let stored = [
        (created(), json!({"$type": "project.created", "name": "Billing", "slug": "billing"})),
        (Event::Renamed { name: name("Invoices") }, json!({"$type": "project.renamed", "name": "Invoices"})),
        (Event::Archived, json!({"$type": "project.archived"})),
        (Event::Restored, json!({"$type": "project.restored"})),
    ];
    for (event, payload) in &stored {
        assert_eq!(serde_json::to_value(event).unwrap(), *payload);
        assert_eq!(serde_json::from_value::<Event>(payload.clone()).unwrap(), *event);
        assert_eq!(payload["$type"], event.event_type());
        assert_eq!(event.schema_version(), 1);
    }
    let types: Vec<_> =
        stored.iter().map(|(event, _)| (event.event_type(), event.schema_version())).collect();
    assert_eq!(types, Event::TYPES);
}

#[test]
fn a_payload_with_a_hostile_name_is_not_an_event() {
    let payload = json!({"$type": "project.renamed", "name": "a\u{0}b"});
    assert!(serde_json::from_value::<Event>(payload).is_err());
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(Project::TYPE));
    }
}
