//! A database of one's own, in the server all tests share.

use std::{env, path::PathBuf};

use embedded::{ScratchPostgres, guard, percent};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};

/// The guard of servers that a test starts: the product itself.
pub(crate) fn guard_exe() -> PathBuf {
    env::var_os(guard::VARIABLE).map_or_else(|| env!("CARGO_BIN_EXE_omoi").into(), PathBuf::from)
}

/// An empty database: in the server that `cargo xtask test` names, else in one of its own.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    server_url: String,
    name: String,
    own: Option<ScratchPostgres>,
}

impl TestDatabase {
    /// Makes it.
    pub(crate) async fn create() -> Self {
        let shared = env::var("OMOI_TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
        let own = match shared {
            Some(_) => None,
            None => Some(ScratchPostgres::start(&guard_exe()).await.expect("a server")),
        };
        let server_url = shared.unwrap_or_else(|| own.as_ref().expect("one of the two").admin_url());
        let name = format!("omoi_test_{:016x}", rand::random::<u64>());
        let database = Self { server_url, name, own };
        database.on_server(&format!("create database {}", database.name)).await;
        database
    }

    /// The URL for an admin, who may make roles.
    pub(crate) fn admin_url(&self) -> String {
        let (before, rest) = self.server_url.split_once("://").expect("a URL");
        let (authority, after) = rest.split_once('/').expect("a URL with a database");
        let options = after.split_once('?').map(|(_, options)| format!("?{options}")).unwrap_or_default();
        format!("{before}://{authority}/{}{options}", self.name)
    }

    /// The URL for a login of the product, which goes away with the database. Whoever needs it makes it.
    pub(crate) fn app_url(&self, password: &str) -> String {
        let admin = self.admin_url();
        let (scheme, rest) = admin.split_once("://").expect("a URL");
        let (_, place) = rest.split_once('@').expect("the admin has a login");
        format!("{scheme}://{}_app:{}@{place}", self.name, percent::encode(password))
    }

    /// Removes it, with everybody who is still connected.
    pub(crate) async fn remove(self) {
        self.on_server(&format!("drop database {} with (force)", self.name)).await;
        self.on_server(&format!("drop role if exists {}_app", self.name)).await;
        if let Some(own) = self.own {
            own.stop().await;
        }
    }

    async fn on_server(&self, statement: &str) {
        let options: PgConnectOptions = self.server_url.parse().expect("a URL");
        let mut connection = PgConnection::connect_with(&options).await.expect("the shared server");
        connection.execute(statement).await.expect("an admin may");
        connection.close().await.expect("closed");
    }
}
