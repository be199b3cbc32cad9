//! What the server remembers: rules, requests, and how often a body came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::asked::{Asked, Wire};
use super::fault::{self, Fault};
use super::planner;
use super::recording::Exchange;
use super::rule::Rule;
use super::script::Script;
use super::serve::Request;

pub(super) struct Server {
    inner: Mutex<Inner>,
    under_way: watch::Sender<usize>,
    answered: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    rules: Vec<Rule>,
    /// By the rule and the body, or what else makes two requests one question.
    counts: HashMap<(usize, String), u32>,
    requests: Vec<Request>,
    exchanges: Vec<Exchange>,
}

/// What is done about a request.
pub(super) struct Matched {
    pub(super) rule: Rule,
    pub(super) fault: Option<Fault>,
}

impl Server {
    pub(super) fn new(script: Script) -> Self {
        let inner = Inner { rules: script.rules, ..Inner::default() };
        Self { inner: Mutex::new(inner), under_way: watch::Sender::new(0), answered: watch::Sender::new(()) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing here is half done when a test panics in the middle.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, rule: Rule) {
        self.inner().rules.push(rule);
    }

    pub(super) fn replace(&self, script: Script) {
        let mut inner = self.inner();
        inner.rules = script.rules;
        inner.counts.clear();
    }

    pub(super) fn record(&self, request: Request) {
        self.inner().requests.push(request);
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.inner().requests.clone()
    }

    pub(super) fn record_exchange(&self, exchange: Exchange) {
        self.inner().exchanges.push(exchange);
        self.answered.send_replace(());
    }

    /// What was answered since this was last called, once there is something; all requests so far are forgotten.
    pub(super) async fn take_exchanges(&self) -> Vec<Exchange> {
        let mut answered = self.answered.subscribe();
        loop {
            answered.borrow_and_update();
            {
                let mut inner = self.inner();
                if !inner.exchanges.is_empty() {
                    inner.requests.clear();
                    return std::mem::take(&mut inner.exchanges);
                }
            }
            answered.changed().await.expect("the sender is ours");
        }
    }

    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.inner().exchanges.clone()
    }

    /// The first rule that is for this, or why none is.
    pub(super) fn find(&self, wire: Wire, asked: &Asked, body_digest: &str) -> Result<Matched, String> {
        let mut inner = self.inner();
        let mut tried = Vec::new();
        for (index, rule) in inner.rules.iter().enumerate() {
            match rule.when.mismatch(wire, asked) {
                None => {
                    let rule = rule.clone();
                    let question = rule.reply.plans.then(|| planner::question(asked)).flatten();
                    let question = question.unwrap_or_else(|| body_digest.to_owned());
                    let count = inner.counts.entry((index, question)).or_default();
                    let fault = fault::nth(&rule.faults, *count).cloned();
                    *count += 1;
                    return Ok(Matched { rule, fault });
                }
                Some(why) => tried.push(format!("`{}`: {why}", rule.name)),
            }
        }
        let tried = if tried.is_empty() { "there are none".to_owned() } else { tried.join("; ") };
        Err(format!("no rule of the script is for this request (digest {}): {tried}", asked.digest()))
    }

    /// Counts an answer as under way until this is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        self.under_way.send_modify(|count| *count += 1);
        UnderWay(Arc::clone(self))
    }

    pub(super) async fn quiet(&self) {
        self.busy(0).await;
    }

    pub(super) async fn busy(&self, answers: usize) {
        let mut under_way = self.under_way.subscribe();
        under_way.wait_for(|count| *count == answers).await.expect("the sender is ours");
    }
}

pub(super) struct UnderWay(Arc<Server>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.send_modify(|count| *count -= 1);
    }
}
