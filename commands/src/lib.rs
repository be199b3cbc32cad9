#![doc = include_str!("../README.md")]

mod dispatcher;
mod error;
pub mod handlers;
mod intent;
mod slots;
mod step;

pub use dispatcher::{Dispatcher, Receipt};
pub use error::CommandError;
pub use handlers::{Handled, Site};
pub use intent::Intent;
pub use step::Step;
