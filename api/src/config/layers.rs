//! Where settings come from, and reading one of them with its origin at hand.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use figment::{
    Figment, Metadata, Profile, Provider, Source,
    providers::{Env, Format, Serialized, Toml},
    value::{Dict, Map, Value},
};

use super::{
    ConfigError, SECRETS, SETTINGS, agents, embedder, faults::Faults, models, providers, secret::Secret,
};

/// Variables that begin with `OMOI_` and are read elsewhere: before there is a configuration, or by tests.
const READ_ELSEWHERE: &[&str] = &["cache_dir", "config", "guard_exe", "key", "url"];
/// Variables of the tests.
const OF_TESTS: &str = "test_";
/// Where a proof ends the process (`eventstore::crash_point`); only builds for tests know it.
const CRASH_AT: Option<&str> = if cfg!(debug_assertions) { Some("crash_at") } else { None };

/// What the command line says.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    file: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

impl Flags {
    /// `file` is the settings file of the command line.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file, values: BTreeMap::new() }
    }

    /// One setting that was given, or not.
    pub(crate) fn with(mut self, name: &'static str, value: Option<String>) -> Self {
        self.values.extend(value.map(|value| (name, value)));
        self
    }
}

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named("the command line")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let values = self.values.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.clone())));
        Ok(Map::from([(Profile::Default, values.collect())]))
    }
}

/// All layers, merged.
#[derive(Debug)]
pub(super) struct Layers(Figment);

/// What other programs call by the same name, without `OMOI_` before it.
const SHARED: &[&str] =
    &["database_url", "database_admin_url", "nats_url", "otlp_url", "anthropic_api_key", "openai_api_key"];

impl Layers {
    /// The layers of this process.
    pub(super) fn of_process(flags: Flags) -> Result<Self, ConfigError> {
        let chosen = flags.file.clone().or_else(|| env::var_os("OMOI_CONFIG").map(PathBuf::from));
        let toml = match &chosen {
            // A file somebody named has to exist; the one we look for may be missing.
            Some(file) if !file.is_file() => {
                return Err(ConfigError { faults: vec![format!("there is no file {}", file.display())] });
            }
            Some(file) => Toml::file_exact(file),
            None if Path::new("omoi.toml").is_file() => Toml::file_exact("omoi.toml"),
            None => Toml::string(""),
        };
        Ok(Self::merged(toml, flags))
    }

    /// Layers from a given file, the environment and flags.
    pub(super) fn merged(toml: impl Provider, flags: Flags) -> Self {
        let settings = SETTINGS.iter().chain(providers::SETTINGS).chain(embedder::SETTINGS);
        let defaults: BTreeMap<_, _> = settings.copied().collect();
        let elsewhere = |name: &str| {
            READ_ELSEWHERE.contains(&name) || name.starts_with(OF_TESTS) || CRASH_AT == Some(name)
        };
        let ours = Env::prefixed("OMOI_").filter(move |name| !elsewhere(&name.as_str().to_lowercase()));
        let of_databases: Vec<String> =
            SHARED.iter().flat_map(|name| [(*name).to_owned(), format!("{name}_file")]).collect();
        let names: Vec<&str> = of_databases.iter().map(String::as_str).collect();
        Self(
            Figment::from(Serialized::defaults(defaults))
                .merge(embedder::WithSection(toml))
                .merge(ours)
                .merge(Env::raw().only(&names))
                .merge(flags),
        )
    }

    /// Adds a fault for every name that no setting has.
    pub(super) fn check_names(&self, faults: &mut Faults) {
        let all = match self.0.data() {
            Ok(profiles) => profiles.into_values().flatten(),
            Err(error) => return error.into_iter().for_each(|e| faults.add(e.to_string())),
        };
        for (name, _) in all.filter(|(name, _)| !models::is_known(name) && name != agents::SECTION) {
            let base = name.strip_suffix("_file").unwrap_or(&name);
            let settings = SETTINGS.iter().chain(providers::SETTINGS).chain(embedder::SETTINGS);
            let secrets = SECRETS.iter().chain(providers::SECRETS).chain(embedder::SECRETS);
            let known = settings.copied().any(|(known, _)| known == name)
                || secrets.copied().any(|known| known == base);
            if !known {
                faults.add(format!("{name}: there is no such setting ({})", self.origin(&name)));
            }
        }
    }

    /// One setting as its type.
    pub(super) fn value<T: FromStr>(&self, faults: &mut Faults, name: &str, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            faults.add(self.unexpected(name, expected));
        }
        parsed
    }

    /// What is said of a setting that is not what it should be.
    pub(super) fn unexpected(&self, name: &str, expected: &str) -> String {
        let text = self.text(name).unwrap_or_default();
        format!("{name}: expected {expected}, not {text:?} ({})", self.origin(name))
    }

    /// A secret that is a URL with one of these schemes.
    pub(super) fn secret(&self, faults: &mut Faults, name: &str, schemes: &[&str]) -> Option<Secret> {
        let (value, origin) = self.given_secret(faults, name)?;
        // The value itself is never part of a message.
        if schemes.iter().any(|scheme| value.starts_with(&format!("{scheme}://"))) {
            Some(Secret::new(value))
        } else {
            faults.add(format!("{name}: expected a URL that begins with {}:// ({origin})", schemes[0]));
            None
        }
    }

    /// A secret of any form; who uses it says what is wrong with it.
    pub(super) fn secret_text(&self, faults: &mut Faults, name: &str) -> Option<Secret> {
        self.given_secret(faults, name).map(|(value, _)| Secret::new(value))
    }

    /// A setting that may be left out.
    pub(super) fn optional<T: FromStr>(&self, faults: &mut Faults, name: &str, expected: &str) -> Option<T> {
        self.text(name)?;
        self.value(faults, name, expected)
    }

    /// The value of `NAME` or the content of the file `NAME_file`, and where it came from.
    fn given_secret(&self, faults: &mut Faults, name: &str) -> Option<(String, String)> {
        let in_file = format!("{name}_file");
        match (self.text(name), self.text(&in_file)) {
            (None, None) => None,
            (Some(value), None) => Some((value, self.origin(name))),
            (None, Some(file)) => match fs::read_to_string(&file) {
                Ok(text) => Some((text.trim().to_owned(), format!("in {file}"))),
                Err(e) => {
                    faults.add(format!("{in_file}: cannot read {file}: {e} ({})", self.origin(&in_file)));
                    None
                }
            },
            (Some(_), Some(_)) => {
                let (one, other) = (self.origin(name), self.origin(&in_file));
                faults.add(format!("{name} and {in_file}: give one of them ({one}; {other})"));
                None
            }
        }
    }

    /// A setting as it stands there, a table perhaps.
    pub(super) fn raw(&self, name: &str) -> Option<Value> {
        self.0.find_value(name).ok()
    }

    /// A setting as text; an empty one counts as not given.
    fn text(&self, name: &str) -> Option<String> {
        let value = self.0.find_value(name).ok()?;
        let text = match &value {
            Value::String(_, text) => text.clone(),
            Value::Bool(_, flag) => flag.to_string(),
            Value::Char(_, letter) => letter.to_string(),
            // The environment has no types: a directory called 42 arrives as a number.
            Value::Num(_, number) => number
                .to_i128()
                .map(|n| n.to_string())
                .or_else(|| number.to_u128().map(|n| n.to_string()))
                .or_else(|| number.to_f64().map(|n| n.to_string()))?,
            Value::Empty(..) | Value::Dict(..) | Value::Array(..) => format!("{value:?}"),
        };
        Some(text).filter(|text| !text.is_empty())
    }

    pub(super) fn origin(&self, name: &str) -> String {
        match self.0.find_metadata(name) {
            Some(Metadata { source: Some(Source::File(path)), .. }) => format!("from {}", path.display()),
            Some(metadata) if metadata.name.contains("environment") => {
                let variable = name.to_uppercase();
                let prefix = if env::var_os(&variable).is_some() { "" } else { "OMOI_" };
                format!("from the variable {prefix}{variable}")
            }
            Some(metadata) => format!("from {}", metadata.name),
            None => "from the defaults".to_owned(),
        }
    }
}
