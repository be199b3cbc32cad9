//! Which agents this node can start, and what they are.

use super::report::Report;
use crate::config::Config;
use crate::wiring::agents::probe::{Probed, Program, probe};

pub(super) async fn check(report: &mut Report, config: &Config) {
    let what = "agents";
    for Probed { name, driver, takes_messages, program } in probe(&config.agents).await {
        let hears = if takes_messages { "hears people at work" } else { "hears nobody at work" };
        match program {
            Program::Ours => report.ok(what, format!("{name}: {driver}, {hears}")),
            Program::Version(version) => {
                report.ok(what, format!("{name}: {driver}, version {version}, {hears}"));
            }
            Program::Unknown => {
                report
                    .ok(what, format!("{name}: {driver}, a version that its program does not say, {hears}"));
            }
            Program::Missing(program) => {
                let mend = format!("install it, or name where it is: `command` of [agents.{name}]");
                report.note(
                    what,
                    format!("{name}: there is no program {program} here, so its runs fail"),
                    mend,
                );
            }
            Program::Unwanted { found, wanted } => {
                let mend = format!("install version {wanted} of it, or change `version` of [agents.{name}]");
                report.wrong(what, format!("{name}: version {found} is here, and {wanted} is wanted"), mend);
            }
        }
    }
}
