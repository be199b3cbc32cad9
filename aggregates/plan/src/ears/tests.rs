//! `corpus/ears.json`: each sentence with its parts, or with what is wrong and where.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Deserialize)]
struct Row {
    sentence: String,
    ears: Option<Ears>,
    error: Option<EarsError>,
}

fn corpus() -> Vec<Row> {
    serde_json::from_str(include_str!("../../corpus/ears.json")).unwrap()
}

#[test]
fn each_sentence_of_the_corpus_is_read_or_refused_as_it_says() {
    let mut wrong = Vec::new();
    for row in corpus() {
        let expected = match (row.ears, row.error) {
            (Some(ears), None) => Ok(ears),
            (None, Some(error)) => Err(error),
            _ => panic!("either parts or an error: {}", row.sentence),
        };
        let found = parse(&row.sentence);
        if found != expected {
            wrong.push(format!("{}\n  expected {expected:?}\n  found    {found:?}", row.sentence));
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_read_keeps_to_its_schema() {
    let validator = jsonschema::validator_for(schemars::schema_for!(Ears).as_value()).unwrap();
    for ears in corpus().into_iter().filter_map(|row| row.ears) {
        let json = serde_json::to_value(ears).unwrap();
        assert!(validator.is_valid(&json), "{json}");
    }
}

#[test]
fn the_corpus_has_enough_of_each() {
    let rows = corpus();
    let refused = rows.iter().filter(|row| row.error.is_some()).count();
    assert_eq!((rows.len(), refused), (216, 81));
    for kind in ["Ubiquitous", "Event", "State", "Unwanted", "Optional", "Complex"] {
        let of_kind =
            rows.iter().filter_map(|row| row.ears.as_ref()).filter(|ears| format!("{:?}", ears.kind) == kind);
        assert!(of_kind.count() >= 5, "{kind}");
    }
    for kind in [
        EarsErrorKind::Empty,
        EarsErrorKind::MissingModal,
        EarsErrorKind::WillIsNoModal,
        EarsErrorKind::MayNot,
        EarsErrorKind::TwoModals,
        EarsErrorKind::MissingSystem,
        EarsErrorKind::MissingResponse,
        EarsErrorKind::EmptyCondition,
        EarsErrorKind::MissingComma,
        EarsErrorKind::IfWithoutThen,
        EarsErrorKind::ThenWithoutCondition,
        EarsErrorKind::KeywordTwice,
        EarsErrorKind::TwoTriggers,
        EarsErrorKind::MisplacedCondition,
    ] {
        let of_kind = rows.iter().filter_map(|row| row.error).filter(|error| error.kind == kind).count();
        assert!(of_kind >= 3, "{kind:?}: {of_kind}");
    }
}

#[test]
fn an_error_says_where_and_what_to_do() {
    let error = parse("IF the disk is full, the log SHALL stop.").unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 1: IF needs THEN: write `IF <condition>, THEN the system SHALL ...`"
    );
}

fn phrase() -> impl Strategy<Value = String> {
    // No keyword begins with an `x`.
    proptest::collection::vec("x[a-zäöü]{0,5}", 1..5).prop_map(|words| words.join(" "))
}

fn any_ears() -> impl Strategy<Value = Ears> {
    let modal = proptest::sample::select(vec![
        Modal::Shall,
        Modal::ShallNot,
        Modal::Must,
        Modal::MustNot,
        Modal::Should,
        Modal::ShouldNot,
        Modal::May,
    ]);
    let keyword = proptest::sample::select(vec![TriggerKeyword::When, TriggerKeyword::If]);
    let trigger =
        proptest::option::of((keyword, phrase()).prop_map(|(keyword, text)| Trigger { keyword, text }));
    let conditions = (proptest::option::of(phrase()), proptest::option::of(phrase()), trigger);
    (conditions, phrase(), modal, phrase()).prop_map(
        |((feature, precondition, trigger), system, modal, response)| {
            let kind = match (&feature, &precondition, &trigger) {
                (None, None, None) => EarsKind::Ubiquitous,
                (Some(_), None, None) => EarsKind::Optional,
                (None, Some(_), None) => EarsKind::State,
                (None, None, Some(Trigger { keyword: TriggerKeyword::When, .. })) => EarsKind::Event,
                (None, None, Some(_)) => EarsKind::Unwanted,
                _ => EarsKind::Complex,
            };
            Ears { kind, feature, precondition, trigger, system, modal, response, warnings: Vec::new() }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_in_canonical_form_is_read_back(ears in any_ears()) {
        prop_assert_eq!(parse(&ears.to_string()), Ok(ears.clone()));
        let json = serde_json::to_string(&ears).unwrap();
        prop_assert_eq!(serde_json::from_str::<Ears>(&json).unwrap(), ears);
    }

    #[test]
    fn any_text_is_read_or_refused_inside_of_it(text in any::<String>()) {
        if let Err(error) = parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&(error.column as usize)));
        }
    }

    #[test]
    fn any_order_of_keywords_is_read_or_refused_inside_of_it(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "WHEN", "when", "while,", "WHILE", "if", "IF", "then", "THEN", "where", "WHERE", "shall", "SHALL", "not",
            "MAY", "must", "will", "be", "the", "system", "of", "and", "a,", ",", ".", "ö", "1.", "-",
        ]), 0..9)
    ) {
        let text = words.join(" ");
        match parse(&text) {
            Ok(ears) => prop_assert!(!ears.system.is_empty() && !ears.response.is_empty()),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&(error.column as usize))),
        }
    }
}
