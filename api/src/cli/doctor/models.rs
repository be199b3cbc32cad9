//! Which models are asked, and for what.

use plan::Phase;
use ports::llm::Models as _;

use super::report::Report;
use crate::config::Config;

/// What a model is asked for.
const PURPOSES: [Phase; 5] = [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];
/// Whose model answers for what is not named.
const DEFAULT: &str = "default";

pub(super) fn check(report: &mut Report, config: &Config) {
    let what = "models";
    let models = match config.models() {
        Ok(models) => models,
        Err(error) => {
            let mend = "correct [llm] of the settings, or the variable that is named; docs/guides/models.md shows both";
            return report.wrong(what, format!("{error:#}"), mend);
        }
    };
    let mut answering: Vec<(String, Vec<&str>)> = Vec::new();
    let mut nobody = Vec::new();
    for purpose in PURPOSES.map(Phase::as_str) {
        let Ok(route) = models.route(purpose) else {
            nobody.push(purpose);
            continue;
        };
        let model = format!("{} of {}", route.model, route.provider);
        match answering.iter_mut().find(|(name, _)| *name == model) {
            Some((_, purposes)) => purposes.push(purpose),
            None => answering.push((model, vec![purpose])),
        }
    }
    if answering.is_empty() {
        let mend = "set ANTHROPIC_API_KEY or OPENAI_API_KEY, or OMOI_LLM_URL and OMOI_LLM_MODEL for a server of your own; \
                    `omoi dev llm` is one that needs no key";
        report.note(what, "none: ideas cannot be planned, but plans can be imported", mend);
    } else {
        for (model, purposes) in &answering {
            report.ok(what, format!("{model}, for {}", purposes.join(", ")));
        }
        if !nobody.is_empty() {
            let found = format!("none for {}: no idea can be planned to its end", nobody.join(", "));
            report.note(what, found, "name a model for them, or for `default`, in [llm.purposes]");
        }
    }
    let is_asked =
        |purpose: &str| purpose == DEFAULT || PURPOSES.iter().any(|asked| asked.as_str() == purpose);
    for (purpose, _) in models.routes().filter(|(purpose, _)| !is_asked(purpose)) {
        let mend = format!("[llm.purposes] knows {DEFAULT}, {}", PURPOSES.map(Phase::as_str).join(", "));
        report.note(what, format!("nothing is asked for `{purpose}`"), mend);
    }
}
