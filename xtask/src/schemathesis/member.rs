//! Somebody who is in an organization by the way that everybody takes: registers, reads the mail, is invited, accepts.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::server::Server;

const EMAIL: &str = "member@example.org";
const PASSWORD: &str = "seven purple otters whistle";
/// How long a letter may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The access token of a new member of the operator's organization; it is good for 15 minutes.
pub(super) fn token(server: &Server) -> anyhow::Result<String> {
    let as_member = |args: &[&str]| {
        let mut command = server.omoi();
        command.args(args).env("XDG_CONFIG_HOME", server.directory());
        say(command, PASSWORD)
    };
    as_member(&["account", "register", "--email", EMAIL, "--name", "Member", "--password-stdin"])?;
    let link = letter(server, "Confirm")?;
    as_member(&["account", "verify", &link, "--password-stdin"])?;
    let mut login = server.omoi();
    login.args(["login-link", "--data-dir"]).arg(server.directory().join("data"));
    let login_url = say(login, "")?;
    let as_owner = |args: &[&str], typed: &str| {
        let mut command = server.omoi();
        command.args(args).env("XDG_CONFIG_HOME", server.directory().join("owner"));
        say(command, typed)
    };
    as_owner(&["account", "enter"], &login_url)?;
    as_owner(&["org", "invite", EMAIL, "--role", "member"], "")?;
    as_member(&["org", "accept", &letter(server, "invited")?])?;
    let kept = fs::read_to_string(server.directory().join("omoi/sign-ins.json"))?;
    let kept: Value = serde_json::from_str(&kept)?;
    let token = kept[&server.url]["access_token"].as_str();
    Ok(token.context("omoi account kept no access token")?.to_owned())
}

/// The link in the newest letter of this subject.
fn letter(server: &Server, subject: &str) -> anyhow::Result<String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let mut command = server.omoi();
        command.args(["mail", "show", "--json", "--to", EMAIL, "--data-dir"]);
        command.arg(server.directory().join("data"));
        let shown: Option<Value> = say(command, "").ok().and_then(|text| serde_json::from_str(&text).ok());
        let letter = shown.filter(|letter| letter["subject"].as_str().is_some_and(|it| it.contains(subject)));
        let text = letter.as_ref().and_then(|letter| letter["text"].as_str());
        if let Some(link) =
            text.and_then(|text| text.split_whitespace().find(|word| word.contains("#token=")))
        {
            return Ok(link.to_owned());
        }
    }
    bail!("no letter about {subject:?} within {} s", PATIENCE.as_secs())
}

/// Runs it with this line on its standard input, and answers what it says.
fn say(mut command: Command, typed: &str) -> anyhow::Result<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // Who reads nothing may have ended before it is written.
    let _ = writeln!(child.stdin.take().context("stdin is piped")?, "{typed}");
    let ended = child.wait_with_output()?;
    if !ended.status.success() {
        let args: Vec<_> = command.get_args().collect();
        bail!("omoi {args:?} failed: {}", String::from_utf8_lossy(&ended.stderr));
    }
    Ok(String::from_utf8(ended.stdout)?)
}
