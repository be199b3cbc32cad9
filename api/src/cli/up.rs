//! `omoi up`: everything on this machine, in one process and two children.

use std::{path::PathBuf, sync::Arc};

use accounts::Operator;
use anyhow::Context as _;
use commands::{Actor, Role};
use embedded::DataDir;
use kernel::Uuid;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use vault::{
    api_key::ApiKey,
    secret::{ExposeSecret as _, SecretString},
};

use super::{children::Children, client::address_file::AddressFile, signals};
use crate::{
    config::{Config, Flags},
    installation,
    opening::{self, Missing},
    serve::{self, Backends, Door, Exposure},
    wiring::{self, Services},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where all data is kept; made when it does not exist. One `omoi up` at a time uses it. [default: .omoi]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Address of the server; only addresses of this machine itself for now. [default: 127.0.0.1:4310]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Settings file. [default: omoi.toml in the working directory, when it exists]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print exactly one line of JSON on stdout once everything is ready:
    /// {"ready":true,"url":..,"login_url":..,"nats_url":..,"pid":..,"data_dir":..}; login_url signs the owner in, once,
    /// within 15 minutes; nats_url can read the event stream only.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) fn flags(&self) -> Flags {
        Flags::new(self.config.clone())
            .with("listen", self.listen.clone())
            .with("data_dir", self.data_dir.as_ref().map(|path| path.display().to_string()))
    }
}

#[derive(Debug, Serialize)]
struct Ready<'a> {
    ready: bool,
    url: String,
    login_url: String,
    nats_url: &'a str,
    pid: u32,
    data_dir: String,
}

pub(crate) async fn run(args: &Args, config: Config) -> anyhow::Result<()> {
    let stop = signals::stop_on_signal()?;
    // Before anything is started: the faults a person makes every day.
    let door = serve::bind(&config.listen, Exposure::ThisMachine)?;
    let data_dir = Arc::new(DataDir::open(&config.data_dir)?);
    let children = tokio::select! {
        children = Children::start(&config, &data_dir) => children?,
        // Whatever was started is stopped when the unfinished start is dropped.
        () = stop.cancelled() => return Ok(()),
    };
    let served = serve_until(&stop, args, &config, door, &children, &data_dir).await;
    children.stop().await;
    served
}

async fn serve_until(
    stop: &CancellationToken,
    args: &Args,
    config: &Config,
    door: Door,
    children: &Children,
    data_dir: &DataDir,
) -> anyhow::Result<()> {
    let url = format!("http://{}", door.address()?);
    let backends = tokio::select! {
        backends = Backends::connect(&children.database_url, &children.nats_url) => backends?,
        () = stop.cancelled() => return Ok(()),
    };
    let services = Services::new(&children.database_url, backends.bus())?;
    let settings = opening::settings(config, &url)?;
    let public_url = settings.public_url.clone();
    services
        .open_accounts(
            opening::master_keys(config, Missing::IsMade)?,
            wiring::mailer(config)?,
            settings,
            &opening::erased(config),
        )
        .await?;
    let key = installation::operator_key(data_dir.path(), opening::environment(config))?;
    let login = admit_operator(&services, &key).await.context("the operator cannot be let in")?;
    let ready = Ready {
        ready: true,
        url,
        login_url: format!("{public_url}/welcome#token={}", login.expose_secret()),
        nats_url: &children.nats_reader_url,
        pid: std::process::id(),
        data_dir: data_dir.path().display().to_string(),
    };
    if let Some(users) = children.bus_users() {
        services.decide_who_reads(users);
    }
    // Who serves oneself reads what oneself can read.
    services.read_repositories(config, true);
    services.ask_models(Arc::new(config.models()?));
    let loops = services.start_loops(children.database_dir(), config, stop).await?;
    services.bus_is_begun().await;
    // From here on requests are answered: the door is open, they only have to wait for us.
    let address_file = AddressFile::write(data_dir.path(), &ready.url)?;
    let served = serve::serve(door, config, &backends, &services, stop, || announce(&ready, args.json)).await;
    drop(address_file);
    stop.cancel();
    loops.wait().await;
    services.close().await;
    served
}

/// Lets the key of the data directory in, and makes a link that signs the operator in.
async fn admit_operator(services: &Services, key: &ApiKey) -> anyhow::Result<SecretString> {
    let Actor { org, id, .. } = Operator::actor();
    let accounts = services.accounts();
    accounts.add_key(Uuid::now_v7(), org, id, Role::Owner, key).await?;
    Ok(accounts.login_link().await?)
}

fn announce(ready: &Ready<'_>, json: bool) {
    if json {
        println!("{}", serde_json::to_string(ready).expect("strings and numbers become JSON"));
    } else {
        println!("OmoiOS is up.\n");
        println!("  sign in    {}", ready.login_url);
        println!("             (once, within 15 minutes; `omoi login-link` prints another)");
        println!("  dashboard  {}", ready.url);
        println!("  API        {}/api/v1  (documented at /docs)", ready.url);
        println!("  event bus  {}  (can read the event stream, nothing else)", ready.nats_url);
        println!("  data       {}", ready.data_dir);
        println!("  key        {}/operator.key  (opens the API for programs)\n", ready.data_dir);
        println!("Try: curl {}/readyz", ready.url);
        println!("Stop with Ctrl-C.");
    }
}
