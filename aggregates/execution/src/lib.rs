//! The context of execution: what models and agents are asked, what they do, and what it costs.
//!
//! One aggregate so far, [`trajectory`]: the calls to a model that one attempt at a phase of planning makes.

pub mod trajectory;
