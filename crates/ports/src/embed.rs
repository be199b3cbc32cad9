//! Texts as directions in a space, in which those that mean the same lie close together.

use std::fmt;

use crate::BoxFuture;
use crate::llm::LlmError;

/// Turns texts into [`Embedding`]s. Those of two models, or of two numbers of dimensions, are never compared: keep both
/// beside each.
///
/// A second call costs what the first has cost, and answers the same.
pub trait Embedder: fmt::Debug + Send + Sync {
    /// Which model. It has another name when the same text would get another embedding.
    fn model(&self) -> &str;

    /// How many numbers each embedding has.
    fn dimensions(&self) -> usize;

    /// From which similarity on two texts are worth a warning that they may say the same. Every model has its own.
    fn near_duplicate_from(&self) -> f32;

    /// One embedding for each text, in order.
    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> BoxFuture<'a, Result<Embedded, LlmError>>;
}

/// What came of some texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// One for each text, in order.
    pub embeddings: Vec<Embedding>,
    /// What is paid for; 0 when it costs nothing.
    pub tokens: u64,
}

/// A direction: its length is 1.
#[derive(Clone, PartialEq)]
pub struct Embedding(Vec<f32>);

/// These numbers have no direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these numbers are no direction: they are all 0, or one is not finite")]
pub struct NoDirection;

impl Embedding {
    /// The direction of these numbers.
    ///
    /// # Errors
    /// When they have none.
    pub fn towards(mut numbers: Vec<f32>) -> Result<Self, NoDirection> {
        // In f64, so that it does not matter how large they are.
        let length = numbers.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
        if !length.is_finite() || length == 0.0 {
            return Err(NoDirection);
        }
        for number in &mut numbers {
            #[expect(clippy::cast_possible_truncation, reason = "a part of a length of 1 fits")]
            let part = (f64::from(*number) / length) as f32;
            *number = part;
        }
        Ok(Self(numbers))
    }

    /// Its numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }

    /// From -1 to 1: 1 is the same direction. 0 when the two are of different spaces.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        let products = self.0.iter().zip(&other.0).map(|(one, other)| f64::from(*one) * f64::from(*other));
        #[expect(clippy::cast_possible_truncation, reason = "it is from -1 to 1")]
        let cosine = products.sum::<f64>().clamp(-1.0, 1.0) as f32;
        cosine
    }
}

impl fmt::Debug for Embedding {
    /// Hundreds of numbers say nothing, and a little of what the text said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding({} dimensions)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_has_the_length_one() {
        let embedding = Embedding::towards(vec![3.0, 4.0]).unwrap();
        assert_eq!(embedding.as_slice(), [0.6, 0.8]);
        let huge = Embedding::towards(vec![f32::MAX, f32::MAX]).unwrap();
        assert!((huge.similarity(&huge) - 1.0).abs() < 1e-6);
        for none in [vec![], vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
            assert_eq!(Embedding::towards(none), Err(NoDirection));
        }
    }

    #[test]
    fn similar_is_what_points_the_same_way() {
        let to = |numbers: &[f32]| Embedding::towards(numbers.to_vec()).unwrap();
        assert_eq!(to(&[1.0, 0.0]).similarity(&to(&[5.0, 0.0])), 1.0);
        assert_eq!(to(&[1.0, 0.0]).similarity(&to(&[0.0, 1.0])), 0.0);
        assert_eq!(to(&[1.0, 0.0]).similarity(&to(&[-1.0, 0.0])), -1.0);
        assert_eq!(to(&[1.0, 0.0]).similarity(&to(&[1.0, 0.0, 0.0])), 0.0, "of another space");
        assert_eq!(format!("{:?}", to(&[1.0])), "Embedding(1 dimensions)");
    }
}
