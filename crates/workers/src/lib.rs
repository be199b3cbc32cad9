#![doc = include_str!("../README.md")]

mod follower;
pub mod generations;
mod lags;
mod model;
mod node;
pub mod processes;
mod projector;
mod projectors;
mod rows;
mod traced;
mod waiting;

pub use generations::Generations;
pub use lags::{Lag, lags};
pub use node::Node;
pub use processes::Processes;
pub use projector::Projector;
pub use projectors::Projectors;
pub use waiting::{Waiting, parked, waiting};
