use identity::user::{Command, Event, User};
use vocabulary::{AccountHash, AddressHash, Sealed};

use super::super::event::{self, Lane, Registration};
use super::Published;

pub(super) fn events() -> Published {
    let registered =
        |event_type, history, command| Registration { event_type, history, command, lane: Lane::Events };

    event::of::<User>(vec![
        registered(
            "user.registered",
            vec![],
            Command::Register { display_name: sealed(NAME), email: sealed(EMAIL), address: address() },
        ),
        registered(
            "user.email_verified",
            vec![known()],
            Command::VerifyEmail { address: address(), email: sealed(EMAIL) },
        ),
        registered("user.password_changed", vec![known()], Command::ChangePassword),
        registered(
            "user.profile_changed",
            vec![known()],
            Command::ChangeProfile { display_name: sealed(EMAIL) },
        ),
        registered(
            "user.oauth_linked",
            vec![known()],
            Command::LinkOauth {
                provider: "github".parse().expect("a literal that is a slug"),
                account: AccountHash::new([0xa5; 32]),
            },
        ),
        registered("user.disabled", vec![known()], Command::Disable),
        registered("user.enabled", vec![known(), Event::Disabled], Command::Enable),
        registered("user.erased", vec![known()], Command::Erase),
    ])
}

const NAME: &str = "AUJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC";
const EMAIL: &str = "AUNDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0ND";

fn known() -> Event {
    Event::Registered { display_name: sealed(NAME), email: sealed(EMAIL), address: address() }
}

fn address() -> AddressHash {
    AddressHash::new([0x5a; 32])
}

fn sealed(text: &str) -> Sealed {
    Sealed::new(text).expect("a literal in Base64")
}
