//! `omoi doctor` finds planted faults, says how to mend them, and has no complaint otherwise.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::Duration,
};

use embedded::DataDir;
use rustix::process::Signal;
use serde_json::Value;
use tokio::process::Command;

use crate::support::{Up, omoi, signal};

/// Exit code and findings.
async fn doctor(data_dir: &Path) -> (Option<i32>, Vec<Value>) {
    examined(&mut doctor_command(data_dir)).await
}

fn doctor_command(data_dir: &Path) -> Command {
    let mut command = omoi();
    // Whatever runs on the usual port of this machine is not the subject.
    command.env("OMOI_LISTEN", "127.0.0.1:0").args(["doctor", "--json", "--data-dir"]).arg(data_dir);
    command
}

async fn examined(command: &mut Command) -> (Option<i32>, Vec<Value>) {
    let output = command.output().await.expect("omoi starts");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(answer["ok"].as_bool(), Some(output.status.success()));
    (output.status.code(), answer["findings"].as_array().expect("a list").clone())
}

/// What is wrong, as `what: found`; each with a way to mend it.
async fn wrong(data_dir: &Path) -> Vec<String> {
    let (code, findings) = doctor(data_dir).await;
    let wrong: Vec<_> = findings.iter().filter(|f| f["level"] == "wrong").collect();
    assert_eq!(code, Some(i32::from(!wrong.is_empty())));
    assert!(wrong.iter().all(|f| f["mend"].as_str().is_some_and(|mend| !mend.is_empty())), "{wrong:?}");
    wrong.iter().map(|f| format!("{}: {}", text(&f["what"]), text(&f["found"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[tokio::test]
async fn a_running_data_directory_is_fine_and_its_holder_is_named() {
    let up = Up::start().await;
    assert_eq!(wrong(&up.ready.data_dir).await, Vec::<String>::new());
    let (_, findings) = doctor(&up.ready.data_dir).await;
    let holder = format!("in use by omoi (pid {})", up.ready.pid);
    assert!(findings.iter().any(|f| text(&f["found"]).contains(&holder)), "{findings:?}");
}

#[tokio::test]
async fn planted_faults_of_a_data_directory_are_found() {
    let mut up = Up::start().await;
    signal(up.ready.pid, Signal::TERM);
    up.ended(Duration::from_secs(10)).await;
    let data_dir = up.ready.data_dir.clone();
    assert_eq!(wrong(&data_dir).await, Vec::<String>::new(), "before any fault");

    fs::set_permissions(&data_dir, Permissions::from_mode(0o755)).expect("opened");
    found(&data_dir, "permissions").await;
    fs::set_permissions(&data_dir, Permissions::from_mode(0o700)).expect("closed");

    let cluster = DataDir::existing_home(&data_dir).expect("it was started").join("postgres");
    fs::write(cluster.join("PG_VERSION"), "16\n").expect("another version");
    found(&data_dir, "made by version 16").await;
    fs::write(cluster.join("PG_VERSION"), "18\n").expect("ours again");

    // This process is alive and is no Postgres of anybody's omoi; the doctor cannot know that it is no
    // Postgres at all, and says what it sees.
    fs::write(cluster.join("postmaster.pid"), format!("{}\n", std::process::id())).expect("a pid file");
    found(&data_dir, "no omoi owns it").await;
    fs::remove_file(cluster.join("postmaster.pid")).expect("removed");

    fs::rename(data_dir.join("postgres.json"), data_dir.join("kept")).expect("hidden");
    found(&data_dir, "postgres.json is missing").await;
    fs::rename(data_dir.join("kept"), data_dir.join("postgres.json")).expect("back");

    assert_eq!(wrong(&data_dir).await, Vec::<String>::new(), "after mending");
}

/// Exactly this is wrong, and `omoi up` would not be fine either or the doctor says why it matters.
async fn found(data_dir: &Path, expected: &str) {
    let wrong = wrong(data_dir).await;
    assert!(wrong.len() == 1 && wrong[0].contains(expected), "{expected}: {wrong:?}");
}

#[tokio::test]
async fn a_machine_without_python_and_with_a_busy_port() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut command = doctor_command(&directory.path().join("data"));
    command.env("OMOI_LISTEN", busy.local_addr().expect("its address").to_string());
    command.env("OMOI_CACHE_DIR", directory.path().join("cache")).env("PATH", directory.path());
    let (code, findings) = examined(&mut command).await;
    assert_eq!(code, Some(1));
    let of = |what: &str| findings.iter().find(|f| text(&f["what"]).starts_with(what)).expect("looked at");
    assert_eq!(of("port")["level"], "wrong");
    assert_eq!(of("C compiler")["level"], "note");
    for program in ["PostgreSQL", "nats-server"] {
        assert_eq!(of(program)["level"], "wrong");
        assert!(text(&of(program)["mend"]).contains("python3-pip"), "{findings:?}");
    }
}

#[tokio::test]
async fn the_models_are_named_with_what_they_are_asked_for_and_no_key_is() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let models = async |variables: &[(&str, &str)]| {
        let mut command = doctor_command(&directory.path().join("data"));
        command.envs(variables.iter().copied()).current_dir(directory.path());
        let (_, findings) = examined(&mut command).await;
        assert!(!findings.iter().any(|finding| finding.to_string().contains("hidden")), "{findings:?}");
        let of_models = findings.into_iter().filter(|finding| finding["what"] == "models");
        of_models
            .map(|finding| format!("{}: {}", text(&finding["level"]), text(&finding["found"])))
            .collect::<Vec<_>>()
    };
    assert_eq!(models(&[]).await, ["note: none: ideas cannot be planned, but plans can be imported"]);
    assert_eq!(
        models(&[("ANTHROPIC_API_KEY", "sk-hidden")]).await,
        ["ok: claude-sonnet-5-5 of anthropic, for explore, prd, requirements, design, tasks"]
    );
    fs::write(
        directory.path().join("omoi.toml"),
        "[llm.providers.o]\nkind = \"openai\"\nkey_env = \"OPENAI_API_KEY\"\n[llm.models.\"gpt-6-luna\"]\n\
         provider = \"o\"\n[llm.purposes]\nexplore = \"gpt-6-luna\"\nlunch = \"gpt-6-luna\"",
    )
    .expect("settings");
    assert_eq!(
        models(&[("OPENAI_API_KEY", "sk-hidden")]).await,
        [
            "ok: gpt-6-luna of o, for explore",
            "note: none for prd, requirements, design, tasks: no idea can be planned to its end",
            "note: nothing is asked for `lunch`"
        ]
    );
    let found = models(&[]).await;
    assert!(
        found[0].starts_with("wrong: ") && found[0].contains("the variable OPENAI_API_KEY holds no key"),
        "{found:?}"
    );
}

#[tokio::test]
async fn the_agents_are_named_with_what_their_programs_say() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    // As root the program is asked as somebody else, who has to reach it.
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).expect("it is open");
    let program = directory.path().join("an-agent");
    fs::write(&program, "#!/bin/sh\necho an-agent 3.2.1\n").expect("written");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it can be run");
    let profile = |name: &str, version: &str| {
        format!(
            "[agents.{name}]\ndriver = \"acp\"\ncommand = [\"{}\"]\nversion = \"{version}\"\n",
            program.display()
        )
    };
    let settings = profile("mine", "3.2.")
        + &profile("older", "2.")
        + "[agents.gone]\ndriver = \"acp\"\ncommand = [\"no-such\"]\n";
    fs::write(directory.path().join("omoi.toml"), settings).expect("settings");
    let mut command = doctor_command(&directory.path().join("data"));
    let (code, findings) = examined(command.current_dir(directory.path())).await;
    assert_eq!(code, Some(1));
    let told: Vec<String> = findings
        .iter()
        .filter(|finding| finding["what"] == "agents")
        .map(|finding| format!("{}: {}", text(&finding["level"]), text(&finding["found"])))
        .collect();
    for expected in [
        "ok: command: command, hears nobody at work",
        "ok: native: native, hears people at work",
        "ok: mine: acp, version 3.2.1, hears people at work",
        "wrong: older: version 3.2.1 is here, and 2. is wanted",
        "note: gone: there is no program no-such here, so its runs fail",
    ] {
        assert!(told.iter().any(|told| told == expected), "{expected}: {told:?}");
    }
}
