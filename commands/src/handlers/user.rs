//! People: an address belongs to whoever proved to read mail there, and an account elsewhere to one person.

use eventstore::Guard;
use identity::user::{Command, Event, User};
use vocabulary::{AccountHash, AddressHash, Slug};

use super::{Handled, Site};
use crate::Permission;

impl Handled for User {
    type Rules = ();

    fn permission(_: &Command) -> Permission {
        Permission::OperateInstallation
    }

    fn guards(&self, site: &Site<'_, ()>, events: &[Event]) -> Vec<Guard> {
        let holder = site.id.to_string();
        let known = self.account();
        let mut guards = Vec::new();
        for event in events {
            match event {
                Event::EmailVerified { address, .. } => {
                    if let Some(before) =
                        known.map(|account| account.address).filter(|before| before != address)
                    {
                        guards.push(vacated_address(before, &holder));
                    }
                    let (scope, key) = (ADDRESS.to_owned(), address.to_string());
                    guards.push(Guard::Unique { scope, key, holder: holder.clone() });
                }
                Event::OauthLinked { provider, account } => {
                    let before = known.and_then(|known| known.oauth.get(provider));
                    if let Some(before) = before.filter(|before| *before != account) {
                        guards.push(vacated_account(provider, *before, &holder));
                    }
                    let (scope, key) = (of_provider(provider), account.to_string());
                    guards.push(Guard::Unique { scope, key, holder: holder.clone() });
                }
                Event::Erased => {
                    let Some(known) = known else { continue };
                    guards.push(vacated_address(known.address, &holder));
                    let accounts = known.oauth.iter();
                    guards.extend(
                        accounts.map(|(provider, account)| vacated_account(provider, *account, &holder)),
                    );
                }
                Event::Registered { .. }
                | Event::PasswordChanged
                | Event::ProfileChanged { .. }
                | Event::Disabled
                | Event::Enabled => {}
            }
        }
        guards
    }
}

const ADDRESS: &str = "address";

fn of_provider(provider: &Slug) -> String {
    format!("account/{provider}")
}

fn vacated_address(address: AddressHash, holder: &str) -> Guard {
    Guard::Vacate { scope: ADDRESS.to_owned(), key: address.to_string(), holder: holder.to_owned() }
}

fn vacated_account(provider: &Slug, account: AccountHash, holder: &str) -> Guard {
    Guard::Vacate { scope: of_provider(provider), key: account.to_string(), holder: holder.to_owned() }
}
