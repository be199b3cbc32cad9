//! The codes of the problems, for those who ask for one of them.

/// There are no tasks.
pub const EMPTY_PLAN: &str = "empty_plan";
/// There are no requirements.
pub const EMPTY_REQUIREMENTS: &str = "empty_requirements";
/// An imported plan has no requirements, so nothing can be covered.
pub const NO_REQUIREMENTS: &str = "no_requirements";
/// An id is not of the form of its kind.
pub const INVALID_ID: &str = "invalid_id";
/// Two things have the same id.
pub const DUPLICATE_ID: &str = "duplicate_id";
/// What is named does not exist.
pub const DANGLING_REFERENCE: &str = "dangling_reference";
/// Something waits for itself.
pub const CYCLE: &str = "cycle";
/// Tickets and tasks cannot both be done in their order.
pub const CONTRADICTING_ORDER: &str = "contradicting_order";
/// A task belongs to no ticket.
pub const TICKETLESS_TASK: &str = "ticketless_task";
/// A ticket has no task.
pub const EMPTY_TICKET: &str = "empty_ticket";
/// A ticket and a task do not agree on whether they belong together.
pub const MEMBERSHIP_MISMATCH: &str = "membership_mismatch";
/// No task meets a requirement.
pub const UNCOVERED_REQUIREMENT: &str = "uncovered_requirement";
/// Tasks meet some criteria of a requirement.
pub const PARTLY_COVERED_REQUIREMENT: &str = "partly_covered_requirement";
/// No task builds a component.
pub const UNCOVERED_COMPONENT: &str = "uncovered_component";
/// A task says no effort that can be.
pub const INVALID_EFFORT: &str = "invalid_effort";
/// Tasks of an imported plan say no hours.
pub const HOURS_ASSUMED: &str = "hours_assumed";
/// A title is no line that people can call a thing by.
pub const INVALID_TITLE: &str = "invalid_title";
/// A text is too long.
pub const INVALID_TEXT: &str = "invalid_text";
/// A criterion says nothing, or too much.
pub const INVALID_CRITERION: &str = "invalid_criterion";
/// A file is no path.
pub const INVALID_FILE: &str = "invalid_file";
/// A command is no command line.
pub const INVALID_COMMAND: &str = "invalid_command";
/// A task is about too many files.
pub const TOO_MANY_FILES: &str = "too_many_files";
/// A task has too many commands.
pub const TOO_MANY_COMMANDS: &str = "too_many_commands";
