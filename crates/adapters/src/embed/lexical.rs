//! Texts by their letters and words: no network, no model, the same on every machine. It finds what is worded alike, and
//! knows nothing of what words mean.

use std::collections::BTreeMap;
use std::future::ready;

use ports::BoxFuture;
use ports::embed::{Embedded, Embedder, Embedding};
use ports::llm::LlmError;

const MODEL: &str = "lexical-2";
const DIMENSIONS: usize = 384;

/// Found by `tests/it/embed/work.rs`, which holds it: of thresholds in steps of 0.01 the one with the best F1 over 40 pairs of
/// titles and half of the whole texts, a title with what it says. Of the half that nothing was chosen by, 16 of 19 warnings
/// are right, and 16 of 18 pairs are found. The README has the table.
const NEAR_DUPLICATE_FROM: f32 = 0.39;

/// Pieces of words have so many characters; they find what is bent, joined or misspelt, and so count for more than words.
const PIECE_CHARS: usize = 3;
const WORD_COUNTS: f64 = 0.5;
/// What every text has of its own: as much as a word or two. Of a title that is a good part, of a whole text it is next to
/// nothing, so that both are worth a warning from the same similarity on: two words in common say little.
const OWN_COUNTS: f64 = 4.0;

/// Words that say nothing of what a text is about.
const FILLERS: &[&str] = &[
    "a", "able", "about", "add", "after", "all", "allow", "already", "also", "an", "and", "any", "anyone",
    "are", "as", "at", "be", "before", "between", "both", "but", "by", "can", "could", "do", "each", "every",
    "for", "from", "get", "give", "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is",
    "it", "its", "let", "make", "may", "me", "more", "most", "must", "my", "need", "needed", "needs", "new",
    "no", "not", "of", "on", "once", "one", "only", "or", "other", "our", "people", "per", "set", "shall",
    "she", "should", "show", "so", "some", "somebody", "someone", "such", "support", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "to", "too", "two", "up", "us",
    "use", "user", "users", "via", "want", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "will", "with", "within", "without", "would", "you", "your",
];

/// Letters and words, hashed into 384 dimensions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lexical;

impl Lexical {
    /// The embedding of a text; one without letters and digits has the direction of nothing.
    #[must_use]
    pub fn of(text: &str) -> Embedding {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        let words = words(text);
        if !words.is_empty() {
            counts.insert(format!("t:{}", words.join(" ")), OWN_COUNTS);
        }
        for word in words {
            *counts.entry(format!("w:{word}")).or_default() += WORD_COUNTS;
            // Marks at both ends: how a word begins is more than what it holds.
            let marked: Vec<char> = format!("<{word}>").chars().collect();
            for piece in marked.windows(PIECE_CHARS) {
                let piece: String = piece.iter().collect();
                // So that a long word counts hardly more than a short one.
                *counts.entry(format!("p:{piece}")).or_default() += 1.0 / (marked.len() as f64).sqrt();
            }
        }
        let mut numbers = vec![0.0_f64; DIMENSIONS];
        for (feature, count) in &counts {
            let hash = fnv1a(feature.as_bytes());
            let place = usize::try_from(hash % DIMENSIONS as u64).expect("it is less than 384");
            // Half of what falls together takes away, so that it does not add up to a likeness.
            let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
            // A word that is said often is not what all is about. Unlike a logarithm, a root is the same everywhere.
            numbers[place] += sign * count.sqrt();
        }
        #[expect(clippy::cast_possible_truncation, reason = "f32 is what is kept")]
        let numbers = numbers.into_iter().map(|number| number as f32).collect();
        Embedding::towards(numbers).unwrap_or_else(|_| nothing())
    }
}

impl Embedder for Lexical {
    fn model(&self) -> &str {
        MODEL
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn near_duplicate_from(&self) -> f32 {
        NEAR_DUPLICATE_FROM
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> BoxFuture<'a, Result<Embedded, LlmError>> {
        let embeddings = texts.iter().map(|text| Self::of(text)).collect();
        Box::pin(ready(Ok(Embedded { embeddings, tokens: 0 })))
    }
}

fn nothing() -> Embedding {
    let mut numbers = vec![0.0; DIMENSIONS];
    numbers[0] = 1.0;
    Embedding::towards(numbers).expect("one of them is 1")
}

/// In lower case, with `camelCase` taken apart; fillers only where there is nothing else.
fn words(text: &str) -> Vec<String> {
    let mut apart = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            apart.push(' ');
        }
        apart.push(c);
        before = c;
    }
    let lower = apart.to_lowercase();
    let all = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (fillers, telling): (Vec<_>, Vec<_>) =
        all.map(str::to_owned).partition(|word| FILLERS.contains(&word.as_str()));
    if telling.is_empty() { fillers } else { telling }
}

/// FNV-1a with 64 bits, and a stir at the end: its lowest bits depend on little.
fn fnv1a(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept in databases must not change under them: another number here needs another name of the model.
    #[test]
    fn the_same_text_has_the_same_embedding_on_every_machine() {
        let embedding = Lexical::of("Send invoices by e-mail: größe, 請求書, camelCase");
        let places: Vec<_> = embedding.as_slice().iter().enumerate().filter(|(_, n)| **n != 0.0).collect();
        let digest = embedding.as_slice().iter().flat_map(|number| number.to_bits().to_be_bytes());
        let digest = fnv1a(&digest.collect::<Vec<u8>>());
        assert_eq!((places.len(), digest), (42, 0xefb1_708b_2fe7_d416));
    }

    #[test]
    fn how_a_text_is_written_does_not_matter() {
        let same =
            |one: &str, other: &str| (Lexical::of(one).similarity(&Lexical::of(other)) - 1.0).abs() < 1e-6;
        assert!(same("Send the invoices", "send invoices!"));
        assert!(same("SendInvoices", "send_invoices"));
        assert!(!same("send invoices", "pay invoices"));
    }

    #[test]
    fn what_little_texts_have_in_common_says_less_than_what_long_ones_have() {
        let like = |one: &str, other: &str| Lexical::of(one).similarity(&Lexical::of(other));
        let (one, other) = ("retry failed webhooks", "sign failed webhooks");
        let long =
            |own: &str| format!("{own} failed webhooks {}", "backoff queue partner signature ".repeat(4));
        assert!(like(one, other) < 0.7, "{}", like(one, other));
        assert!(like(&long("retry"), &long("sign")) > 0.8);
    }

    #[test]
    fn a_text_of_nothing_is_like_nothing_else() {
        for text in ["", "  ", "!?", "🙂"] {
            assert_eq!(Lexical::of(text), nothing(), "{text}");
        }
        assert_ne!(Lexical::of("the"), nothing());
        assert!(Lexical::of("send invoices").similarity(&nothing()).abs() < 0.2);
    }
}
