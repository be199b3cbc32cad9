//! Agents that speak the Agent Client Protocol: played ones for what agents do and should not do, and a real one.

mod acts;
mod bad;
mod given;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod opencode;
mod orders;
mod stage;
