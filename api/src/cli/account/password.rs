//! Passwords come from a terminal, unseen, or from standard input; never from arguments, which every program of the
//! machine can read.

use std::io::{self, BufRead as _, IsTerminal as _};

use super::super::client::Failure;

/// How a password is given.
#[derive(Debug, clap::Args)]
pub(super) struct Typed {
    /// Read the password from standard input, a line each, instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

impl Typed {
    /// One that was chosen before.
    pub(super) fn known(&self) -> Result<String, Failure> {
        self.ask("Password: ")
    }

    /// One that is being chosen: asked for twice, where a slip would not be seen.
    pub(super) fn chosen(&self) -> Result<String, Failure> {
        let password = self.ask("New password (at least 12 characters): ")?;
        if !self.password_stdin && self.ask("The same again: ")? != password {
            return Err(Failure::local("passwords_differ", "the two passwords differ; nothing was sent"));
        }
        Ok(password)
    }

    /// The one of now, and the one from now on.
    pub(super) fn both(&self) -> Result<(String, String), Failure> {
        Ok((self.ask("Password of now: ")?, self.chosen()?))
    }

    fn ask(&self, prompt: &str) -> Result<String, Failure> {
        let unread =
            |error: io::Error| Failure::local("no_password", format!("cannot read the password: {error}"));
        if self.password_stdin {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line).map_err(unread)?;
            let line = line.strip_suffix('\n').unwrap_or(&line);
            return Ok(line.strip_suffix('\r').unwrap_or(line).to_owned());
        }
        if !io::stdin().is_terminal() {
            let detail = "there is no terminal to ask for the password: give it on standard input, with --password-stdin";
            return Err(Failure::local("no_password", detail));
        }
        rpassword::prompt_password(prompt).map_err(unread)
    }
}
