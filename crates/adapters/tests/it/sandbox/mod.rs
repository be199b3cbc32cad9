//! Programs in sandboxes: what they are given, what they cannot do, and that they end.

mod lab;
mod lifecycle;
