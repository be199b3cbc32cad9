//! Repositories: whoever may change projects has linked them; a process writes down what became of that.

use eventstore::Guard;
use execution::repository::{Command, Event, Repository};

use super::{Handled, Site};
use crate::Permission;

impl Handled for Repository {
    type Rules = ();

    fn permission(_: &Command) -> Permission {
        Permission::WriteProjects
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}
