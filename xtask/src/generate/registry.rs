//! Every event type of the product: who emits it, who consumes it, how the live socket carries it.
//!
//! Adding one: a block below. An event that nothing consumes says why it is worth keeping.

use vocabulary::{Name, Slug};
use work::project::{self, Project};

use super::event::{self, Consumers, Event, Lane, Registration};

/// Every event type in the order of the table, or what is wrong with its registration.
pub(super) fn events() -> Vec<Result<Event, String>> {
    project()
}

/// What is wrong between event types.
pub(super) fn faults(events: &[Event]) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let name = event.event_type;
        if events[..index].iter().any(|earlier| earlier.event_type == name) {
            faults.push(format!("{name} is registered twice"));
        }
        match event.consumers {
            Consumers::Used { reactors: [], screens: [] } => {
                faults.push(format!(
                    "{name} has no consumer: name one, or declare it AuditOnly with the reason"
                ));
            }
            Consumers::AuditOnly(reason) if reason.split_whitespace().count() < 3 => {
                faults.push(format!("{name} is AuditOnly without a reason that a reader understands"));
            }
            Consumers::Used { .. } | Consumers::AuditOnly(_) => {}
        }
    }
    faults
}

fn project() -> Vec<Result<Event, String>> {
    use project::{Command, Event};

    const UNTIL_THE_BOARD: Consumers = Consumers::AuditOnly(
        "no read model exists yet; decisions and the log use it, the board will show it",
    );
    let name = |text: &str| Name::new(text).expect("a literal that is a name");
    let slug = |text: &str| Slug::new(text).expect("a literal that is a slug");
    let created = || Event::Created { name: name("Billing"), slug: slug("billing") };

    event::of::<Project>(vec![
        Registration {
            event_type: "project.created",
            history: vec![],
            command: Command::Create { name: name("Billing"), slug: slug("billing") },
            consumers: UNTIL_THE_BOARD,
            lane: Lane::Events,
        },
        Registration {
            event_type: "project.renamed",
            history: vec![created()],
            command: Command::Rename { name: name("Invoices & usage") },
            consumers: UNTIL_THE_BOARD,
            lane: Lane::Events,
        },
        Registration {
            event_type: "project.archived",
            history: vec![created()],
            command: Command::Archive,
            consumers: UNTIL_THE_BOARD,
            lane: Lane::Events,
        },
        Registration {
            event_type: "project.restored",
            history: vec![created(), Event::Archived],
            command: Command::Restore,
            consumers: UNTIL_THE_BOARD,
            lane: Lane::Events,
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(consumers: Consumers) -> Vec<Event> {
        let mut events: Vec<Event> = events().into_iter().map(Result::unwrap).collect();
        events[0].consumers = consumers;
        events
    }

    #[test]
    fn the_registry_has_no_fault() {
        let events: Vec<Event> = events().into_iter().map(Result::unwrap).collect();
        assert_eq!(events.len(), 4);
        assert_eq!(faults(&events), Vec::<String>::new());
    }

    #[test]
    fn an_event_without_a_consumer_is_named() {
        let faults = faults(&registered(Consumers::Used { reactors: &[], screens: &[] }));
        assert!(faults[0].starts_with("project.created has no consumer"), "{faults:?}");
    }

    #[test]
    fn an_empty_reason_is_no_reason() {
        let faults = faults(&registered(Consumers::AuditOnly("later")));
        assert!(faults[0].starts_with("project.created is AuditOnly without a reason"), "{faults:?}");
    }

    #[test]
    fn an_event_that_is_shown_needs_no_reason() {
        assert!(faults(&registered(Consumers::Used { reactors: &[], screens: &["board"] })).is_empty());
    }

    #[test]
    fn a_type_registered_twice_is_named() {
        let mut events = registered(UNUSED);
        events.push(events[0].clone());
        assert_eq!(faults(&events), ["project.created is registered twice"]);
    }

    const UNUSED: Consumers = Consumers::AuditOnly("nothing in this test");
}
