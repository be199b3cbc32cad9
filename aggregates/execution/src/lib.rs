//! The context of execution: what models and agents are asked, what they do, what it costs, and what comes of it.
//!
//! Three aggregates: [`agent`], a profile and how it does; [`run`], one attempt of an agent at a task, with its decisions; and [`trajectory`], all that was seen of a
//! run, or of an attempt at a phase of planning: much of it, and hardly anything decided.

pub mod agent;
pub mod content;
pub mod run;
pub mod trajectory;
