//! What drives agents, inside of their sandboxes.

mod acp;
mod command;
mod group;
mod native;
mod output;
mod scripted;

pub use acp::AcpDriver;
pub use command::CommandDriver;
pub use native::NativeDriver;
pub use scripted::ScriptedDriver;
