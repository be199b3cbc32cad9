//! Sign-ins by a provider that is a program of its own and speaks HTTP.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

mod a_code_works_once;
mod a_person_signs_in;
mod browsers_are_not_mixed_up;
mod every_fault_has_its_row;
mod issuers_name_themselves;
mod keys_rotate;
mod nothing_comes_twice;
mod only_s256_is_sent;
mod operators_are_told;
mod redirects_are_exact;
mod secrets_stay_secret;
mod stage;
mod what_is_known_is_not_asked_again;
