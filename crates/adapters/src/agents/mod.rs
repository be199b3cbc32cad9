//! What drives agents, inside of their sandboxes.

mod command;
mod output;

pub use command::CommandDriver;
