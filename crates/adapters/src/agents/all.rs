//! Every driver that there is.

use std::sync::Arc;

use ports::agent::AgentDriver;

use super::{AcpDriver, ClaudeDriver, CommandDriver, NativeDriver, ScriptedDriver};

/// What drives agents: each by the name that profiles call it.
#[must_use]
pub fn drivers() -> Vec<Arc<dyn AgentDriver>> {
    vec![
        Arc::new(CommandDriver),
        Arc::new(ScriptedDriver),
        Arc::new(NativeDriver::new()),
        Arc::new(AcpDriver::new()),
        Arc::new(ClaudeDriver::new()),
    ]
}
