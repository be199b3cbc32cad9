#![doc = include_str!("../README.md")]

pub mod llm;
pub mod oidc;
