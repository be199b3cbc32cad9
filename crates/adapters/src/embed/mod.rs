//! Texts as directions: by a server that speaks OpenAI's format, or by their letters and words alone.

mod lexical;
mod openai;

pub use lexical::Lexical;
pub use openai::{OpenAiEmbedder, OpenAiEmbedderOptions};
