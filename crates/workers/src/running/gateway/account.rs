//! What the calls of a run may cost together: the worst case of each is set aside before it is made, and given back but for what
//! it cost. Only the node that has the run's lease makes calls for it, so the account is kept here; the log holds each of its lines.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::Usd;

/// The account of a run.
#[derive(Clone, Debug)]
pub(super) struct Account(Arc<Mutex<Sums>>);

#[derive(Debug)]
struct Sums {
    budget: Usd,
    spent: Usd,
    reserved: Usd,
}

/// A call would be over the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the budget of this run is {budget}: {left} of it is left, and the call may cost {worst}; ask for a shorter answer, or start a run with a larger budget"
)]
pub(super) struct OverBudget {
    budget: Usd,
    left: Usd,
    worst: Usd,
}

/// What is set aside for a call, until it is settled; dropped before that, it stays aside.
#[derive(Debug)]
#[must_use]
pub(super) struct Reserved {
    account: Account,
    amount: Usd,
}

impl Account {
    pub(super) fn new(budget: Usd) -> Self {
        Self(Arc::new(Mutex::new(Sums { budget, spent: Usd::ZERO, reserved: Usd::ZERO })))
    }

    /// Sets the worst case of a call aside.
    pub(super) fn reserve(&self, worst: Usd) -> Result<Reserved, OverBudget> {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left =
            sums.budget.micros().saturating_sub(sums.spent.micros()).saturating_sub(sums.reserved.micros());
        if worst.micros() > left {
            let left = Usd::from_micros(left.max(0));
            return Err(OverBudget { budget: sums.budget, left, worst });
        }
        sums.reserved = Usd::from_micros(sums.reserved.micros() + worst.micros());
        Ok(Reserved { account: self.clone(), amount: worst })
    }
}

impl Reserved {
    /// What is set aside.
    pub(super) const fn amount(&self) -> Usd {
        self.amount
    }

    /// The call has cost this.
    pub(super) fn settle(self, cost: Usd) {
        let mut sums = self.account.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.reserved = Usd::from_micros(sums.reserved.micros() - self.amount.micros());
        sums.spent = Usd::from_micros(sums.spent.micros().saturating_add(cost.micros()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn usd(micros: i64) -> Usd {
        Usd::from_micros(micros)
    }

    #[test]
    fn what_is_set_aside_is_not_there_for_others() {
        let account = Account::new(usd(100));
        let first = account.reserve(usd(60)).unwrap();
        let refused = account.reserve(usd(60)).unwrap_err();
        assert_eq!(refused, OverBudget { budget: usd(100), left: usd(40), worst: usd(60) });
        first.settle(usd(10));
        account.reserve(usd(90)).unwrap().settle(usd(90));
        assert!(account.reserve(usd(1)).is_err());
        assert!(account.reserve(usd(0)).is_ok(), "what costs nothing is always there");
    }

    #[test]
    fn a_call_whose_end_nobody_heard_counts_as_dear() {
        let account = Account::new(usd(100));
        drop(account.reserve(usd(80)).unwrap());
        assert!(account.reserve(usd(21)).is_err());
    }

    #[test]
    fn what_was_spent_is_spent_also_beyond_the_budget() {
        let account = Account::new(usd(100));
        account.reserve(usd(50)).unwrap().settle(usd(200));
        assert!(account.reserve(usd(1)).is_err());
    }
}
