//! The context of the work itself: what is to be done and how far it is.
//!
//! One module per aggregate; none uses another. Today: [`project`], the container everything else belongs to.

pub mod project;
