//! A Postgres of one proof's own: to be killed, filled and stalled without harm to others.

use embedded::{ScratchOptions, ScratchPostgres, guard};
use eventstore::{Options, Store};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

const LOGIN: &str = "omoi_proof_app";
const PASSWORD: &str = "of a server that is thrown away";

pub(crate) struct Cluster {
    pub(crate) scratch: ScratchPostgres,
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        Self::start_with(options()).await
    }

    pub(crate) async fn start_with(options: ScratchOptions) -> Self {
        let scratch = ScratchPostgres::start_with(options).await.unwrap();
        eventstore::migrate(&scratch.admin_url()).await.unwrap();
        eventstore::ensure_login(&scratch.admin_url(), LOGIN, PASSWORD).await.unwrap();
        Self { scratch }
    }

    pub(crate) fn app_url(&self) -> String {
        let url = self.scratch.admin_url();
        let (scheme, rest) = url.split_once("://").unwrap();
        let (_, host) = rest.rsplit_once('@').unwrap();
        format!("{scheme}://{LOGIN}:{}@{host}", PASSWORD.replace(' ', "%20"))
    }

    pub(crate) fn store(&self) -> Store {
        let options = Options { load_connections: 8, read_connections: 4, ..Options::new(self.app_url()) };
        Store::open(&options).unwrap()
    }

    pub(crate) async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.scratch.admin_url()).await.unwrap()
    }
}

pub(crate) fn options() -> ScratchOptions {
    assert!(
        std::env::var_os(guard::VARIABLE).is_some(),
        "{} is not set: run `cargo xtask proof log`, or put the path of the xtask program there",
        guard::VARIABLE
    );
    ScratchOptions::new(&guard::exe_from_env())
}
