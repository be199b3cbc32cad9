//! Where the platform's own tools are: a server of the Model Context Protocol, on the way that the worker holds open.

use ports::agent::Assignment;

/// What agents are told that it is called; they put it before the names of its tools.
pub(super) const SERVER: &str = "omoi";
/// How it is told that an agent works without them.
pub(super) const NO_TOOLS: &str = "no_tools";

/// Its address.
pub(super) fn tools_at(assignment: &Assignment) -> String {
    format!("{}/mcp", assignment.platform.trim_end_matches('/'))
}
