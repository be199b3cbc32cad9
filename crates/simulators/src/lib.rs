#![doc = include_str!("../README.md")]

pub mod embeddings;
pub mod llm;
pub mod oidc;
