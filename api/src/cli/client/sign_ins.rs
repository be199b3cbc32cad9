//! Where somebody is signed in by `omoi account`: a file that only its owner reads, with the tokens of each server.

use std::{
    collections::BTreeMap,
    env, fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::PathBuf,
};

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::Failure;

/// The sign-ins of this user of the machine.
#[derive(Debug)]
pub(crate) struct SignIns {
    file: PathBuf,
    servers: BTreeMap<String, SignIn>,
}

/// One of them.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SignIn {
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) refresh_token: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl SignIns {
    /// Those of the user who runs this; none when there is no place for them. A file that cannot be read holds none.
    pub(crate) fn of_user() -> Option<Self> {
        let file = place()?;
        let servers = fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
        Some(Self { file, servers: servers.unwrap_or_default() })
    }

    /// The one at this server.
    pub(crate) fn at(&self, url: &str) -> Option<SignIn> {
        self.servers.get(url).cloned()
    }

    /// Keeps a sign-in, or forgets it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn keep(&mut self, url: &str, sign_in: Option<SignIn>) -> Result<(), Failure> {
        match sign_in {
            Some(sign_in) => self.servers.insert(url.to_owned(), sign_in),
            None => self.servers.remove(url),
        };
        self.write().map_err(|error| {
            let detail = format!("cannot keep the sign-in in {}: {error}", self.file.display());
            Failure::local("sign_in_not_kept", detail)
        })
    }

    /// Beside it, then renamed: a reader sees the old file or the new one.
    fn write(&self) -> io::Result<()> {
        if let Some(directory) = self.file.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let half = self.file.with_extension("new");
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
        let text = serde_json::to_string_pretty(&self.servers).expect("text becomes JSON");
        file.write_all(text.as_bytes())?;
        fs::rename(&half, &self.file)
    }
}

fn place() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(config.join("omoi").join("sign-ins.json"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_sign_in_is_kept_for_its_owner_alone_and_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("omoi").join("sign-ins.json");
        let mut sign_ins = SignIns { file: file.clone(), servers: BTreeMap::new() };
        let sign_in = SignIn {
            email: "ada@example.org".into(),
            access_token: "secret".into(),
            expires_at: Timestamp::from_micros(0),
            refresh_token: "secret".into(),
        };
        assert!(!format!("{sign_in:?}").contains("secret"));
        sign_ins.keep("http://h", Some(sign_in)).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&file).unwrap().contains("secret"));
        sign_ins.keep("http://h", None).unwrap();
        assert!(sign_ins.at("http://h").is_none());
        assert!(!fs::read_to_string(&file).unwrap().contains("secret"));
    }
}
