//! What people want, on its way from the host to the driver, and what becomes of it on its way back.

use kernel::Uuid;
use ports::agent::wire::{Orders, Wanted};
use ports::agent::{Delivery, Order};
use tokio::sync::{mpsc, oneshot, watch};

use crate::host::{Host, Refused};

/// More states than a message ever comes into.
const STATES: usize = 8;

/// Passes on what is wanted. Answers when the run is over; `stop` says when the worker is to end, and `under_way` is dropped by all
/// once the host knows what became of every message.
pub(crate) async fn pass_on(
    host: Host,
    driver: mpsc::Sender<Order>,
    stop: watch::Sender<bool>,
    under_way: mpsc::Sender<()>,
) -> Result<(), Refused> {
    let mut after = 0;
    loop {
        let answer = host.get(&format!("/run/orders?after={after}")).await?;
        let Some(Orders { orders }) = answer.json() else { continue };
        for numbered in orders {
            after = numbered.n;
            match numbered.order {
                Wanted::Steer { id, text } => steer(&host, &driver, id, text, under_way.clone()),
                Wanted::Interrupt { .. } => {
                    let (done, _) = oneshot::channel();
                    // A driver that has ended has nothing to interrupt.
                    let _ = driver.try_send(Order::Interrupt { done });
                }
                Wanted::Stop => {
                    stop.send_replace(true);
                }
            }
        }
    }
}

/// Hands words to the driver, and tells the host what becomes of them.
fn steer(host: &Host, driver: &mpsc::Sender<Order>, id: Uuid, text: String, under_way: mpsc::Sender<()>) {
    let (way, mut states) = mpsc::channel(STATES);
    let refused = driver.try_send(Order::Steer { text, way }).is_err();
    let host = host.clone();
    tokio::task::spawn_local(async move {
        let _under_way = under_way;
        let path = format!("/run/steers/{id}");
        if refused {
            let reason = "the agent takes no message now".to_owned();
            let _ = host.post(&path, &Delivery::Degraded { reason }).await;
            return;
        }
        while let Some(state) = states.recv().await {
            if host.post(&path, &state).await.is_err() {
                return;
            }
        }
    });
}
