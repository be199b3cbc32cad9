//! No role of the app may change or remove an event, whatever its code tries.

use super::sql_text::{has_word, normal};
use super::tree::Tree;

const CHANGES: &[&str] = &["update", "delete", "truncate", "all"];

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    tree.files_in("migrations/", "sql").flat_map(|file| forbidden(&file.path, &file.text)).collect()
}

fn forbidden(path: &str, sql: &str) -> Vec<String> {
    let sql = normal(sql);
    let mut faults = Vec::new();
    for (start, _) in sql.match_indices("grant ") {
        if sql[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let grant = sql[start..].split([';', '\'']).next().unwrap_or_default();
        let Some((rights, target)) = grant.split_once(" on ") else { continue };
        let objects = target.split(" to ").next().unwrap_or_default();
        // The partitions of events have names that begin with its name.
        let reaches_events = objects.contains("es.events")
            || objects.contains("all tables in schema es")
            || objects == "tables";
        if reaches_events && CHANGES.iter().any(|right| has_word(rights, right)) {
            faults.push(format!("{path} grants a change of events: `{grant}`"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sql: &str) -> usize {
        forbidden("migrations/1.sql", sql).len()
    }

    #[test]
    fn reading_and_other_tables_may_be_granted() {
        assert_eq!(
            found(
                "grant select on es.events to omoi_read; grant select, update on es.checkpoints to omoi_project;"
            ),
            0
        );
        assert_eq!(
            found("-- grant update on es.events to a;\nrevoke update, delete on es.events from public;"),
            0
        );
    }

    #[test]
    fn a_change_of_events_is_found_in_each_form() {
        for sql in [
            "GRANT UPDATE\n  ON es.events TO omoi_append;",
            "grant select, delete on table es.events to omoi_project;",
            "grant truncate on es.streams, es.events to omoi_project;",
            "grant all privileges on es.events_p0 to omoi_project;",
            "grant all on all tables in schema es to omoi_project;",
            "alter default privileges in schema es grant select, update on tables to omoi_project;",
            "do $$ begin execute 'grant delete on es.events to omoi_append'; end $$;",
        ] {
            assert_eq!(found(sql), 1, "{sql}");
        }
    }
}
