//! What sandboxes can reach of this node. As root, their programs run as an account that the data directory may be closed to, and
//! that has no business with those of Postgres and NATS: what belongs to runs lies beside them, where every account can reach it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use embedded::DataDir;

/// A place that sandboxes can reach.
#[derive(Debug)]
pub(super) struct Reach {
    /// What belongs to runs is here.
    pub(super) home: PathBuf,
    /// Programs have to be put here first.
    apart: bool,
}

impl Reach {
    /// The one that goes with a data directory.
    pub(super) fn of(data: &Path) -> anyhow::Result<Self> {
        let of_children = match DataDir::existing_home(data) {
            Some(home) if home == data => return Ok(Self { home, apart: false }),
            Some(home) => home,
            // Root with servers that somebody else runs: what sandboxes may reach is up to whoever made the directory; programs of
            // root's own have to come there.
            None => return Ok(Self { home: data.to_owned(), apart: true }),
        };
        let mut home = of_children.into_os_string();
        home.push("-runs");
        let home = PathBuf::from(home);
        make(&home)?;
        Ok(Self { home, apart: true })
    }

    /// A program where sandboxes can reach it: where it is, or as another name of the same file or a copy of it.
    pub(super) fn program(&self, name: &str, program: &Path) -> anyhow::Result<PathBuf> {
        if !self.apart {
            return Ok(program.to_owned());
        }
        let programs = self.home.join("programs");
        make(&programs)?;
        let (place, new) = (programs.join(name), programs.join(format!("{name}.new")));
        let _ = std::fs::remove_file(&new);
        let context = || format!("{} cannot be put within reach of sandboxes", program.display());
        if std::fs::hard_link(program, &new).is_err() {
            std::fs::copy(program, &new).with_context(context)?;
        }
        std::fs::rename(&new, &place).with_context(context)?;
        Ok(place)
    }
}

/// They can reach what they are told of, and list nothing.
fn make(directory: &Path) -> anyhow::Result<()> {
    let context = || format!("{} cannot be made", directory.display());
    std::fs::create_dir_all(directory).with_context(context)?;
    std::fs::set_permissions(directory, PermissionsExt::from_mode(0o711)).with_context(context)
}
