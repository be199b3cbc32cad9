#![doc = include_str!("../README.md")]

mod node;
pub mod processes;
mod projector;
mod projectors;
mod rows;

pub use node::Node;
pub use processes::Processes;
pub use projector::Projector;
pub use projectors::Projectors;
