//! Who hears that an answer is on its way, and how one is cut short.

use super::*;

/// As many pieces, one a second.
fn slow(pieces: usize) -> impl Stream<Item = Result<Bytes, LlmError>> + Unpin {
    let second = tokio::time::interval(Duration::from_secs(1));
    Box::pin(stream::unfold(second, async |mut second| {
        second.tick().await;
        Some((Ok(Bytes::from_static(b"word")), second))
    }))
    .take(pieces)
}

fn count(mut heard: mpsc::Receiver<Said>) -> usize {
    let mut count = 0;
    while let Ok(said) = heard.try_recv() {
        assert!(matches!(said, Said::Asking));
        count += 1;
    }
    count
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_long_is_told_of_while_it_comes() {
    let (said, heard) = mpsc::channel(1_000);
    let (pieces, mut rest) = mpsc::channel(PIECES);
    let reading = tokio::spawn(async move {
        let mut read = 0;
        while rest.recv().await.is_some() {
            read += 1;
        }
        read
    });
    let mut flow = Flow::begin(said, Instant::now());
    let cut = flow.pass(&mut slow(1_201), &pieces).await;
    drop((pieces, flow));
    assert_eq!((cut, reading.await.unwrap()), (None, 1_201));
    assert_eq!(count(heard), 120, "20 minutes, and a word every 10 s");
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_reads_no_more_is_not_told_of() {
    let (said, heard) = mpsc::channel(1_000);
    let (pieces, rest) = mpsc::channel(PIECES);
    drop(rest);
    let cut = Flow::begin(said, Instant::now()).pass(&mut slow(100), &pieces).await;
    let Some(Outcome::Failed { code, .. }) = cut else { panic!("{cut:?}") };
    assert_eq!((code.as_str(), count(heard)), ("cancelled", 0));
}
