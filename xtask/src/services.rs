//! The servers that tests and proofs share.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use embedded::{ScratchNats, ScratchPostgres, guard};

use crate::python;

/// How long each long proof may take in `make test`, in seconds.
const PROOF_SECONDS: &str = "15";

/// What all tests share: a server each, or the ones the environment names. Tests make databases of their
/// own and touch no others.
pub(crate) struct Services {
    postgres: Option<ScratchPostgres>,
    nats: Option<ScratchNats>,
    python_path: PathBuf,
}

impl Services {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        eprintln!("== services");
        let guard_exe = guard::this_exe();
        let postgres = match env::var_os("DATABASE_ADMIN_URL") {
            Some(_) => None,
            None => Some(ScratchPostgres::start(&guard_exe).await?),
        };
        let nats = match env::var_os("NATS_URL") {
            Some(_) => None,
            None => Some(ScratchNats::start(&guard_exe).await?),
        };
        let python_path = tokio::task::spawn_blocking(python::nats).await??;
        Ok(Self { postgres, nats, python_path })
    }

    /// What the tests are told of them.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        let given = |name| env::var_os(name).unwrap_or_default();
        let database = self.postgres.as_ref().map(|p| p.admin_url().into());
        let nats = self.nats.as_ref().map(|n| n.server().relay_url().into());
        vec![
            ("OMOI_TEST_DATABASE_URL", database.unwrap_or_else(|| given("DATABASE_ADMIN_URL"))),
            ("OMOI_TEST_NATS_URL", nats.unwrap_or_else(|| given("NATS_URL"))),
            ("OMOI_TEST_PYTHONPATH", self.python_path.clone().into()),
            (guard::VARIABLE, env::current_exe().unwrap_or_default().into()),
            ("PROOF_SECONDS", env::var_os("PROOF_SECONDS").unwrap_or_else(|| PROOF_SECONDS.into())),
        ]
    }

    pub(crate) async fn stop(self) {
        if let Some(nats) = self.nats {
            nats.stop().await;
        }
        if let Some(postgres) = self.postgres {
            postgres.stop().await;
        }
    }
}
