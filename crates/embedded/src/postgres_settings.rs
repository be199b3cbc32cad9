//! The settings of an embedded server, each with its reason. They are written to `postgresql.conf` at each
//! start; what a person wants otherwise goes to `postgresql.local.conf`, which is read last.

use std::path::Path;

/// Name, value, reason.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("listen_addresses", "", "the Unix socket is the only way in"),
    ("unix_socket_permissions", "0700", "and only for the user that runs the server"),
    ("fsync", "on", "what was acknowledged survives a power cut"),
    ("full_page_writes", "on", "and so do pages that were being written"),
    ("synchronous_commit", "on", "a commit answers when it is on the disk"),
    ("max_connections", "200", "the pools of several roles, or of one run of all tests"),
    ("shared_buffers", "256MB", "the hot pages of the log's indexes fit; small beside 4 GB of memory"),
    ("maintenance_work_mem", "128MB", "building an index of a rebuilt read model"),
    ("max_wal_size", "2GB", "a checkpoint every few minutes under full load, not every few seconds"),
    ("min_wal_size", "512MB", "segments are used again instead of made anew"),
    ("checkpoint_timeout", "15min", "fewer full page images; recovery stays well under a minute"),
    ("wal_compression", "on", "full page images are most of the write-ahead log after a checkpoint"),
    ("jit", "off", "our queries are short: compiling costs more than it saves"),
    ("random_page_cost", "1.1", "solid-state disks: an index is nearly as cheap as a scan"),
    ("max_parallel_workers_per_gather", "1", "two cores: a report must not take both from the writers"),
    ("timezone", "UTC", "one time zone everywhere"),
    ("log_timezone", "UTC", "one time zone everywhere"),
    ("log_line_prefix", "%m [%p] %u@%d ", "when, which process, who, where"),
    ("log_checkpoints", "off", "the log is for faults"),
    ("password_encryption", "scram-sha-256", "no password is stored in a form that can be used"),
];

/// The text of `postgresql.conf`. Later settings win, so `extra` beats ours.
pub(crate) fn file(socket_dir: &Path, extra: &[(String, String)]) -> String {
    let mut text = String::from(
        "# Written by omoi at each start; put settings of your own into postgresql.local.conf beside this file.\n",
    );
    // A list of directories: the inner quotes keep a comma or a space in the path from splitting it.
    let sockets = format!("\"{}\"", socket_dir.display().to_string().replace('"', "\"\""));
    text.push_str(&line("unix_socket_directories", &sockets, "private, and short enough for a socket"));
    for (name, value, reason) in SETTINGS {
        text.push_str(&line(name, value, reason));
    }
    for (name, value) in extra {
        text.push_str(&line(name, value, "asked for by the caller"));
    }
    text.push_str("include_if_exists = 'postgresql.local.conf'\n");
    text
}

fn line(name: &str, value: &str, reason: &str) -> String {
    format!("{name} = '{}'  # {reason}\n", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_and_the_callers_settings_come_last() {
        let text = file(Path::new("/tmp/it's, here"), &[("fsync".into(), "off".into())]);
        assert!(text.contains("unix_socket_directories = '\"/tmp/it''s, here\"'"), "{text}");
        let ours = text.find("fsync = 'on'").expect("durable by default");
        assert!(text.find("fsync = 'off'").is_some_and(|theirs| theirs > ours), "{text}");
    }
}
