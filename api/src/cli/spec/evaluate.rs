//! `omoi spec evaluate`: the judges of planning on a file, without a server.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use plan::evaluate::{Context, evaluate};
use plan::invariants::Earlier;
use plan::phases::{Design, Requirements};
use plan::{Output as Written, Phase, Problem, Verdict, Writer};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::lines::verdict_lines;
use crate::cli::client::{Failure, Output};

/// Exit code 0 when the output passes, 1 when it does not, 2 when it cannot be judged.
pub(super) fn run(
    phase: Phase,
    file: &Path,
    [requirements, design]: [Option<&Path>; 2],
    soft_only: bool,
    json: bool,
) -> ExitCode {
    let out = Output::new(json);
    let verdict = judge(phase, file, requirements, design, soft_only);
    let told = verdict.and_then(|verdict| {
        if json {
            let text = json!({
                "score": verdict.score, "criteria": verdict.criteria,
                "vetoes": verdict.vetoes, "issues": verdict.issues,
            });
            out.raw([&*text.to_string()])?;
        } else {
            out.lines(&verdict_lines(&verdict))?;
        }
        Ok(verdict.passes())
    });
    match told {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => out.fail(&failure),
    }
}

fn judge(
    phase: Phase,
    file: &Path,
    requirements: Option<&Path>,
    design: Option<&Path>,
    soft_only: bool,
) -> Result<Verdict, Failure> {
    let text = read(file)?;
    let requirements: Option<Requirements> = requirements.map(parsed).transpose()?;
    let design: Option<Design> = design.map(parsed).transpose()?;
    let earlier = Earlier { requirements: requirements.as_ref(), design: design.as_ref() };
    // Without what would veto, what is absent only costs points.
    let output = if soft_only { Written::read_unfinished(phase, &text) } else { Written::read(phase, &text) };
    let mut verdict = match output {
        Ok(output) => evaluate(&output, Context { writer: Writer::Model, earlier }),
        Err(vetoes) if soft_only => return Err(unreadable(file, &vetoes)),
        Err(vetoes) => Verdict { vetoes, ..Verdict::default() },
    };
    if soft_only {
        verdict.vetoes.clear();
    }
    Ok(verdict)
}

fn unreadable(file: &Path, problems: &[Problem]) -> Failure {
    let first = problems.first().map_or("it is no output of this phase", |problem| &*problem.message);
    Failure::invalid("unreadable", format!("{}: {first}", file.display()))
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file)
        .map_err(|error| Failure::invalid("unreadable", format!("cannot read {}: {error}", file.display())))
}

fn parsed<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    serde_json::from_str(&read(file)?)
        .map_err(|error| Failure::invalid("not_json", format!("{}: {error}", file.display())))
}
