//! SQL reads the time from omoi_now() only, so that a test moves every clock at once.

use super::rust_text;
use super::sql_text::{has_word, without_comments};
use super::tree::Tree;

const CLOCKS: &[&str] = &[
    "now(",
    "clock_timestamp(",
    "transaction_timestamp(",
    "statement_timestamp(",
    "timeofday(",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtimestamp",
    "localtime",
];

/// Where another clock is right, and why.
const EXCEPTIONS: &[(&str, &str)] = &[("xtask/src/tidy", "names what it forbids")];

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for file in tree.files_in("", "sql") {
        faults.extend(other_clocks(&file.path, 1, &without_the_clock_itself(&without_comments(&file.text))));
    }
    for file in tree.files_in("", "rs") {
        if EXCEPTIONS.iter().any(|(folder, _)| file.path.starts_with(folder)) {
            continue;
        }
        for literal in rust_text::split(&file.text).strings {
            faults.extend(other_clocks(&file.path, literal.line, &without_comments(&literal.text)));
        }
    }
    faults
}

fn other_clocks(path: &str, first_line: usize, sql: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, line) in sql.lines().enumerate() {
        let line = line.to_lowercase().replace(" (", "(");
        for clock in CLOCKS.iter().filter(|clock| has_word(&line, clock)) {
            let clock = clock.trim_end_matches('(');
            faults.push(format!("{path}:{} reads {clock}: SQL asks omoi_now()", first_line + index));
        }
    }
    faults
}

/// Blanks out the body of `create function .. omoi_now()`, the one place that may read a clock.
fn without_the_clock_itself(sql: &str) -> String {
    let lower = sql.to_lowercase();
    let is_definition = |start: &usize| {
        let statement = lower[..*start].rsplit(';').next().unwrap_or_default();
        statement.contains("function") && !statement.contains("$$")
    };
    let Some((name, _)) = lower.match_indices("omoi_now()").find(|(start, _)| is_definition(start)) else {
        return sql.to_owned();
    };
    let mut quotes = lower[name..].match_indices("$$").map(|(index, _)| name + index);
    let (Some(open), Some(close)) = (quotes.next(), quotes.next()) else { return sql.to_owned() };
    let lines = "\n".repeat(sql[open..close].matches('\n').count());
    format!("{}{lines}{}", &sql[..open], &sql[close..])
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    const CLOCK: &str = "create function es.clock_offset() returns interval as $$ select interval '0' $$;\n\
                         create function public.omoi_now() returns timestamptz\n\
                         as $$ select clock_timestamp() + es.clock_offset() $$;\n";

    fn found(path: &str, text: &str) -> Vec<String> {
        faults(&planted::tree(&[(path, text)]))
    }

    #[test]
    fn the_clock_itself_and_its_callers_are_fine() {
        let sql =
            format!("{CLOCK}-- not now()\nselect public.omoi_now(), current_setting('a'), current_user;");
        assert_eq!(found("migrations/1.sql", &sql), Vec::<String>::new());
    }

    #[test]
    fn every_other_clock_is_found_where_it_stands() {
        for clock in CLOCKS {
            let call =
                if clock.ends_with('(') { format!("{})", clock.to_uppercase()) } else { (*clock).to_owned() };
            let faults = found("migrations/1.sql", &format!("{CLOCK}select {call};"));
            assert_eq!(faults.len(), 1, "{clock}: {faults:?}");
            assert!(faults[0].starts_with("migrations/1.sql:4 reads"), "{faults:?}");
        }
    }

    #[test]
    fn a_second_clock_beside_the_definition_is_found() {
        let sql = format!("{CLOCK}create function es.other() returns timestamptz as $$ select now () $$;");
        assert_eq!(found("migrations/1.sql", &sql), ["migrations/1.sql:4 reads now: SQL asks omoi_now()"]);
    }

    #[test]
    fn sql_in_rust_strings_is_read_and_rust_code_is_not() {
        let source = "fn a() { Instant::now(); }\nconst Q: &str = \"\n    select now()\";";
        assert_eq!(found("api/src/a.rs", source), ["api/src/a.rs:3 reads now: SQL asks omoi_now()"]);
    }
}
