//! The context of execution: what models and agents are asked, what they do, what it costs, and what comes of it.
//!
//! Five aggregates: [`agent`], a profile and how it does; [`repository`], where the work comes from and goes to; [`run`], one attempt of
//! an agent at a task, with its decisions; [`merge`], in which finished work comes together; and [`trajectory`], all that was seen of
//! a run, or of an attempt at a phase of planning: much of it, and hardly anything decided.

pub mod agent;
pub mod checked;
pub mod content;
pub mod merge;
pub mod repository;
pub mod run;
pub mod trajectory;
