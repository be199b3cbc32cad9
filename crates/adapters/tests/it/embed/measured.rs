//! What a threshold is worth: of the warnings how many are right, and of what is the same how much is warned of.

/// Counts at one threshold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) right: usize,
    pub(super) warned: usize,
    pub(super) same: usize,
}

impl Measured {
    /// Of these similarities, each with whether the two texts ask for the same.
    pub(super) fn at(threshold: f32, compared: &[(f32, bool)]) -> Self {
        let warned = || compared.iter().filter(|(similarity, _)| *similarity >= threshold);
        Self {
            right: warned().filter(|(_, same)| *same).count(),
            warned: warned().count(),
            same: compared.iter().filter(|(_, same)| *same).count(),
        }
    }

    pub(super) fn precision(self) -> f64 {
        share(self.right, self.warned)
    }

    pub(super) fn recall(self) -> f64 {
        share(self.right, self.same)
    }

    pub(super) fn f1(self) -> f64 {
        share(2 * self.right, self.warned + self.same)
    }
}

#[expect(clippy::cast_precision_loss, reason = "they are hundreds")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
