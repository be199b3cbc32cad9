//! The fields that a phase writes: which are missing, and whether what a model says may be written down. It may when the phase
//! reads it, which forgives `HIGH` for `high`, and when nothing is absent that the schema asks for.
//!
//! An entry of a list that has a name is written as soon as it is whole; the others when their list is, because nobody could tell
//! them from those of an earlier answer.

use std::collections::{BTreeMap, BTreeSet};

use plan::{Output, Phase, Problem, schema_of};
use planning::spec::{Part, Section, name_of};
use serde_json::{Map, Value, json};

/// So many faults of an answer are told.
const PROBLEMS: usize = 20;

/// The fields of a phase.
#[derive(Debug)]
pub(super) struct Fields {
    phase: Phase,
    schema: Value,
    required: Vec<String>,
}

impl Fields {
    pub(super) fn of(phase: Phase) -> Self {
        let schema = schema_of(phase);
        let required = required_by(&schema).map(str::to_owned).collect();
        Self { phase, schema, required }
    }

    /// Those that are asked for and not `complete`, in the order of the schema.
    pub(super) fn missing(&self, complete: &BTreeSet<String>) -> Vec<&str> {
        self.required.iter().filter(|field| !complete.contains(*field)).map(String::as_str).collect()
    }

    /// The schema of an output that has only these.
    pub(super) fn schema_of(&self, fields: &[&str]) -> Value {
        let mut schema = self.schema.clone();
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.retain(|name, _| fields.contains(&name.as_str()) || !self.required.contains(name));
        }
        schema["required"] = fields.iter().copied().map(Value::from).collect();
        schema
    }

    /// An answer that begins.
    pub(super) fn answer(&self) -> Answer<'_> {
        Answer { fields: self, problems: Vec::new(), lists: BTreeMap::new() }
    }
}

fn required_by(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What a model says, field by field.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    fields: &'a Fields,
    /// What of it cannot be written down.
    pub(super) problems: Vec<Problem>,
    lists: BTreeMap<String, List>,
}

/// A list that is being said.
#[derive(Debug, Default)]
struct List {
    named: BTreeMap<String, Value>,
    unnamed: Vec<Value>,
    spoiled: bool,
}

impl Answer<'_> {
    /// What of a section that is whole may be written down.
    ///
    /// # Errors
    /// Two entries of a list have one name and say different things.
    pub(super) fn take(&mut self, section: Section) -> Result<Vec<Section>, Problem> {
        let Section { field, part } = section;
        if self.fields.schema["properties"].get(&field).is_none() {
            return Ok(Vec::new());
        }
        match part {
            Part::Whole { value } => {
                Ok(if self.is_valid(&field, &value) { self.all_of(field, value) } else { Vec::new() })
            }
            Part::Items { items, last } => {
                let mut sections = Vec::new();
                for item in items {
                    let fits = self.is_valid_entry(&field, &item);
                    let list = self.lists.entry(field.clone()).or_default();
                    list.spoiled |= !fits;
                    if fits {
                        sections.extend(list.take(&field, item)?);
                    }
                }
                if last {
                    sections.extend(self.end(field));
                }
                Ok(sections)
            }
            Part::Text { .. } => Ok(Vec::new()),
        }
    }

    fn is_valid(&mut self, field: &str, value: &Value) -> bool {
        let mut faults = self.unreadable(&json!({ field: value }));
        absent(&self.fields.schema["properties"][field], value, field, &mut faults);
        self.none(faults)
    }

    fn is_valid_entry(&mut self, field: &str, item: &Value) -> bool {
        let entry = format!("{field}[{}]", name_of(item).unwrap_or_default());
        let mut faults = self.unreadable(&json!({ field: [item] }));
        for fault in &mut faults {
            // The reader sees one entry only.
            fault.message = fault.message.replacen(&format!("{field}[0]"), &entry, 1);
        }
        absent(&self.fields.schema["properties"][field]["items"], item, &entry, &mut faults);
        self.none(faults)
    }

    fn unreadable(&self, part: &Value) -> Vec<Problem> {
        Output::read_unfinished(self.fields.phase, &part.to_string()).err().unwrap_or_default()
    }

    fn none(&mut self, faults: Vec<Problem>) -> bool {
        let none = faults.is_empty();
        self.problems.extend(faults);
        self.problems.truncate(PROBLEMS);
        none
    }

    fn end(&mut self, field: String) -> Vec<Section> {
        let List { named, unnamed, spoiled } = self.lists.remove(&field).unwrap_or_default();
        if spoiled {
            return Vec::new();
        }
        if named.is_empty() && !unnamed.is_empty() {
            return self.all_of(field, Value::Array(unnamed));
        }
        vec![Section { field, part: Part::Items { items: unnamed, last: true } }]
    }

    fn all_of(&mut self, field: String, value: Value) -> Vec<Section> {
        Section::all_of(&Map::from_iter([(field, value)])).unwrap_or_else(|too_large| {
            self.problems.push(Problem::new("too_large", too_large.to_string()));
            Vec::new()
        })
    }
}

impl List {
    fn take(&mut self, field: &str, item: Value) -> Result<Option<Section>, Problem> {
        let Some(name) = name_of(&item) else {
            self.unnamed.push(item);
            return Ok(None);
        };
        match self.named.get(&name) {
            Some(known) if *known == item => return Ok(None),
            Some(_) => {
                let message =
                    format!("two entries of `{field}` are called `{name}` and say different things");
                return Err(Problem::new("duplicate_id", message).about(name));
            }
            None => {}
        }
        let section =
            Section { field: field.to_owned(), part: Part::Items { items: vec![item.clone()], last: false } };
        self.named.insert(name, item);
        Ok(Some(section))
    }
}

/// What the schema asks for and the value does not have.
fn absent(schema: &Value, value: &Value, path: &str, faults: &mut Vec<Problem>) {
    match value {
        Value::Object(object) => {
            for field in required_by(schema) {
                let path = format!("{path}.{field}");
                match object.get(field) {
                    None | Some(Value::Null) => {
                        faults.push(Problem::new("schema", format!("`{path}` is absent")).about(path));
                    }
                    Some(value) => absent(&schema["properties"][field], value, &path, faults),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                absent(&schema["items"], item, &format!("{path}[{index}]"), faults);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(field: &str, items: Vec<Value>, last: bool) -> Section {
        Section { field: field.into(), part: Part::Items { items, last } }
    }

    fn metric(target: &Value) -> Value {
        json!({ "metric": "time", "target": target, "measurement": "a clock" })
    }

    fn story(id: &str) -> Value {
        json!({
            "id": id, "role": "a user", "want": "to see", "benefit": "knowing", "priority": "must",
            "acceptance_criteria": ["It is seen."]
        })
    }

    #[test]
    fn a_field_of_another_type_is_told_and_not_written() {
        let fields = Fields::of(Phase::Prd);
        let mut answer = fields.answer();
        let goals =
            json!({ "primary": ["less waiting"], "secondary": [], "success_metrics": [metric(&json!(7))] });
        let section = Section { field: "goals".into(), part: Part::Whole { value: goals } };
        assert_eq!(answer.take(section).unwrap(), []);
        let [problem] = &answer.problems[..] else { panic!("{:?}", answer.problems) };
        assert!(problem.message.starts_with("`goals.success_metrics[0].target` is not what"), "{problem:?}");
    }

    #[test]
    fn what_is_absent_is_told_by_its_place() {
        let fields = Fields::of(Phase::Prd);
        let mut answer = fields.answer();
        let goals = json!({ "primary": [], "success_metrics": [{ "metric": "time" }] });
        answer.take(Section { field: "goals".into(), part: Part::Whole { value: goals } }).unwrap();
        let told: Vec<_> = answer.problems.iter().map(|problem| problem.message.as_str()).collect();
        let at = |field: &str| format!("`goals.{field}` is absent");
        let expected =
            [at("secondary"), at("success_metrics[0].measurement"), at("success_metrics[0].target")];
        assert_eq!(BTreeSet::from_iter(told), BTreeSet::from_iter(expected.iter().map(String::as_str)));
    }

    #[test]
    fn entries_with_names_are_written_at_once_and_others_with_their_list() {
        let fields = Fields::of(Phase::Prd);
        let mut answer = fields.answer();
        assert_eq!(answer.take(items("user_stories", vec![story("US-001")], false)).unwrap().len(), 1);
        assert_eq!(answer.take(items("assumptions", vec![json!("a")], false)).unwrap(), []);
        let whole = answer.take(items("assumptions", vec![json!("b")], true)).unwrap();
        let both = Part::Whole { value: json!(["a", "b"]) };
        assert_eq!(whole, [Section { field: "assumptions".into(), part: both }]);
        let last = answer.take(items("user_stories", vec![], true)).unwrap();
        assert_eq!(last, [items("user_stories", vec![], true)]);
        assert!(answer.problems.is_empty());
    }

    #[test]
    fn a_list_with_an_entry_that_cannot_be_read_is_not_complete() {
        let fields = Fields::of(Phase::Prd);
        let mut answer = fields.answer();
        let broken = json!({ "id": "US-002", "role": [] });
        let written = answer.take(items("user_stories", vec![story("US-001"), broken], true)).unwrap();
        assert_eq!(written, [items("user_stories", vec![story("US-001")], false)]);
        assert!(
            answer.problems.iter().any(|problem| problem.message.contains("`user_stories[US-002].role`"))
        );
    }

    #[test]
    fn one_name_for_two_things_is_a_contradiction() {
        let fields = Fields::of(Phase::Prd);
        let mut answer = fields.answer();
        answer.take(items("user_stories", vec![story("US-001"), story("US-001")], false)).unwrap();
        let mut other = story("US-001");
        other["want"] = "something else".into();
        let contradiction = answer.take(items("user_stories", vec![other], false)).unwrap_err();
        assert_eq!(contradiction.place.item.as_deref(), Some("US-001"));
    }

    #[test]
    fn what_is_written_is_not_asked_for_again() {
        for phase in Phase::ALL.into_iter().filter(|phase| *phase != Phase::Sync) {
            let fields = Fields::of(phase);
            let all = fields.missing(&BTreeSet::new());
            let [first, rest @ ..] = &all[..] else { panic!("{phase} writes nothing") };
            let written = BTreeSet::from([(*first).to_owned()]);
            assert_eq!(fields.missing(&written), rest);
            let schema = fields.schema_of(rest);
            assert!(schema["properties"].get(first).is_none() && schema["properties"].get(rest[0]).is_some());
            assert_eq!(schema["required"].as_array().map(Vec::len), Some(rest.len()));
        }
    }

    /// As a model writes it: text in, sections out, and nothing missing.
    #[test]
    fn an_example_is_written_whole() {
        for phase in Phase::ALL.into_iter().filter(|phase| *phase != Phase::Sync) {
            let fields = Fields::of(phase);
            let (mut answer, mut scanner) = (fields.answer(), super::super::scanner::Scanner::default());
            let text = plan::testing::examples::text(phase);
            let mut complete = BTreeSet::new();
            for section in scanner.push(text).unwrap() {
                for section in answer.take(section).unwrap() {
                    if matches!(section.part, Part::Whole { .. } | Part::Items { last: true, .. }) {
                        complete.insert(section.field);
                    }
                }
            }
            assert_eq!(answer.problems, [], "{phase}");
            assert_eq!(fields.missing(&complete), Vec::<&str>::new(), "{phase}");
        }
    }
}
