//! The largest plan that there may be is taken in while its sender waits, and is work on the board soon after, however it
//! is written down.

use std::time::Duration;

use plan::Layout;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Api, answer, eventually, files_of, plan_of};

const TASKS: usize = 500;
/// A build for developers takes 0.3 s with the machine to itself, and 1.7 s beside others.
const TAKEN_IN_WITHIN: Duration = Duration::from_secs(8);
/// The same takes 1 s, and 5 s.
const ON_THE_BOARD_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_tasks_come_in_at_once() {
    let api = Api::start().await;
    let plan = plan_of(TASKS);
    for layout in Layout::ALL {
        let project = api.done("/projects", &json!({ "name": layout.as_str() })).await.id().to_owned();
        let body = json!({ "layout": layout, "files": files_of(&plan, layout) });
        let asked = Instant::now();
        let imported = answer(api.post(&format!("/projects/{project}/specs/import"), &body)).await;
        let taken_in = asked.elapsed();
        assert_eq!((imported.status, &imported.body["status"]), (201, &json!("planned")), "{imported:?}");
        eventually(ON_THE_BOARD_WITHIN, "all of it is on the board", async || {
            let board = answer(api.get(&format!("/projects/{project}/board"))).await;
            (tasks_on(&board.body) == TASKS as u64).then_some(())
        })
        .await;
        println!("{layout}: {} ms, {} ms", taken_in.as_millis(), asked.elapsed().as_millis());
        assert!(taken_in < TAKEN_IN_WITHIN, "{layout}: taken in after {taken_in:?}");
    }
}

fn tasks_on(board: &Value) -> u64 {
    let columns = board["columns"].as_array().into_iter().flatten();
    let cards = columns.flat_map(|column| column["cards"].as_array().into_iter().flatten());
    cards.filter_map(|card| card["tasks"]["total"].as_u64()).sum()
}
