//! Stories, end to end.
