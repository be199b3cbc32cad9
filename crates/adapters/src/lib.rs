#![doc = include_str!("../README.md")]

pub mod embed;
pub mod git;
pub mod llm;
pub mod mail;

mod public_address;
