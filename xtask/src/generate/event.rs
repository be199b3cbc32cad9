//! An event type with everything that is published of it, free of its Rust type.

use kernel::{Decider, EventKind, Uuid, recorded};
use projections::Fact;
use serde_json::Value;

use super::schema;

/// One event type at its newest version.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) event_type: &'static str,
    pub(super) version: i32,
    /// The command that was seen to emit it, e.g. `Create`.
    pub(super) emitter: String,
    /// The read models in which it changes a row: asked of them, with the sample.
    pub(super) shown_in: Vec<&'static str>,
    pub(super) lane: Lane,
    /// JSON Schema of the payload on the wire: without `$type`.
    pub(super) schema: Value,
    /// A payload as stored.
    pub(super) sample: Value,
    /// Reads a stored payload of some version with today's code.
    pub(super) read_back: fn(&str, i32, &Value) -> Result<(), String>,
}

/// How the live socket carries an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lane {
    /// Every event, in order.
    Events,
}

impl Lane {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
        }
    }
}

/// What a person registers of an event type.
pub(super) struct Registration<D: Decider> {
    pub(super) event_type: &'static str,
    /// A history and a command that emits it: the emitter is run, not believed, and what it emits becomes the
    /// golden example of a version that has none.
    pub(super) history: Vec<D::Event>,
    pub(super) command: D::Command,
    pub(super) lane: Lane,
}

/// Every event type of `D`, or what is wrong with its registration.
pub(super) fn of<D>(registrations: Vec<Registration<D>>) -> Vec<Result<Event, String>>
where
    D: Decider,
    D::Command: std::fmt::Debug,
{
    let registered: Vec<_> = registrations.iter().map(|registration| registration.event_type).collect();
    let forgotten = D::Event::TYPES.iter().filter(|(name, _)| !registered.contains(name));
    let mut events: Vec<_> = forgotten
        .map(|(name, _)| Err(format!("{name} is not registered: add it to xtask/src/generate/registry.rs")))
        .collect();
    events.extend(registrations.into_iter().map(publish));
    events
}

fn publish<D>(registration: Registration<D>) -> Result<Event, String>
where
    D: Decider,
    D::Command: std::fmt::Debug,
{
    let Registration { event_type, history, command, lane } = registration;
    let Some((_, version)) = D::Event::TYPES.iter().find(|(name, _)| *name == event_type) else {
        return Err(format!("{event_type} is registered, but {} has no such event", D::TYPE));
    };
    let emitter = variant_name(&command);
    let sample = emitted::<D>(&history, command, event_type).ok_or_else(|| {
        format!("{event_type} has no emitter: {emitter} after the given history does not emit it")
    })?;
    let sample = serde_json::to_value(&sample).map_err(|error| format!("{event_type}: {error}"))?;
    Ok(Event {
        event_type,
        version: *version,
        emitter,
        shown_in: shown_in::<D>(event_type, *version, &sample),
        lane,
        schema: schema::on_the_wire::<D::Event>(event_type)?,
        sample,
        read_back: read_back::<D::Event>,
    })
}

fn emitted<D: Decider>(history: &[D::Event], command: D::Command, event_type: &str) -> Option<D::Event> {
    let mut state = D::default();
    for event in history {
        state.evolve(event);
    }
    state.decide(command).ok()?.into_iter().find(|event| event.event_type() == event_type)
}

/// Asks every read model whether it shows an event with this payload.
fn shown_in<D: Decider>(event_type: &str, version: i32, payload: &Value) -> Vec<&'static str> {
    let mut stored = recorded(D::TYPE, Uuid::nil(), payload.to_string());
    stored.envelope.event_type = event_type.to_owned();
    stored.envelope.schema_version = version;
    // An aggregate that no read model knows is shown nowhere.
    let Ok(fact) = Fact::of(&stored) else { return Vec::new() };
    projections::shown_in(&stored.map(|_| fact))
}

/// `Create` of `Create { name: .. }`: taken from the value, so that the table cannot name another.
fn variant_name(command: &impl std::fmt::Debug) -> String {
    format!("{command:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// Reads `payload`, stored as `version`, as the product does. What is newest must be written again as it was:
/// nothing may be lost on the way.
fn read_back<E: EventKind>(event_type: &str, version: i32, payload: &Value) -> Result<(), String> {
    let event: E =
        eventstore::decode(event_type, version, &payload.to_string()).map_err(|error| error.to_string())?;
    if event.event_type() != event_type {
        return Err(format!("it reads as {}", event.event_type()));
    }
    let again = serde_json::to_value(&event).map_err(|error| error.to_string())?;
    if version == event.schema_version() && again != *payload {
        return Err(format!("it is written again as {again}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use work::project::{Command, Project};

    use super::*;

    fn archive(event_type: &'static str) -> Vec<Result<Event, String>> {
        of::<Project>(vec![Registration {
            event_type,
            history: Vec::new(),
            command: Command::Archive,
            lane: Lane::Events,
        }])
    }

    #[test]
    fn an_event_nobody_registered_is_named() {
        let faults: Vec<_> = archive("project.archived").into_iter().filter_map(Result::err).collect();
        assert!(
            faults.iter().any(|fault| fault.starts_with("project.created is not registered")),
            "{faults:?}"
        );
    }

    #[test]
    fn an_emitter_that_does_not_emit_is_named() {
        let faults: Vec<_> = archive("project.archived").into_iter().filter_map(Result::err).collect();
        assert!(
            faults.iter().any(|fault| fault.starts_with("project.archived has no emitter: Archive")),
            "{faults:?}"
        );
    }

    #[test]
    fn a_registration_without_an_event_is_named() {
        let faults: Vec<_> = archive("project.exploded").into_iter().filter_map(Result::err).collect();
        assert!(faults.iter().any(|fault| fault.contains("project has no such event")), "{faults:?}");
    }

    #[test]
    fn a_payload_that_loses_a_field_when_read_is_found() {
        let payload = serde_json::json!({"$type": "project.archived", "reason": "lost"});
        let fault = read_back::<work::project::Event>("project.archived", 1, &payload).unwrap_err();
        assert!(fault.starts_with("it is written again as"), "{fault}");
    }

    /// Version 2 named its field `title`; version 1 called it `name`.
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(tag = "$type")]
    enum Shelf {
        #[serde(rename = "shelf.labelled")]
        Labelled { title: String },
    }

    impl EventKind for Shelf {
        const TYPES: &'static [(&'static str, i32)] = &[("shelf.labelled", 2)];
        const UPCASTS: &'static [kernel::Upcast] = &[kernel::Upcast {
            event_type: "shelf.labelled",
            from: 1,
            apply: |mut payload| {
                let name = payload["name"].take();
                payload["title"] = name;
                payload
            },
        }];

        fn event_type(&self) -> &'static str {
            "shelf.labelled"
        }
    }

    #[test]
    fn an_older_payload_is_read_through_its_upcast() {
        let first = serde_json::json!({"$type": "shelf.labelled", "name": "Novels"});
        assert_eq!(read_back::<Shelf>("shelf.labelled", 1, &first), Ok(()));
        let fault = read_back::<Shelf>("shelf.labelled", 2, &first).unwrap_err();
        assert!(fault.contains("missing field `title`"), "{fault}");
    }

    #[test]
    fn a_version_without_an_upcast_is_found() {
        let payload = serde_json::json!({"$type": "project.archived"});
        let fault = read_back::<work::project::Event>("project.archived", 0, &payload).unwrap_err();
        assert!(fault.contains("no way from schema version 0"), "{fault}");
    }
}
