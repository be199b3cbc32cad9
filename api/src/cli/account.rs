//! `omoi account`: who one is at a server: register, sign in and out, sessions, the password.

mod lines;
mod password;

use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use clap::Subcommand;
use kernel::Uuid;
use serde_json::json;

use self::lines::SignedIn;
use self::password::Typed;
use super::client::sign_ins::{SignIn, SignIns};
use super::client::{Connection, Failure, Method, Session, Writing, plain};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi account register --email ada@example.org --name 'Ada Lovelace'")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Register: a letter comes with a link, which `omoi account verify` takes.
    Register {
        /// Where you get mail.
        #[arg(long)]
        email: String,
        /// What you are called.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        password: Typed,
    },
    /// Follow the link of the letter, with the password that you chose, and be signed in.
    Verify {
        /// The link, or the token in it.
        link: String,
        #[command(flatten)]
        password: Typed,
    },
    /// Sign in; commands act as you at this server from then on.
    Login {
        /// Where you get mail.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: Typed,
    },
    /// Sign in by a link that `omoi up` or `omoi login-link` printed, once: as the owner of a local installation.
    ///
    /// The link is read from standard input, because other programs of the machine can read arguments:
    /// `omoi login-link | omoi account enter`.
    Enter,
    /// Sign out.
    Logout,
    /// Show who you are here, and what you may do.
    Show,
    /// Call yourself something else.
    Rename {
        /// What you are called from now on.
        name: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Change your password; your other sessions end.
    Password {
        #[command(flatten)]
        password: Typed,
    },
    /// Ask for a letter with which to choose another password.
    Forgot {
        /// Where you get mail.
        #[arg(long)]
        email: String,
    },
    /// Choose another password, by the link of the letter.
    Reset {
        /// The link, or the token in it.
        link: String,
        #[command(flatten)]
        password: Typed,
    },
    /// List your sessions.
    Sessions,
    /// End a session, or all but this one.
    #[command(group = clap::ArgGroup::new("which").required(true))]
    End {
        /// Its id, from `omoi account sessions`.
        #[arg(group = "which")]
        session: Option<Uuid>,
        /// All but this one.
        #[arg(long, group = "which")]
        others: bool,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let open = matches!(
        args.verb,
        Verb::Register { .. }
            | Verb::Verify { .. }
            | Verb::Login { .. }
            | Verb::Enter
            | Verb::Forgot { .. }
            | Verb::Reset { .. }
    );
    let work = async |session: &Session| args.verb.run(session).await;
    if open {
        Session::begin(&args.connection, work).await
    } else {
        Session::run(&args.connection, work).await
    }
}

impl Verb {
    async fn run(&self, session: &Session) -> Result<(), Failure> {
        let client = &session.client;
        let said = |line: String| session.out.lines(&[vec![plain(line)]]);
        match self {
            Self::Register { email, name, password } => {
                let password = password.chosen()?;
                let body = json!({ "email": email, "password": password, "display_name": name });
                let answer = client.ask("/auth/register", &body).await?;
                if session.out.json {
                    return session.out.raw([answer.body.trim()]);
                }
                said(format!("a letter is on its way to {email}; then: omoi account verify LINK"))
            }
            Self::Verify { link, password } => {
                let body = json!({ "token": token(link), "password": password.known()? });
                enter(session, &client.ask("/auth/verify", &body).await?)
            }
            Self::Login { email, password } => {
                let body = json!({ "email": email, "password": password.known()? });
                enter(session, &client.ask("/auth/login", &body).await?)
            }
            Self::Enter => {
                let body = json!({ "token": token(&piped_link()?) });
                enter(session, &client.ask("/auth/login-link", &body).await?)
            }
            Self::Logout => {
                must_be_person(session)?;
                client.ask("/auth/logout", &json!({})).await?;
                if let Some(mut sign_ins) = SignIns::of_user() {
                    sign_ins.keep(client.url(), None)?;
                }
                said("signed out".to_owned())
            }
            Self::Show => session.out.show(&client.read("/auth/me", None).await?, lines::me),
            Self::Rename { name, writing } => {
                let body = json!({ "display_name": name });
                let answer = session.write(Method::POST, "/auth/me", body, writing).await?;
                session.out.show(&answer, lines::done)
            }
            Self::Password { password } => {
                must_be_person(session)?;
                let (current, password) = password.both()?;
                let body = json!({ "current": current, "password": password });
                client.ask("/auth/password/change", &body).await?;
                said("your password is changed; your other sessions are over".to_owned())
            }
            Self::Forgot { email } => {
                client.ask("/auth/password/forgot", &json!({ "email": email })).await?;
                said(format!(
                    "if {email} has an account, a letter is on its way; then: omoi account reset LINK"
                ))
            }
            Self::Reset { link, password } => {
                let body = json!({ "token": token(link), "password": password.chosen()? });
                client.ask("/auth/password/reset", &body).await?;
                said("your password is changed; sign in with omoi account login".to_owned())
            }
            Self::Sessions => session.out.show(&client.read("/auth/sessions", None).await?, lines::sessions),
            Self::End { session: Some(id), .. } => {
                let path = format!("/auth/sessions/{id}");
                session.write(Method::DELETE, &path, json!({}), &Writing::default()).await?;
                said(format!("ended {id}"))
            }
            Self::End { session: None, .. } => {
                let answer = client.ask("/auth/sessions/end-others", &json!({})).await?;
                session.out.show(&answer, lines::ended)
            }
        }
    }
}

/// Keeps the tokens, and says who it is.
fn enter(session: &Session, answer: &super::client::Answer) -> Result<(), Failure> {
    let signed_in: SignedIn = answer.parse()?;
    let place = "neither HOME nor XDG_CONFIG_HOME is set, so there is no place to keep the sign-in";
    let mut sign_ins = SignIns::of_user().ok_or_else(|| Failure::local("no_home", place))?;
    let sign_in = SignIn {
        email: signed_in.user.email.clone(),
        access_token: signed_in.access_token.clone(),
        expires_at: signed_in.expires_at,
        refresh_token: signed_in.refresh_token.clone(),
    };
    sign_ins.keep(session.client.url(), Some(sign_in))?;
    if session.out.json {
        // Without what opens anything: it is kept, and need not be seen.
        let shown =
            json!({ "session": signed_in.session, "user": signed_in.user.id, "email": signed_in.user.email });
        return session.out.raw([shown.to_string().as_str()]);
    }
    session.out.lines(&lines::signed_in(&signed_in))
}

fn piped_link() -> Result<String, Failure> {
    let mut line = String::new();
    if std::io::stdin().is_terminal() {
        eprintln!("Paste the link that `omoi up` or `omoi login-link` printed:");
    }
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        Failure::local("no_link", format!("cannot read the link from standard input: {error}"))
    })?;
    Ok(line)
}

fn must_be_person(session: &Session) -> Result<(), Failure> {
    if session.client.is_session() {
        return Ok(());
    }
    let detail = format!("you are not signed in at {}; `omoi account login` does that", session.client.url());
    Err(Failure::local("not_signed_in", detail))
}

/// The token of a link; what is no link is the token itself.
pub(crate) fn token(link: &str) -> &str {
    link.rsplit_once("token=").map_or(link, |(_, token)| token).trim()
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn a_link_is_as_good_as_its_token() {
        for link in
            ["http://h/verify#token=omoi_verify_x", "http://h/verify?token=omoi_verify_x", " omoi_verify_x\n"]
        {
            assert_eq!(token(link), "omoi_verify_x");
        }
    }
}
