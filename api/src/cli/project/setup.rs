//! Columns and gates as people write them: `Doing=implementation,testing:5`, `testing=approval,evidence:verified`.
//! `omoi project show` writes them in the same way.

use std::num::NonZeroU32;

use vocabulary::{Column, Criterion, EvidenceLevel, Name, Phase, Slug};

/// Of a phase that is left freely.
const NOTHING: &str = "nothing";
/// Every criterion, and how it is written.
const CRITERIA: [(&str, Criterion); 4] = [
    ("tasks_done", Criterion::TasksDone),
    ("approval", Criterion::Approval),
    ("evidence:any", Criterion::Evidence { level: EvidenceLevel::Any }),
    ("evidence:verified", Criterion::Evidence { level: EvidenceLevel::Verified }),
];

/// A phase, and what must hold before a ticket leaves it.
pub(super) type Gate = (Phase, Vec<Criterion>);

/// `TITLE=PHASES`, and `:LIMIT` behind it if there is one; the title may hold `=` itself.
pub(super) fn column(text: &str) -> Result<Column, String> {
    let form = || {
        "write the title, =, its phases, and :LIMIT if it has one, e.g. 'Doing=implementation,testing:5'"
            .to_owned()
    };
    let (title, rest) = text.rsplit_once('=').ok_or_else(form)?;
    let (phases, limit) = rest.split_once(':').map_or((rest, None), |(phases, limit)| (phases, Some(limit)));
    let title = Name::new(title).map_err(|error| error.to_string())?;
    let phases = phases.split(',').map(phase).collect::<Result<Vec<_>, _>>()?;
    let wip_limit = limit.map(str::parse::<NonZeroU32>).transpose().map_err(|_| form())?;
    // A title without Latin letters makes no id; a phase stands in one column only.
    let id = Slug::from_name(&title).or_else(|_| Slug::new(phases[0].as_str()));
    Ok(Column { id: id.map_err(|error| error.to_string())?, title, phases, wip_limit })
}

/// `PHASE=CRITERIA`, or `PHASE=nothing`.
pub(super) fn gate(text: &str) -> Result<Gate, String> {
    let form = || {
        let known: Vec<_> = CRITERIA.iter().map(|(name, _)| *name).collect();
        format!("write the phase, =, and {NOTHING} or some of {}, parted by commas", known.join(", "))
    };
    let (of, criteria) = text.split_once('=').ok_or_else(form)?;
    let of = phase(of)?;
    if criteria.trim() == NOTHING {
        return Ok((of, Vec::new()));
    }
    let criterion = |word: &str| {
        let known = CRITERIA.iter().find(|(name, _)| *name == word.trim());
        known.map(|(_, criterion)| *criterion).ok_or_else(form)
    };
    Ok((of, criteria.split(',').map(criterion).collect::<Result<_, _>>()?))
}

fn phase(word: &str) -> Result<Phase, String> {
    word.trim().parse().map_err(|error: vocabulary::InvalidPhase| error.to_string())
}

pub(super) fn column_text(column: &Column) -> String {
    let phases: Vec<_> = column.phases.iter().map(|phase| phase.as_str()).collect();
    let limit = column.wip_limit.map_or(String::new(), |limit| format!(":{limit}"));
    format!("{}={}{limit}", column.title, phases.join(","))
}

pub(super) fn gate_text((phase, criteria): &Gate) -> String {
    let name = |criterion: &Criterion| CRITERIA.iter().find(|(_, known)| known == criterion);
    let names: Vec<_> = criteria.iter().filter_map(name).map(|(name, _)| *name).collect();
    format!("{phase}={}", if names.is_empty() { NOTHING.to_owned() } else { names.join(",") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_written_as_it_is_read() {
        for text in ["Doing=implementation,testing:5", "a=b=done", "To do=backlog,requirements,design"] {
            assert_eq!(column(text).map(|column| column_text(&column)).as_deref(), Ok(text));
        }
        let doing = column("In work = design , testing:3").unwrap();
        assert_eq!((doing.id.as_str(), doing.phases), ("in-work", vec![Phase::Design, Phase::Testing]));
        assert_eq!(column("請求=backlog").unwrap().id.as_str(), "backlog");
        for wrong in ["", "Doing", "Doing=", "=done", "Doing=shipping", "Doing=testing:", "Doing=testing:0"] {
            assert!(column(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_gate_is_written_as_it_is_read() {
        for text in [
            "testing=approval,evidence:verified",
            "implementation=tasks_done,evidence:any",
            "backlog=nothing",
        ] {
            assert_eq!(gate(text).map(|gate| gate_text(&gate)).as_deref(), Ok(text));
        }
        for wrong in
            ["", "testing", "testing=", "shipping=approval", "testing=trust", "testing=nothing,approval"]
        {
            assert!(gate(wrong).is_err(), "{wrong}");
        }
    }
}
