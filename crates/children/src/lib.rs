#![doc = include_str!("../README.md")]

pub mod account;
mod child;
#[cfg(target_os = "linux")]
pub mod confine;
pub mod guard;
#[cfg(target_os = "linux")]
mod keep;
mod spawner;
#[cfg(target_os = "linux")]
pub mod tree;

pub use child::Child;
pub use spawner::{Launch, Pipes, Task};
