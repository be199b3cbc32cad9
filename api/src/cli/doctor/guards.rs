//! Are the guards what the log says? A difference means that somebody wrote past `es.append`.

use eventstore::guards_rebuild::rebuild_and_compare;

use super::report::Report;
use crate::{cli::running, config::Config};

/// Differences that are shown; the first ones lead to the cause.
const SHOWN: usize = 20;

pub(super) async fn check(report: &mut Report, config: &Config) {
    let what = "guards";
    let store = match running::store(config) {
        Ok(store) => store,
        Err(error) => return report.wrong(what, format!("{error:#}"), "then ask again"),
    };
    let compared = rebuild_and_compare(&store).await;
    store.pools().close().await;
    match compared {
        Ok(differences) if differences.is_empty() => report.ok(what, "as the log says"),
        Ok(differences) => {
            for difference in differences.iter().take(SHOWN) {
                let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
                report.wrong(
                    what,
                    format!(
                        "{}: {} by the log, {} live",
                        difference.what,
                        side(&difference.log),
                        side(&difference.live)
                    ),
                    "the log is right; find who wrote to the table past es.append",
                );
            }
        }
        Err(error) => report.wrong(what, error.to_string(), "see what the error names, then ask again"),
    }
}
