//! The gateway beside bare passage: the same program asks the same model for the same streamed answers, from a sandbox through its
//! worker and the server, and from outside without either, in turns.

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use super::asks::Asked;
use super::shop::{Opening, Shop, output, this_program};
use super::story::Story;
use super::{Args, beside, row};
use crate::report::Row;
use crate::rounds::median;

const SHORT: usize = 40;
const LONG: usize = 4;
/// Of a long answer: with what carries them, about 8 MiB.
const PIECES: usize = 40_000;
/// As agents find it.
const GATEWAY: &str = "http://127.0.0.1:7007/llm/openai/v1/chat/completions";

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let model = Story::begin(PIECES).await?;
    let bare = format!("{}/chat/completions", model.url);
    let program = this_program()?;
    let settings = format!("[agents.asks]\ndriver = \"command\"\ncommand = [\"{}\"]\n", program.display());
    let opening = Opening { runs: 1, model: Some(&model.url), settings: &settings, ..Opening::default() };
    let shop = Shop::open(&args.omoi, opening).await?;
    let (mut firsts, mut more, mut rates, mut shares) =
        ((Vec::new(), Vec::new()), Vec::new(), (Vec::new(), Vec::new()), Vec::new());
    for _ in 0..args.rounds {
        let outside = Command::new(&program).args(words(&bare)).output().await?;
        ensure!(outside.status.success(), "{}", String::from_utf8_lossy(&outside.stderr));
        let outside = asked(&String::from_utf8(outside.stdout)?)?;
        let inside = asked(&through_the_gateway(&shop).await?)?;
        let (first, bare_first) = (first_ms(&inside), first_ms(&outside));
        let (rate, bare_rate) = (mib_a_second(&inside), mib_a_second(&outside));
        firsts.0.push(first);
        firsts.1.push(bare_first);
        more.push(first - bare_first);
        rates.0.push(rate);
        rates.1.push(bare_rate);
        shares.push(rate / bare_rate);
    }
    let (more, share) = (median(more), median(shares));
    let rate = beside(
        "a streamed call: throughput, beside bare passage",
        "MiB/s",
        (median(rates.0), median(rates.1)),
        ">= 0.9x",
        Some(share >= 0.9),
    );
    Ok(vec![
        beside(
            "a streamed call through the gateway: to the first byte, beside bare passage",
            "ms",
            (median(firsts.0), median(firsts.1)),
            "reported",
            None,
        ),
        row("the same: median of the differences", "ms", more, "<= 3 ms", Some(more <= 3.0)),
        Row { ratio: Some(share), ..rate },
    ])
}

fn words(url: &str) -> Vec<String> {
    let words = ["asks".into(), "--url".into(), url.to_owned(), "--short".into(), SHORT.to_string()];
    words.into_iter().chain(["--long".into(), LONG.to_string()]).collect()
}

async fn through_the_gateway(shop: &Shop) -> anyhow::Result<String> {
    let line = format!("/opt/omoi/agents/asks/benches {} && date > asked", words(GATEWAY).join(" "));
    let from = shop.head().await?;
    let run = shop.start(&shop.ticket().await?, "asks", &line).await?;
    shop.until(from, "run.sandbox_released", 1).await?;
    Ok(output(&shop.seen(&run).await?)?.to_owned())
}

fn asked(lines: &str) -> anyhow::Result<Vec<Asked>> {
    let asked: Vec<Asked> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .with_context(|| lines.to_owned())?;
    ensure!(asked.len() == SHORT + LONG, "only {} answers: {lines}", asked.len());
    Ok(asked)
}

fn first_ms(asked: &[Asked]) -> f64 {
    median(asked.iter().filter(|one| !one.long).map(|one| one.first_ms))
}

fn mib_a_second(asked: &[Asked]) -> f64 {
    median(asked.iter().filter(|one| one.long).map(|one| one.bytes as f64 / 1048.576 / one.whole_ms))
}
