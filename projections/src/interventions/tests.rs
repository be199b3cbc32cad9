use kernel::Uuid;
use oversight::intervention::Request;
use vocabulary::Reason;

use super::*;
use crate::testing::{Folded, PROJECT};

fn requested(kind: Kind) -> Event {
    let request = Request { run: RunId(Uuid::from_u128(7)), kind, by: ActorId(Uuid::from_u128(1)) };
    Event::Requested(request)
}

fn tell(folded: &mut Folded<Interventions>, id: u128, event: Event) {
    folded.at = Timestamp::from_micros(folded.position * 10);
    folded.append(Uuid::from_u128(id), "intervention", Fact::Intervention(event));
}

#[test]
fn an_intervention_says_who_stepped_in_and_what_came_of_it() {
    let mut folded = Folded::<Interventions>::default();
    let reason = || Reason::new("it takes no messages").unwrap();
    tell(&mut folded, 1, requested(Kind::Message));
    tell(&mut folded, 2, requested(Kind::Interrupt));
    tell(&mut folded, 3, requested(Kind::Message));
    tell(&mut folded, 4, requested(Kind::Interrupt));
    tell(&mut folded, 2, Event::Delivered { turn: 3 });
    tell(&mut folded, 1, Event::DeliveryFailed { reason: reason() });
    tell(&mut folded, 4, Event::Expired);
    let rows: Vec<Stored> = folded.answer().rows.into_iter().map(|row| row.row).collect();
    let seen: Vec<_> = rows
        .iter()
        .map(|row| {
            let Known { kind, status, requested_at, settled_at, .. } = &row.known;
            (row.place, *kind, status.clone(), requested_at.micros(), settled_at.map(Timestamp::micros))
        })
        .collect();
    assert_eq!(
        seen,
        [
            (1, Kind::Message, Status::Failed { reason: reason() }, 0, Some(50)),
            (2, Kind::Interrupt, Status::Delivered { turn: 3 }, 10, Some(40)),
            (3, Kind::Message, Status::Requested, 20, None),
            (4, Kind::Interrupt, Status::Expired, 30, Some(60)),
        ]
    );
    assert!(rows.iter().all(|row| row.known.project == Some(ProjectId(PROJECT))));
}

#[test]
fn what_became_of_nothing_is_no_row() {
    let mut folded = Folded::<Interventions>::default();
    tell(&mut folded, 1, Event::Expired);
    assert!(folded.answer().rows.is_empty());
}

#[test]
fn a_row_is_read_as_the_statement_reads_it() {
    let mut folded = Folded::<Interventions>::default();
    tell(&mut folded, 1, requested(Kind::Message));
    let row = folded.answer().rows.remove(0).row;
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(
        (json["place"].as_i64(), json["run"].as_str()),
        (Some(1), Some(row.known.run.to_string().as_str()))
    );
    assert_eq!(json["status"], "requested");
    assert_eq!(read("1", &json.to_string()).unwrap(), row);
}
