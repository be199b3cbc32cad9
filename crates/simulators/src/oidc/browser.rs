//! The browser between client and provider, as far as a test needs one.

use std::sync::OnceLock;

use reqwest::{Client, Url, header::LOCATION, redirect::Policy};

/// Where a provider sent the browser, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The address without its query.
    pub to: String,
    /// What buys a token.
    pub code: Option<String>,
    /// What the client gave along.
    pub state: Option<String>,
    /// Who says to have answered (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// The provider did not send the browser back.
#[derive(Debug, thiserror::Error)]
pub enum NoRedirect {
    /// It answered with a page.
    #[error("the provider answered {status} and no redirect: {text}")]
    Page {
        /// The status of the page.
        status: u16,
        /// What it says.
        text: String,
    },
    /// There was no answer.
    #[error("the provider did not answer: is it still running?")]
    Silent(#[source] reqwest::Error),
}

/// Opens the address as a browser does and says where it was sent. It does not follow: the client of the test is not a
/// server.
///
/// # Errors
/// When it was not sent anywhere.
pub async fn go(url: &str) -> Result<Redirect, NoRedirect> {
    let answer = browser()?.get(url).send().await.map_err(NoRedirect::Silent)?;
    let status = answer.status();
    let to =
        answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| Url::parse(to).ok());
    let Some(mut to) = to.filter(|_| status.is_redirection()) else {
        let text = answer.text().await.unwrap_or_default();
        return Err(NoRedirect::Page { status: status.as_u16(), text });
    };
    let given: Vec<(String, String)> = to.query_pairs().into_owned().collect();
    let param = |name: &str| given.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let (code, state, iss, error) = (param("code"), param("state"), param("iss"), param("error"));
    to.set_query(None);
    Ok(Redirect { to: to.into(), code, state, iss, error })
}

/// One for all tests of a program: making one may read every root certificate of the machine. It keeps no connection,
/// because a connection ends with the runtime of its test.
fn browser() -> Result<&'static Client, NoRedirect> {
    static BROWSER: OnceLock<Client> = OnceLock::new();
    if let Some(browser) = BROWSER.get() {
        return Ok(browser);
    }
    let made = Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build();
    let made = made.map_err(NoRedirect::Silent)?;
    Ok(BROWSER.get_or_init(|| made))
}
