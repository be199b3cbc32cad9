//! The providers are as strict as they claim: what a careless client sends is refused.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

mod authorize;
mod github;
mod llm;
mod stage;
mod token;
