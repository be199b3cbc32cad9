//! What drives agents, inside of their sandboxes.

mod command;
mod output;
mod scripted;

pub use command::CommandDriver;
pub use scripted::ScriptedDriver;
