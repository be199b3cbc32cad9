//! Tables of entries in the settings file, such as `[llm.models]`: each entry is read by itself, so that one fault hides no other.

use std::collections::BTreeMap;

use figment::value::{Dict, Value};
use serde::de::DeserializeOwned;

use super::faults::Faults;

/// The entries of the table `list` of a section; none when it is not there.
pub(super) fn list<T: DeserializeOwned>(
    (section, of): (&Dict, &str),
    list: &str,
    origin: &str,
    f: &mut Faults,
) -> BTreeMap<String, T> {
    match section.get(list) {
        None => BTreeMap::new(),
        Some(Value::Dict(_, entries)) => each(entries, &format!("{of}.{list}"), origin, f),
        Some(_) => {
            f.add(format!("{of}.{list}: expected a table ({origin})"));
            BTreeMap::new()
        }
    }
}

/// The entries of a table that is called `path`.
pub(super) fn each<T: DeserializeOwned>(
    entries: &Dict,
    path: &str,
    origin: &str,
    f: &mut Faults,
) -> BTreeMap<String, T> {
    let mut read = BTreeMap::new();
    for (name, value) in entries {
        match value.deserialize() {
            Ok(entry) => drop(read.insert(name.clone(), entry)),
            Err(errors) => {
                for error in errors {
                    let path: Vec<&str> =
                        [path, name].into_iter().chain(error.path.iter().map(String::as_str)).collect();
                    f.add(format!("{}: {} ({origin})", path.join("."), error.kind));
                }
            }
        }
    }
    read
}
