//! What a provider means by an error. RFC 6749 (4.1.2.1, 5.2), OpenID Connect Core (3.1.2.6), and GitHub's own list.

use crate::{Flaw, OauthError, Outage, Refusal, Setting};

/// In the redirect, where anybody can write anything: what is not known is not believed.
pub(crate) fn in_redirect(error: &str) -> OauthError {
    match error {
        "access_denied" => OauthError::Refused(Refusal::Denied),
        "login_required" | "interaction_required" | "account_selection_required" | "consent_required" => {
            OauthError::Refused(Refusal::Interaction)
        }
        _ => shared(error).unwrap_or_else(|| Flaw::UnknownError.into()),
    }
}

/// At the token endpoint.
pub(crate) fn for_a_token(error: &str) -> OauthError {
    match error {
        "invalid_grant" | "bad_verification_code" => Flaw::Code.into(),
        "unverified_user_email" => OauthError::Refused(Refusal::UnverifiedThere),
        "access_denied" => OauthError::Refused(Refusal::Denied),
        _ => shared(error).unwrap_or_else(|| Flaw::Unreadable.into()),
    }
}

fn shared(error: &str) -> Option<OauthError> {
    Some(match error {
        "temporarily_unavailable" | "server_error" | "slow_down" => OauthError::Away(Outage::Said),
        "invalid_client"
        | "unauthorized_client"
        | "incorrect_client_credentials"
        | "application_suspended" => Setting::ClientRefused.into(),
        "redirect_uri_mismatch" => Setting::RedirectUriRefused.into(),
        "invalid_request"
        | "invalid_scope"
        | "unsupported_response_type"
        | "unsupported_grant_type"
        | "request_not_supported" => Setting::RequestRefused.into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_means_one_thing() {
        let table = [
            ("access_denied", "oauth_refused_denied", "oauth_refused_denied"),
            ("login_required", "oauth_refused_interaction", "oauth_invalid_unreadable"),
            ("unverified_user_email", "oauth_invalid_unknown_error", "oauth_refused_unverified_there"),
            ("invalid_grant", "oauth_invalid_unknown_error", "oauth_invalid_code"),
            ("bad_verification_code", "oauth_invalid_unknown_error", "oauth_invalid_code"),
            ("server_error", "oauth_away", "oauth_away"),
            ("temporarily_unavailable", "oauth_away", "oauth_away"),
            ("invalid_client", "oauth_misconfigured_client_refused", "oauth_misconfigured_client_refused"),
            (
                "application_suspended",
                "oauth_misconfigured_client_refused",
                "oauth_misconfigured_client_refused",
            ),
            (
                "redirect_uri_mismatch",
                "oauth_misconfigured_redirect_uri_refused",
                "oauth_misconfigured_redirect_uri_refused",
            ),
            ("invalid_scope", "oauth_misconfigured_request_refused", "oauth_misconfigured_request_refused"),
            ("", "oauth_invalid_unknown_error", "oauth_invalid_unreadable"),
            ("Access_Denied", "oauth_invalid_unknown_error", "oauth_invalid_unreadable"),
        ];
        for (error, redirect, token) in table {
            assert_eq!((in_redirect(error).code(), for_a_token(error).code()), (redirect, token), "{error}");
        }
    }

    #[test]
    fn what_is_said_is_not_repeated() {
        let error = in_redirect("<script>alert('tell your password to evil.example')</script>");
        assert!(!format!("{error} {error:?}").contains("script"), "{error}");
    }
}
