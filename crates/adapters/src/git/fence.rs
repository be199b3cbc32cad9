//! What every call of git is given, so that nothing but what is asked for is done.

/// Whatever a repository or a user may have configured to run or to be read instead. Configuration of the command line
/// comes last, so nothing overrides it.
pub(super) const CONFIG: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.askPass=",
    // Asked of a repository whose objects lie elsewhere too.
    "core.alternateRefsCommand=true",
    "credential.helper=",
    "credential.interactive=false",
    "protocol.allow=never",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=15",
    "fetch.recurseSubmodules=false",
    "fetch.unpackLimit=1",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Variables of every call; no other is passed on. `GIT_DIR` is always given: so git looks nowhere else, and whose
/// repository it is does not matter. It checks owners because a repository's configuration can run programs; of what is
/// called here nothing does (`tests/it/git/hostile.rs`), and a server in a container reads what belongs to somebody else.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    // A commit is what its name says, whatever the repository would show in its place.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_PROTOCOL_FROM_USER", "0"),
];
