#![doc = include_str!("../README.md")]

mod dispatcher;
mod error;
pub mod handlers;
mod intent;
mod slots;

pub use dispatcher::{Dispatcher, Receipt};
pub use error::CommandError;
pub use handlers::Handled;
pub use intent::Intent;
