#![doc = include_str!("../README.md")]

pub mod claude;
pub mod embeddings;
pub mod llm;
pub mod mcp;
pub mod oidc;
