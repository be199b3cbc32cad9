//! What drives agents, inside of their sandboxes.

mod acp;
mod all;
mod claude;
mod command;
mod group;
mod native;
mod output;
mod platform;
mod profile;
mod program;
mod scripted;
mod steers;
mod version;
mod voice;

pub use acp::AcpDriver;
pub use all::drivers;
pub use claude::ClaudeDriver;
pub use command::CommandDriver;
pub use native::NativeDriver;
pub use scripted::ScriptedDriver;
pub use version::{is_version, version_of};
