//! What drives agents, inside of their sandboxes.

mod command;
mod group;
mod native;
mod output;
mod scripted;

pub use command::CommandDriver;
pub use native::NativeDriver;
pub use scripted::ScriptedDriver;
