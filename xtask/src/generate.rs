//! Writes what follows from the code: `schemas/events/`, `schemas/openapi.json`, `schemas/asyncapi.json` and
//! `docs/EVENTS.md`.
//!
//! A schema and the table are written anew each time. A golden example is written once, when its version of
//! the event first appears, and never again: it is what older releases stored, and it must stay readable.
//! An event is registered in `generate/registry.rs`.

mod asyncapi;
mod disk;
mod event;
mod events_md;
mod golden;
mod openapi;
mod registry;
mod schema;

use std::path::Path;

use anyhow::bail;

use self::event::Event;

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Change nothing; fail when a generated file is not what the code says.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository");
    events(root, args.check)?;
    openapi::run(root, args.check)
}

fn events(root: &Path, check: bool) -> anyhow::Result<()> {
    let events = registry::events();
    let mut faults: Vec<String> = events.iter().filter_map(|event| event.as_ref().err().cloned()).collect();
    let events: Vec<Event> = events.into_iter().flatten().collect();
    faults.extend(registry::faults(&events));

    let generated = generated(&events);
    if !check && faults.is_empty() {
        for path in disk::write(root, &generated)? {
            println!("wrote {path}");
        }
    }
    let tree = disk::read(root)?;
    faults.extend(disk::faults(&generated, &tree));
    faults.extend(golden::faults(&events, &tree));
    if faults.is_empty() {
        println!("{} event types, every generated file is fresh", events.len());
        return Ok(());
    }
    bail!("{}", faults.join("\n"));
}

/// A file that follows from the code.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Generated {
    /// Relative to the repository.
    path: String,
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Always what the code says today.
    Derived,
    /// Written when missing, never changed.
    Golden,
}

fn generated(events: &[Event]) -> Vec<Generated> {
    let mut files = Vec::new();
    for event in events {
        files.push(Generated {
            path: schema::path(event.event_type, event.version),
            text: pretty(&event.schema),
            kind: Kind::Derived,
        });
        files.push(Generated {
            path: golden::path(event.event_type, event.version),
            text: pretty(&event.sample),
            kind: Kind::Golden,
        });
    }
    files.push(Generated {
        path: events_md::PATH.to_owned(),
        text: events_md::render(events),
        kind: Kind::Derived,
    });
    files.push(Generated {
        path: asyncapi::PATH.to_owned(),
        text: pretty(&asyncapi::render(events)),
        kind: Kind::Derived,
    });
    files
}

/// With sorted keys: their order in a map of `serde_json` depends on what else is built.
fn pretty(value: &serde_json::Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    format!("{sorted:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_fresh() {
        // The document of the API has a test of its own, in `api`, which needs no other program.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        super::events(root, true).unwrap();
    }
}
