//! Plans to test with: an example of each phase, and any valid plan at all.

pub mod examples;
mod plans;

pub use plans::valid_plan;
