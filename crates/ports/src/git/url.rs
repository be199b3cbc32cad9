//! Where a repository is: a directory of the machine that reads it, or an address of https or ssh.

use std::fmt;

const MAX_BYTES: usize = 2000;

/// Where a repository is. It holds no secret, and no program can read it as an option or as a command.
///
/// Plain `http://` and `git://` are none: whoever stands on the way could hand us another repository. `file://` is none
/// either: it is a second spelling of a path, and two spellings of one place would be two repositories.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepositoryUrl {
    text: String,
    transport: Transport,
}

/// How it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A directory of this machine.
    Path,
    /// HTTPS.
    Https {
        /// A name, or an address; one of IPv6 without its brackets.
        host: String,
        /// The port; 443 if none is given.
        port: u16,
    },
    /// SSH, as `ssh://user@host/path` or `user@host:path`.
    Ssh {
        /// A name, or an address; one of IPv6 without its brackets.
        host: String,
        /// The port; 22 if none is given.
        port: u16,
    },
}

/// Why a text is no [`RepositoryUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRepositoryUrl {
    /// Nothing, or far too much.
    #[error("the place of a repository has 1 to {MAX_BYTES} bytes")]
    Length,
    /// Programs that read it by lines would see two.
    #[error("the place of a repository holds a control character: leave it out")]
    ControlCharacter,
    /// Which directory it starts from, only its writer knows.
    #[error(
        "this is neither an absolute path nor an address: write /the/whole/path, https://… or git@host:path"
    )]
    Relative,
    /// It would name the same directory twice.
    #[error("the path holds `.`, `..` or two slashes: write it without them")]
    Winding,
    /// Nobody can tell whether what arrives is what was sent.
    #[error("http and git:// let anybody on the way change what is read: use https or ssh")]
    Unprotected,
    /// One spelling is enough.
    #[error("a repository of this machine is given by its path: leave file:// out")]
    File,
    /// `ext::` and its like run commands.
    #[error(
        "a repository is reached by https or ssh, or is a directory of this machine; nothing else is read"
    )]
    Scheme,
    /// It would stand in the log for ever.
    #[error(
        "the address holds a user name or password, which would be kept for ever: leave it out; a private repository is \
         reached by ssh"
    )]
    Credentials,
    /// No machine is called so.
    #[error(
        "the host of the address is none: write a name such as git.example.org, and a port from 1 to 65535 if it has one"
    )]
    Host,
    /// What follows the host is no path.
    #[error(
        "the path of the address is none: it follows the host, without spaces, `?`, `#`, `\\` and a leading `-`"
    )]
    Path,
}

impl RepositoryUrl {
    /// Reads one; white space around it does not count.
    ///
    /// # Errors
    /// When it is no place of a repository.
    pub fn parse(text: &str) -> Result<Self, InvalidRepositoryUrl> {
        let text = text.trim();
        if !(1..=MAX_BYTES).contains(&text.len()) {
            return Err(InvalidRepositoryUrl::Length);
        }
        if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(InvalidRepositoryUrl::ControlCharacter);
        }
        if let Some(path) = text.strip_prefix('/') {
            return Self::of_path(path);
        }
        let transport = match text.split_once("://") {
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "https" => https(rest)?,
                "ssh" => ssh(rest)?,
                "http" | "git" => return Err(InvalidRepositoryUrl::Unprotected),
                "file" => return Err(InvalidRepositoryUrl::File),
                _ => return Err(InvalidRepositoryUrl::Scheme),
            },
            None => short_ssh(text)?,
        };
        Ok(Self { text: text.to_owned(), transport })
    }

    fn of_path(path: &str) -> Result<Self, InvalidRepositoryUrl> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(InvalidRepositoryUrl::Winding);
        }
        Ok(Self { text: format!("/{path}"), transport: Transport::Path })
    }

    /// The path or address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is reached.
    #[must_use]
    pub const fn transport(&self) -> &Transport {
        &self.transport
    }
}

impl fmt::Display for RepositoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn https(rest: &str) -> Result<Transport, InvalidRepositoryUrl> {
    let (authority, path) = rest.split_once('/').ok_or(InvalidRepositoryUrl::Path)?;
    // A token is often written as a user name.
    if authority.contains('@') {
        return Err(InvalidRepositoryUrl::Credentials);
    }
    let (host, port) = host_and_port(authority, 443)?;
    remote_path(path)?;
    Ok(Transport::Https { host, port })
}

fn ssh(rest: &str) -> Result<Transport, InvalidRepositoryUrl> {
    let (authority, path) = rest.split_once('/').ok_or(InvalidRepositoryUrl::Path)?;
    let authority = match authority.rsplit_once('@') {
        Some((user, authority)) => {
            account(user)?;
            authority
        }
        None => authority,
    };
    let (host, port) = host_and_port(authority, 22)?;
    remote_path(path)?;
    Ok(Transport::Ssh { host, port })
}

/// `user@host:path`. Without the user it could as well be `transport::command`, or a drive.
fn short_ssh(text: &str) -> Result<Transport, InvalidRepositoryUrl> {
    let (before, path) = text.split_once(':').ok_or(InvalidRepositoryUrl::Relative)?;
    if path.starts_with(':') {
        return Err(InvalidRepositoryUrl::Scheme);
    }
    let (user, host) = before.split_once('@').ok_or(InvalidRepositoryUrl::Relative)?;
    account(user)?;
    let (host, port) = host_and_port(host, 22)?;
    remote_path(path.strip_prefix('/').unwrap_or(path))?;
    Ok(Transport::Ssh { host, port })
}

fn account(user: &str) -> Result<(), InvalidRepositoryUrl> {
    if user.contains(':') {
        return Err(InvalidRepositoryUrl::Credentials);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = !user.is_empty() && !user.starts_with('-') && user.chars().all(fits);
    if is_name { Ok(()) } else { Err(InvalidRepositoryUrl::Host) }
}

fn host_and_port(authority: &str, usual: u16) -> Result<(String, u16), InvalidRepositoryUrl> {
    let bad = InvalidRepositoryUrl::Host;
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(bad)?;
            let host = host.parse::<std::net::Ipv6Addr>().map_err(|_| bad)?;
            (host.to_string(), if port.is_empty() { None } else { Some(port.strip_prefix(':').ok_or(bad)?) })
        }
        None => {
            let (host, port) =
                authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
            let label = |label: &str| {
                let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
                (1..=63).contains(&label.len()) && !label.starts_with('-') && label.chars().all(fits)
            };
            if host.len() > 253 || !host.split('.').all(label) {
                return Err(bad);
            }
            (host.to_ascii_lowercase(), port)
        }
    };
    let port = match port {
        None => usual,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0).ok_or(bad)?
        }
        Some(_) => return Err(bad),
    };
    Ok((host, port))
}

fn remote_path(path: &str) -> Result<(), InvalidRepositoryUrl> {
    let forbidden = |c: char| c.is_whitespace() || "?#\\".contains(c);
    let is_path = !path.is_empty() && !path.starts_with('-') && !path.contains(forbidden);
    if is_path { Ok(()) } else { Err(InvalidRepositoryUrl::Path) }
}

#[cfg(test)]
mod tests;
