#![doc = include_str!("../README.md")]

pub mod account;
mod child;
pub mod confine;
pub mod guard;
mod spawner;

pub use child::Child;
pub use spawner::{Launch, Pipes, Task};
