//! All faults of the settings, told at once.

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error("the settings have faults:{}", .faults.iter().map(|fault| format!("\n  {fault}")).collect::<String>())]
pub(crate) struct ConfigError {
    /// One line each: which setting, what is wrong, where it came from.
    pub(crate) faults: Vec<String>,
}

/// Collects faults while the settings are read.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn add(&mut self, fault: String) {
        self.0.push(fault);
    }

    pub(super) fn none(self) -> Result<(), ConfigError> {
        if self.0.is_empty() { Ok(()) } else { Err(ConfigError { faults: self.0 }) }
    }
}
