#![doc = include_str!("../README.md")]

use std::future::Future;
use std::pin::Pin;

pub mod agent;
pub mod embed;
pub mod git;
pub mod llm;
pub mod mail;
pub mod outside;
pub mod sandbox;

/// What a method of a port answers: a trait with `async fn` cannot stand behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
