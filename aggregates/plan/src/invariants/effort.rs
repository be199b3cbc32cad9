//! A task takes more than no time, and less than five years.

use vocabulary::Hours;

use super::{Checked, code};
use crate::phases::Tasks;
use crate::{Problem, Writer, names};

pub(super) fn check(tasks: &Tasks, writer: Writer, found: &mut Checked) {
    let mut assumed = Vec::new();
    for (index, task) in tasks.tasks.iter().enumerate() {
        let name = names::of("tasks", index, &task.id);
        match (task.estimated_hours, writer) {
            (Some(hours), _) => {
                if let Err(reason) = Hours::from_hours(hours) {
                    let message = format!("{name} takes {hours} hours: {reason}");
                    found.veto(Problem::new(code::INVALID_EFFORT, message).about(name));
                }
            }
            (None, Writer::Model) => {
                let message = format!("{name} says no hours: estimate it in estimated_hours");
                found.veto(Problem::new(code::INVALID_EFFORT, message).about(name));
            }
            (None, Writer::Imported) => assumed.push(name),
        }
    }
    if !assumed.is_empty() {
        let message = format!(
            "{} of {} tasks say no hours; one hour is assumed for each: {}",
            assumed.len(),
            tasks.tasks.len(),
            names::list(&assumed)
        );
        found.issue(Problem::new(code::HOURS_ASSUMED, message));
    }
}
