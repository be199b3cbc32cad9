//! Texts as directions: by letters and words, and by a server that is played.

mod near_duplicates;
mod server;
