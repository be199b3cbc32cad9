//! A repository elsewhere: the end of a branch, asked for; a commit, fetched.

use std::env;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::Path;

use ports::git::{Branch, GitError, Head, NotAllowed, RepositoryUrl, Transport};
use ports::llm::Said;

use super::run::Call;
use super::{GitCli, Reach, failure};
use crate::public_address::is_public;

/// It asks nobody, leaves no connection open for others, and forwards nothing. Which keys and hosts it knows is the
/// matter of the account.
const SSH: &str = "ssh -oBatchMode=yes -oConnectTimeout=10 -oControlMaster=no -oControlPath=none -oForwardAgent=no \
                   -oForwardX11=no -oClearAllForwardings=yes -oPermitLocalCommand=no";
/// What ssh needs to find the keys of its account.
const OF_SSH: &[&str] = &["HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK"];

impl GitCli {
    pub(super) async fn remote_head(
        &self,
        url: &RepositoryUrl,
        branch: Option<&Branch>,
    ) -> Result<Head, GitError> {
        let call = Call::new(Path::new("/dev/null"), self.options.ask_within)
            .args(["ls-remote", "--quiet", "--symref", "--", url.as_str(), "HEAD"])
            .args(branch.map(reference));
        let answer = self.run(self.connected(call, url).await?).await?;
        if !answer.is_good {
            return Err(failure::sort(&answer.stderr));
        }
        end_of(&String::from_utf8_lossy(&answer.stdout), branch)
    }

    /// `call` with what it takes to reach `url`, and nothing else.
    pub(super) async fn connected(&self, call: Call, url: &RepositoryUrl) -> Result<Call, GitError> {
        match url.transport() {
            Transport::Path => Ok(call),
            Transport::Ssh { .. } => {
                let known = |name: &&'static str| Some((*name, env::var_os(name)?));
                let environment: Vec<(&'static str, OsString)> = OF_SSH.iter().filter_map(known).collect();
                let call = call.by("ssh").env("GIT_SSH_COMMAND", SSH).env("GIT_SSH_VARIANT", "ssh");
                Ok(environment.into_iter().fold(call, |call, (name, value)| call.env(name, value)))
            }
            Transport::Https { host, port } => {
                let mut call = call.by("https");
                if let Some(file) = &self.options.ca_file {
                    call = call.env("GIT_SSL_CAINFO", file.as_os_str());
                }
                Ok(match self.options.reach {
                    Reach::ThisAccount => call,
                    Reach::Public => call.config(pinned(host, *port).await?),
                })
            }
        }
    }
}

/// Looks the host up, once: git connects to what was looked at, whatever the name means a moment later.
async fn pinned(host: &str, port: u16) -> Result<String, GitError> {
    let unreachable = |said: &str| GitError::Unreachable { said: Said::new(said) };
    let found = tokio::net::lookup_host((host, port)).await;
    let found = found.map_err(|_| unreachable(&format!("there is no host {host}")))?;
    let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    if addresses.is_empty() {
        return Err(unreachable(&format!("the host {host} has no address")));
    }
    // One that is not public is enough: the others are there to get it past this.
    if !addresses.iter().copied().all(is_public) {
        return Err(GitError::NotAllowed(NotAllowed::PrivateHost));
    }
    let written = addresses.iter().map(|address| match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    });
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    Ok(format!("http.curloptResolve={host}:{port}:{}", written.collect::<Vec<_>>().join(",")))
}

fn reference(branch: &Branch) -> String {
    format!("refs/heads/{branch}")
}

/// `ref: refs/heads/main<TAB>HEAD`, and `COMMIT<TAB>REF` for each.
fn end_of(said: &str, branch: Option<&Branch>) -> Result<Head, GitError> {
    let rows = || said.lines().filter_map(|line| line.split_once('\t'));
    let commit_of = |reference: &str| {
        rows().find_map(|(commit, name)| (name == reference).then(|| commit.parse().ok())?)
    };
    if let Some(branch) = branch {
        let commit =
            commit_of(&reference(branch)).ok_or_else(|| GitError::NoSuchBranch { branch: branch.clone() })?;
        return Ok(Head { branch: branch.clone(), commit });
    }
    let commit = commit_of("HEAD").ok_or(GitError::Empty)?;
    let own =
        rows().filter(|(_, name)| *name == "HEAD").find_map(|(to, _)| to.strip_prefix("ref: refs/heads/"));
    let branch = own.and_then(|own| Branch::parse(own).ok()).ok_or(GitError::NoBranch)?;
    Ok(Head { branch, commit })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn the_end_of_a_branch_is_that_of_exactly_this_ref() {
        let said = format!(
            "ref: refs/heads/main\tHEAD\n{A}\tHEAD\n{B}\trefs/remotes/x/refs/heads/next\n{B}\trefs/heads/next\n"
        );
        let head = end_of(&said, None).unwrap();
        assert_eq!((head.branch.as_str(), head.commit.as_str()), ("main", A));
        let next = Branch::parse("next").unwrap();
        assert_eq!(end_of(&said, Some(&next)).unwrap().commit.as_str(), B);
        let none = Branch::parse("refs/heads/next").unwrap();
        assert_eq!(end_of(&said, Some(&none)), Err(GitError::NoSuchBranch { branch: none }));
        assert_eq!(end_of("", None), Err(GitError::Empty));
        assert_eq!(end_of(&format!("{A}\tHEAD\n"), None), Err(GitError::NoBranch));
    }

    #[tokio::test]
    async fn who_is_served_by_others_reaches_public_hosts_only() {
        for host in ["127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "localhost", "2130706433", "0x7f.1"] {
            assert_eq!(pinned(host, 443).await, Err(GitError::NotAllowed(NotAllowed::PrivateHost)), "{host}");
        }
        assert_eq!(pinned("1.1.1.1", 443).await.unwrap(), "http.curloptResolve=1.1.1.1:443:1.1.1.1");
        assert_eq!(
            pinned("2606:4700::1111", 8443).await.unwrap(),
            "http.curloptResolve=[2606:4700::1111]:8443:[2606:4700::1111]"
        );
    }
}
