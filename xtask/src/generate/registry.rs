//! Every event type of the product: who emits it, and how the live socket carries it; who shows it is asked of
//! the read models. One file an aggregate; adding an event is a block there.

mod agent;
mod intervention;
mod merge;
mod organization;
mod project;
mod repository;
mod run;
mod spec;
mod task;
mod ticket;
mod trajectory;
mod user;
mod work_graph;

use super::event::Event;

/// The event types of one aggregate, or what is wrong with a registration.
type Published = Vec<Result<Event, String>>;

/// Events that nothing shows and nothing reacts to, and why the log keeps them.
pub(super) const AUDIT_ONLY: &[(&str, &str)] = &[];

/// Every event type in the order of the table, or what is wrong with its registration.
pub(super) fn events() -> Published {
    [
        project::events(),
        spec::events(),
        trajectory::events(),
        work_graph::events(),
        ticket::events(),
        task::events(),
        run::events(),
        agent::events(),
        merge::events(),
        repository::events(),
        intervention::events(),
        organization::events(),
        user::events(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong between event types.
pub(super) fn faults(events: &[Event]) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let name = event.event_type;
        if events[..index].iter().any(|earlier| earlier.event_type == name) {
            faults.push(format!("{name} is registered twice"));
        }
        let reason = AUDIT_ONLY.iter().find(|(audited, _)| *audited == name).map(|(_, reason)| *reason);
        faults.extend(consumer_fault(event, reason));
    }
    faults
}

fn consumer_fault(event: &Event, audit_only: Option<&str>) -> Option<String> {
    let name = event.event_type;
    match (event.shown_in.as_slice(), audit_only) {
        ([], None) => Some(format!(
            "{name} has no consumer: show it in a read model, or say in AUDIT_ONLY why it is kept"
        )),
        ([], Some(reason)) if reason.split_whitespace().count() < 3 => {
            Some(format!("{name} is kept for audits without a reason that a reader understands"))
        }
        ([read_model, ..], Some(_)) => {
            Some(format!("{name} is shown in {read_model}: take it out of AUDIT_ONLY"))
        }
        ([], Some(_)) | ([_, ..], None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events_of_today() -> Vec<Event> {
        events().into_iter().map(Result::unwrap).collect()
    }

    /// The first event as if these read models showed it.
    fn shown_in(read_models: &[&'static str]) -> Event {
        let mut event = events_of_today().swap_remove(0);
        event.shown_in = read_models.to_vec();
        event
    }

    #[test]
    fn the_registry_has_no_fault() {
        let events = events_of_today();
        assert!(events.len() >= 50, "{}", events.len());
        assert_eq!(faults(&events), Vec::<String>::new());
    }

    #[test]
    fn the_read_models_say_themselves_what_they_show() {
        let events = events_of_today();
        let shown = |name| &events.iter().find(|event| event.event_type == name).unwrap().shown_in;
        assert!(shown("ticket.created").contains(&"board"));
        assert!(!shown("task.planned").contains(&"board"));
    }

    #[test]
    fn an_event_without_a_consumer_is_named() {
        let fault = consumer_fault(&shown_in(&[]), None).unwrap();
        assert!(fault.starts_with("project.created has no consumer"), "{fault}");
    }

    #[test]
    fn an_empty_reason_is_no_reason() {
        let fault = consumer_fault(&shown_in(&[]), Some("later")).unwrap();
        assert!(fault.starts_with("project.created is kept for audits without a reason"), "{fault}");
        assert_eq!(consumer_fault(&shown_in(&[]), Some("an auditor asks for it")), None);
    }

    #[test]
    fn an_event_that_is_shown_needs_no_reason_and_has_none() {
        assert_eq!(consumer_fault(&shown_in(&["board"]), None), None);
        let fault = consumer_fault(&shown_in(&["board"]), Some("an auditor asks for it")).unwrap();
        assert!(fault.contains("take it out"), "{fault}");
    }

    #[test]
    fn a_type_registered_twice_is_named() {
        let mut events = events_of_today();
        events.push(events[0].clone());
        assert_eq!(faults(&events), ["project.created is registered twice"]);
    }
}
