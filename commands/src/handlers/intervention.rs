//! Interventions: whoever may steer runs has asked for them; a process writes them down.

use eventstore::Guard;
use oversight::intervention::{Command, Event, Intervention};

use super::{Handled, Site};
use crate::Permission;

impl Handled for Intervention {
    type Rules = ();

    fn permission(_: &Command) -> Permission {
        Permission::WriteRuns
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}
