//! A plan as content: what the phases of planning write, read and judged. Pure; who wrote it and when is the story of
//! the aggregate `spec` in `planning`.
//!
//! - [`phases`] the output of each phase, as a model or a person writes it
//! - [`Plan`] a whole plan, as it is imported and exported
//! - [`Verdict`], [`Score`] what a judge says of an output
//! - [`Problem`] what is wrong with a plan, and where

mod lenient;
pub mod phases;
mod plan;
mod problem;
mod score;
pub mod verdict;

pub use phases::Phase;
pub use plan::{Plan, Writer};
pub use problem::{Place, Problem};
pub use score::{InvalidScore, Score};
pub use verdict::Verdict;
