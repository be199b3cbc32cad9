//! What drives agents, with agents that are played and with real ones.

mod acp;
mod claude;
mod native;
