//! The database behind the product, as its operator and as a broken disk see it.

use std::path::Path;

use commands::Dispatcher;
use eventstore::{Options, Store};
use kernel::{ActorId, OrgId};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};

/// How to reach it.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// As the product's own login.
    pub(crate) app_url: String,
    /// As the superuser, who can plant what the product cannot.
    pub(crate) admin_url: String,
}

impl Database {
    /// That of a running `omoi up`.
    pub(crate) fn of_data_dir(data_dir: &Path) -> Self {
        let app_url = embedded::inspect::app_url(data_dir).expect("it runs");
        let kept = std::fs::read_to_string(data_dir.join("postgres.json")).expect("it keeps its passwords");
        let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
        let (_, place) = app_url.split_once('@').expect("the URL has a login");
        let password = kept["admin"].as_str().expect("a password");
        Self { admin_url: format!("postgres://omoi_admin:{password}@{place}"), app_url }
    }

    /// The log, as another node sees it.
    pub(crate) fn store(&self) -> Store {
        Store::open(&Options::new(&self.app_url)).expect("a URL")
    }

    /// The write side of another node.
    pub(crate) fn dispatcher(&self) -> Dispatcher {
        Dispatcher::new(self.store(), 100)
    }

    /// A connection that sees every row.
    pub(crate) async fn connect(&self) -> PgConnection {
        let options: PgConnectOptions = self.app_url.parse().expect("a URL");
        options.options([("role", "omoi_project")]).connect().await.expect("the database")
    }

    pub(crate) async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.admin_url).await.expect("the database")
    }

    /// Changes the log behind everybody's back, as a broken disk or a wrong hand would.
    pub(crate) async fn tamper(&self, statement: &str) {
        let mut admin = self.admin().await;
        admin.execute("set session_replication_role = replica").await.expect("an admin may");
        admin.execute(statement).await.expect("an admin may");
    }

    /// The position of the newest event.
    pub(crate) async fn head(&self) -> i64 {
        let mut connection = self.connect().await;
        sqlx::query_scalar("select coalesce(es.head(1::smallint), 0)")
            .fetch_one(&mut connection)
            .await
            .expect("a log")
    }

    /// Who made the first project.
    pub(crate) async fn first_actor(&self) -> (OrgId, ActorId) {
        let mut connection = self.connect().await;
        let (org, actor) = sqlx::query_as(
            "select org_id, actor from es.events where aggregate_type = 'project' order by position limit 1",
        )
        .fetch_one(&mut connection)
        .await
        .expect("something happened");
        (OrgId(org), ActorId(actor))
    }
}
