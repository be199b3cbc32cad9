//! Texts as directions: by letters and words, and by a server that is played.

mod measured;
mod near_duplicates;
mod server;
mod work;
