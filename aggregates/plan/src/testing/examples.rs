//! One small feature, as a model that does all that is asked of it writes it: `corpus/outputs`.

use serde_json::Value;

use crate::phases::{Design, Explore, Prd, Requirements, Tasks};
use crate::read::Output;
use crate::{Phase, Plan};

/// The output of `phase` as text; nothing for `sync`, which is computed.
#[must_use]
pub const fn text(phase: Phase) -> &'static str {
    match phase {
        Phase::Explore => include_str!("../../corpus/outputs/explore.json"),
        Phase::Prd => include_str!("../../corpus/outputs/prd.json"),
        Phase::Requirements => include_str!("../../corpus/outputs/requirements.json"),
        Phase::Design => include_str!("../../corpus/outputs/design.json"),
        Phase::Tasks => include_str!("../../corpus/outputs/tasks.json"),
        Phase::Sync => "",
    }
}

/// The same as JSON.
///
/// # Panics
/// For `sync`.
#[must_use]
pub fn json(phase: Phase) -> Value {
    serde_json::from_str(text(phase)).expect("an example is JSON")
}

/// The output of `phase` as it is read.
///
/// # Panics
/// For `sync`.
#[must_use]
pub fn output(phase: Phase) -> Output {
    Output::read(phase, text(phase)).expect("an example is read")
}

/// What is there already.
#[must_use]
pub fn explore() -> Explore {
    let Output::Explore(explore) = output(Phase::Explore) else { unreachable!("read as explore") };
    *explore
}

/// What is wanted.
#[must_use]
pub fn prd() -> Prd {
    let Output::Prd(prd) = output(Phase::Prd) else { unreachable!("read as prd") };
    *prd
}

/// What must hold.
#[must_use]
pub fn requirements() -> Requirements {
    let Output::Requirements(requirements) = output(Phase::Requirements) else {
        unreachable!("read as requirements")
    };
    *requirements
}

/// How it is built.
#[must_use]
pub fn design() -> Design {
    let Output::Design(design) = output(Phase::Design) else { unreachable!("read as design") };
    *design
}

/// In which steps.
#[must_use]
pub fn tasks() -> Tasks {
    let Output::Tasks(tasks) = output(Phase::Tasks) else { unreachable!("read as tasks") };
    *tasks
}

/// The three of them as a plan.
#[must_use]
pub fn plan() -> Plan {
    Plan {
        title: "Saved filters".to_owned(),
        overview: String::new(),
        requirements: requirements(),
        design: Some(design()),
        tasks: tasks(),
    }
}
