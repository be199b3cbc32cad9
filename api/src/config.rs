//! Every setting of the product, read once at the start. Layers, later ones winning: defaults, `omoi.toml`,
//! the environment, flags. All faults are reported together, each with where it came from.
//!
//! Adding one: a field of [`Config`] with its unit, a line in [`SETTINGS`], a line in [`Config::read`].

mod address;
mod agents;
mod embedder;
mod faults;
mod layers;
mod models;
mod providers;
mod public_url;
mod ratio;
mod secret;
mod tables;

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use ipnet::IpNet;

use crate::telemetry::LogFormat;

use self::{
    address::Address,
    faults::Faults,
    layers::Layers,
    public_url::{HostNames, Networks, Origins, PublicUrl},
    ratio::Ratio,
};
pub(crate) use self::{
    agents::{AgentProfile, AgentProfiles},
    embedder::EmbedderSettings,
    faults::ConfigError,
    layers::Flags,
    models::Models,
    providers::{Client, Providers},
    secret::Secret,
};

/// The log of this installation. Tenants are spread over several when one is not enough.
pub(crate) const LOG_ID: i16 = 1;

/// Names and defaults. A secret has no default, and each may also be given as `NAME_file`.
const SETTINGS: &[(&str, &str)] = &[
    ("listen", "127.0.0.1:4310"),
    ("data_dir", ".omoi"),
    ("log", "info,sqlx=warn,async_nats=warn"),
    ("log_format", "text"),
    ("trace_ratio", "1"),
    ("request_body_bytes", "1048576"),
    ("request_timeout_s", "30"),
    ("disk_reserve_bytes", "536870912"),
    ("public_url", ""),
    ("master_key_command", ""),
    ("allowed_origins", ""),
    ("trusted_proxies", ""),
    ("private_hosts", ""),
    ("mail_from", "OmoiOS <omoi@localhost>"),
    ("local_repositories", ""),
    ("rate_of_caller", "5000"),
    ("rate_of_organization", "10000"),
    ("rate_of_address", "50"),
];
const SECRETS: &[&str] = &[
    "database_url",
    "database_admin_url",
    "nats_url",
    "otlp_url",
    "smtp_url",
    "master_key",
    "master_keys_before",
];

/// The settings.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Address of the server.
    pub(crate) listen: SocketAddr,
    /// Where `omoi up` keeps its data.
    pub(crate) data_dir: PathBuf,
    /// Postgres, as the product's own login; when set, `omoi up` starts none.
    pub(crate) database_url: Option<Secret>,
    /// The same database as an admin who may make roles; `omoi migrate` uses it.
    pub(crate) database_admin_url: Option<Secret>,
    /// NATS with JetStream; when set, `omoi up` starts none.
    pub(crate) nats_url: Option<Secret>,
    /// Which log lines are written, for example `info,eventstore=debug`.
    pub(crate) log: String,
    /// How log lines are written.
    pub(crate) log_format: LogFormat,
    /// Collector that traces are sent to by OTLP over HTTP, for example `http://localhost:4318`; none, no traces.
    pub(crate) otlp_url: Option<Secret>,
    /// Share of the requests that are traced, 0 to 1, where the caller has not decided it.
    pub(crate) trace_ratio: f64,
    /// Largest body of a request, in bytes; a larger one is answered with 413.
    pub(crate) request_body_bytes: usize,
    /// Longest time for one request, in seconds; after it the answer is 503.
    pub(crate) request_timeout_s: u64,
    /// Requests a second that one session or key may make of a node, above a burst of twice as many.
    pub(crate) rate_of_caller: NonZeroU32,
    /// Requests a second of all sessions and keys of an organization together.
    pub(crate) rate_of_organization: NonZeroU32,
    /// Requests a second that one address may make without being signed in, above a burst of 600.
    pub(crate) rate_of_address: NonZeroU32,
    /// Where people reach the server, for links in letters and cookies: `https://omoi.example`; else its own address.
    pub(crate) public_url: Option<String>,
    /// Pages of other sites that may use the API from a browser, word for word, parted by commas; none by default.
    pub(crate) allowed_origins: Vec<String>,
    /// Proxies before this server, as networks parted by commas: what they say of a client in `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Hosts of one's own network that projects may let their agents reach, by their names, parted by commas; none by default.
    pub(crate) private_hosts: Vec<String>,
    /// From whom letters are.
    pub(crate) mail_from: String,
    /// The mail server: `smtps://user:password@host`, or `smtp://` with STARTTLS; without one, letters are files in the
    /// data directory, shown by `omoi mail`.
    pub(crate) smtp_url: Option<Secret>,
    /// 32 bytes as 64 hexadecimal digits, which wrap the keys that the database keeps. `omoi up` makes one in its data
    /// directory; `omoi serve` needs it. Keep it where no backup of the database goes.
    pub(crate) master_key: Option<Secret>,
    /// A command of the shell that prints the master key, when it is kept by a key service: run once, at the start.
    pub(crate) master_key_command: Option<String>,
    /// Master keys of before, parted by commas, until everything is wrapped by the present one.
    pub(crate) master_keys_before: Option<Secret>,
    /// Whether projects may be linked with whatever repository the account of the server can read: its directories, what
    /// its keys of ssh open, hosts of its network. `omoi up`: yes; `omoi serve`: no, public hosts by https only.
    pub(crate) local_repositories: Option<bool>,
    /// By which accounts elsewhere people may sign in.
    pub(crate) providers: Providers,
    /// Which models are asked, and for what.
    pub(crate) models: Models,
    /// Which agents work on tasks.
    pub(crate) agents: AgentProfiles,
    /// What texts are compared by, to warn of near-duplicates.
    pub(crate) embedder: EmbedderSettings,
    /// Free space that `omoi up` keeps on the disk of its database, in bytes; below it nothing is appended.
    pub(crate) disk_reserve_bytes: u64,
}

impl Config {
    /// Reads all layers.
    ///
    /// # Errors
    /// Every fault of every setting, at once.
    pub(crate) fn load(flags: Flags) -> Result<Self, ConfigError> {
        Self::read(&Layers::of_process(flags)?)
    }

    fn read(layers: &Layers) -> Result<Self, ConfigError> {
        let mut faults = Faults::default();
        let f = &mut faults;
        layers.check_names(f);
        let config = (
            layers.value(f, "listen", "an address such as 127.0.0.1:4310"),
            layers.value(f, "data_dir", "a directory"),
            layers.value(f, "log", "a filter such as info,eventstore=debug"),
            layers.value(f, "log_format", "`text` or `json`"),
            layers.value(f, "trace_ratio", "a number from 0 to 1"),
            layers.value(f, "request_body_bytes", "a number of bytes"),
            layers.value(f, "request_timeout_s", "a number of seconds"),
            layers.value(f, "disk_reserve_bytes", "a number of bytes"),
        );
        let database_url = layers.secret(f, "database_url", &["postgres", "postgresql"]);
        let database_admin_url = layers.secret(f, "database_admin_url", &["postgres", "postgresql"]);
        let nats_url = layers.secret(f, "nats_url", &["nats", "tls", "ws", "wss"]);
        let otlp_url = layers.secret(f, "otlp_url", &["http", "https"]);
        let smtp_url = layers.secret(f, "smtp_url", &["smtps", "smtp", "smtp+plain"]);
        let master_key = layers.secret_text(f, "master_key");
        let master_keys_before = layers.secret_text(f, "master_keys_before");
        let master_key_command = layers.optional(f, "master_key_command", "a command of the shell");
        let public_url = layers.optional(f, "public_url", "an address such as https://omoi.example");
        let local_repositories = layers.optional(f, "local_repositories", "`true` or `false`");
        let a_rate = "a number of requests a second, at least 1";
        let rate_of_caller = layers.value(f, "rate_of_caller", a_rate);
        let rate_of_organization = layers.value(f, "rate_of_organization", a_rate);
        let rate_of_address = layers.value(f, "rate_of_address", a_rate);
        let origins =
            layers.optional(f, "allowed_origins", "origins such as https://app.example, parted by commas");
        let proxies = layers.optional(f, "trusted_proxies", "networks such as 10.0.0.0/8, parted by commas");
        let private_hosts =
            layers.optional(f, "private_hosts", "names of hosts such as npm.corp.example, parted by commas");
        let providers = Providers::read(layers, f);
        let models = Models::read(layers, f);
        let agents = agents::read(layers, f);
        let embedder = EmbedderSettings::read(layers, f);
        let mail_from = layers.value(f, "mail_from", "an address such as OmoiOS <omoi@omoi.example>");
        faults.none()?;
        let (
            Some(Address(listen)),
            Some(data_dir),
            Some(log),
            Some(log_format),
            Some(Ratio(trace_ratio)),
            Some(request_body_bytes),
            Some(request_timeout_s),
            Some(disk_reserve_bytes),
        ) = config
        else {
            unreachable!("a setting without a value is a fault")
        };
        let (Some(mail_from), Some(rate_of_caller), Some(rate_of_organization), Some(rate_of_address)) =
            (mail_from, rate_of_caller, rate_of_organization, rate_of_address)
        else {
            unreachable!("they have defaults")
        };
        Ok(Self {
            listen,
            data_dir,
            database_url,
            database_admin_url,
            nats_url,
            log,
            log_format,
            otlp_url,
            trace_ratio,
            request_body_bytes,
            request_timeout_s,
            disk_reserve_bytes,
            public_url: public_url.map(|PublicUrl(url)| url),
            allowed_origins: origins.map(|Origins(origins)| origins).unwrap_or_default(),
            trusted_proxies: proxies.map(|Networks(networks)| networks).unwrap_or_default(),
            private_hosts: private_hosts.map(|HostNames(names)| names).unwrap_or_default(),
            mail_from,
            rate_of_caller,
            rate_of_organization,
            rate_of_address,
            smtp_url,
            master_key,
            master_key_command,
            master_keys_before,
            local_repositories,
            providers,
            models,
            agents,
            embedder,
        })
    }
}

#[cfg(test)]
mod tests;
