//! Agents: who may start runs may say whether an agent is trusted.

use eventstore::Guard;
use execution::agent::{Agent, Command, Event};

use super::{Handled, Site};
use crate::Permission;

impl Handled for Agent {
    type Rules = ();

    fn permission(_: &Command) -> Permission {
        Permission::WriteRuns
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}
