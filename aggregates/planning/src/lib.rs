//! The context of planning: from an idea, or a plan somebody brings along, to work that can be done.
//!
//! One aggregate, [`spec`]: a feature on its way through the phases. What the phases write and how it is judged is the
//! crate `plan`.

pub mod spec;
