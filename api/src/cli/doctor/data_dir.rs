//! A data directory: who has it, where its data lies, and whether the next start will work.

use std::path::Path;

use embedded::{
    DataDir, MAJOR_VERSION,
    inspect::{self, Cluster, Inspection},
};

use super::report::Report;

pub(super) fn check(report: &mut Report, path: &Path) {
    match inspect::data_dir(path) {
        None => report
            .ok("data directory", format!("{} does not exist; the first start makes it", path.display())),
        Some(seen) => {
            directory(report, &seen);
            home(report, &seen);
            if let Some(cluster) = &seen.cluster {
                postgres(report, &seen, cluster);
            }
        }
    }
    for orphan in DataDir::orphaned_homes() {
        let found = format!("{} belongs to a data directory that is gone", orphan.display());
        report.note("left-over data", found, format!("when nobody needs it: `rm -r {}`", orphan.display()));
    }
}

fn directory(report: &mut Report, seen: &Inspection) {
    let path = seen.path.display();
    match seen.holder {
        Some(pid) => report.ok("data directory", format!("{path}, in use by omoi (pid {pid})")),
        None => report.ok("data directory", format!("{path}, not in use")),
    }
    if seen.open_to_others {
        report.wrong(
            "permissions",
            format!("{path} can be read by other users"),
            format!("`chmod 700 '{path}'`"),
        );
    }
}

fn home(report: &mut Report, seen: &Inspection) {
    match &seen.home {
        Some(home) if !seen.home_exists => {
            let found = format!("{} is gone, and the data with it", home.display());
            let mend = format!("put it back, or remove {} to start empty", seen.path.display());
            report.wrong("data of the children", found, mend);
        }
        Some(home) => report.ok("data of the children", home.display().to_string()),
        None => report.ok("data of the children", "none yet"),
    }
    if let Some(home) = seen.home.as_deref().filter(|home| *home != seen.path)
        && let Some((account, closed)) = inspect::closed_to_children(home)
    {
        let found = format!("the user {account} cannot enter {}", closed.display());
        report.wrong("data of the children", found, format!("`chmod o+x {}`", closed.display()));
    }
}

fn postgres(report: &mut Report, seen: &Inspection, cluster: &Cluster) {
    let directory = cluster.directory.display();
    match cluster.version.as_deref() {
        Some(MAJOR_VERSION) => report.ok("Postgres", format!("version {MAJOR_VERSION}, in {directory}")),
        Some(other) => report.wrong(
            "Postgres",
            format!("{directory} was made by version {other}, this build runs {MAJOR_VERSION}"),
            "move the data over with pg_dumpall and psql, or use the build of omoi that made it",
        ),
        None => report.wrong(
            "Postgres",
            format!("{directory} has no readable PG_VERSION"),
            "restore the directory from a backup",
        ),
    }
    let password_file = cluster.password_file.display();
    if !cluster.password_kept {
        let found = format!("{password_file} is missing, and without it the cluster cannot be opened");
        report.wrong("passwords", found, "restore it from a backup of the data directory");
    } else if cluster.password_open_to_others {
        let found = format!("{password_file} can be read by other users");
        report.wrong("passwords", found, format!("`chmod 600 '{password_file}'`"));
    }
    match (seen.holder, cluster.pid, cluster.pid_is_alive) {
        (Some(_), _, _) | (None, None, _) => {}
        (None, Some(pid), true) => report.wrong(
            "Postgres process",
            format!("pid {pid} still works on {directory}, and no omoi owns it"),
            format!("`kill -INT {pid}`"),
        ),
        (None, Some(pid), false) => report.note(
            "Postgres process",
            format!("a pid file names {pid}, which is gone: the last stop was not in order"),
            "nothing to do; the next start recovers",
        ),
    }
}
