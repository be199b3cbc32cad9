//! The context of planning.
