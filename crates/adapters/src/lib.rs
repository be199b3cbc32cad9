#![doc = include_str!("../README.md")]

pub mod agents;
pub mod embed;
pub mod git;
pub mod llm;
pub mod mail;
#[cfg(target_os = "linux")]
pub mod sandbox;

mod public_address;
