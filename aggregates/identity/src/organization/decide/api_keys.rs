//! Keys, as facts of the organization.

use kernel::Timestamp;

use super::members::role_of;
use super::{Decision, ends_in_time};
use crate::organization::{ApiKey, ApiKeyId, Event, KeyGrant, Profile, Rejection, Revocation};

/// How long a key may live. Source: the original's 1 to 365 days; the edge proposes less.
pub const MAX_KEY_DAYS: u16 = 365;
/// How many keys a member may have that nobody revoked. Who leaves takes them all along in one decision, which
/// has to stay small.
pub const MAX_KEYS_OF_MEMBER: usize = 100;

pub(super) fn issue(profile: &Profile, key: ApiKeyId, grant: KeyGrant, at: Timestamp) -> Decision {
    let maker = grant.maker;
    role_of(profile, maker)?;
    match profile.api_keys.get(&key) {
        Some(ApiKey::Live(known)) if *known == grant => return Ok(Vec::new()),
        Some(_) => return Err(Rejection::ApiKeyExists { key }),
        None => {}
    }
    ends_in_time(at, grant.expires_at, MAX_KEY_DAYS)?;
    if profile.live_keys_of(maker).count() >= MAX_KEYS_OF_MEMBER {
        return Err(Rejection::TooManyApiKeys { maker, max: MAX_KEYS_OF_MEMBER });
    }
    let KeyGrant { name, holder, scopes, maker, expires_at } = grant;
    Ok(vec![Event::ApiKeyIssued { key, name, holder, scopes, maker, expires_at }])
}

pub(super) fn revoke(profile: &Profile, key: ApiKeyId) -> Decision {
    match profile.api_keys.get(&key) {
        Some(ApiKey::Live(_)) => Ok(vec![Event::ApiKeyRevoked { key, reason: Revocation::Requested }]),
        Some(ApiKey::Revoked) => Ok(Vec::new()),
        None => Err(Rejection::UnknownApiKey { key }),
    }
}
