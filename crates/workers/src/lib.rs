#![doc = include_str!("../README.md")]

mod embedding;
mod follower;
pub mod generations;
mod lags;
mod log_source;
pub mod merging;
mod model;
mod node;
pub mod planning;
pub mod processes;
mod projector;
mod projectors;
mod relaying;
mod rows;
pub mod running;
mod traced;
mod waiting;

pub use embedding::Embeddings;
pub use generations::Generations;
pub use lags::{Lag, lag_of_bus, lags};
pub use log_source::LogSource;
pub use merging::Merger;
pub use node::Node;
pub use planning::Planner;
pub use processes::{Hands, Processes};
pub use projector::Projector;
pub use projectors::Projectors;
pub use relaying::Relaying;
pub use running::{Runner, Scheduler};
pub use waiting::{Waiting, parked, waiting};
