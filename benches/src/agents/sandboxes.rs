//! A sandbox beside a bare process: each starts a program that does nothing and waits for its end, in turns.

use std::time::{Duration, Instant};

use adapters::sandbox::{LocalSandboxes, Options};
use anyhow::ensure;
use ports::sandbox::{Access, Exit, Level, Limits, Plan, Sandboxes as _};
use tokio::process::Command;

use super::{Args, beside};
use crate::report::Row;
use crate::rounds::median;

const WARM: usize = 5;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let home = tempfile::tempdir()?;
    // As another account, when this is root's.
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
    let sandboxes = LocalSandboxes::new(Options::new(embedded::guard::this_exe(), home.path().join("state")));
    let level = sandboxes.probe().await?.level;
    let workspace = home.path().join("workspace");
    std::fs::create_dir(&workspace)?;
    let (mut differences, mut ours, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..WARM + args.pairs {
        let plan = Plan {
            name: format!("bench-{n}"),
            workspace: workspace.clone(),
            access: Access::Write,
            protected: Vec::new(),
            mounts: Vec::new(),
            sockets: Vec::new(),
            command: vec!["true".to_owned()],
            environment: Vec::new(),
            stdin: Vec::new(),
            limits: Limits::default(),
            at_least: Level::User,
        };
        // Neither side is always the first.
        let (mut inside, mut outside) = (Duration::ZERO, Duration::ZERO);
        for first in [n % 2 == 0, n % 2 != 0] {
            let begun = Instant::now();
            if first {
                let exit = sandboxes.start(&plan).await?.wait().await;
                ensure!(exit == Exit::Code(0), "the sandbox ended with {exit:?}");
                inside = begun.elapsed();
            } else {
                ensure!(Command::new("true").status().await?.success(), "a bare process failed");
                outside = begun.elapsed();
            }
        }
        if n >= WARM {
            let ms = |time: Duration| time.as_secs_f64() * 1e3;
            ours.push(ms(inside));
            bare.push(ms(outside));
            differences.push(ms(inside) - ms(outside));
        }
    }
    let more = median(differences);
    let name =
        format!("a sandbox ({level}) from its start to its end, beside a bare process, {} pairs", ours.len());
    Ok(vec![
        beside(&name, "ms", (median(ours), median(bare)), "reported", None),
        super::row("the same: median of the differences", "ms", more, "<= 20 ms", Some(more <= 20.0)),
    ])
}
