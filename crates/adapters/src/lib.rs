#![doc = include_str!("../README.md")]

pub mod agents;
pub mod embed;
pub mod git;
pub mod llm;
pub mod mail;
pub mod outside;
#[cfg(target_os = "linux")]
pub mod sandbox;
#[cfg(not(target_os = "linux"))]
#[path = "sandbox/elsewhere.rs"]
pub mod sandbox;

mod public_address;
