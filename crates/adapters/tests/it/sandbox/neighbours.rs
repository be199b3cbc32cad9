//! Two programs at once, and what of us they could see.

use std::os::unix::process::CommandExt as _;
use std::time::Duration;

use super::lab::{isolated, marker, until_said};

#[tokio::test]
async fn neighbours_do_not_see_each_other() {
    for lab in isolated().await {
        let marker = marker();
        let first = lab.python(&format!(
            "
import os, socket, time
open('/tmp/{marker}', 'w').write('x')
open('/dev/shm/{marker}', 'w').write('x')
open(os.environ['HOME'] + '/{marker}', 'w').write('x')
open('/workspace/{marker}', 'w').write('x')
s = socket.socket(socket.AF_UNIX)
s.bind('\\0{marker}')
s.listen()
t = socket.socket()
t.bind(('127.0.0.1', 4711))
t.listen()
print('ready', flush=True)
time.sleep(1000)
"
        ));
        let mut running = lab.start(&first).await;
        until_said(&mut running, "ready").await;
        let second = lab.python(&format!(
            "
import glob, os, socket
found = [path for path in ['/tmp', '/dev/shm', os.environ['HOME'], '/workspace'] if os.listdir(path)]
arguments = [open(path).read() for path in glob.glob('/proc/[0-9]*/cmdline')]
for family, address in [(socket.AF_UNIX, '\\0{marker}'), (socket.AF_INET, ('127.0.0.1', 4711))]:
    try:
        socket.socket(family).connect(address)
        found.append(address)
    except OSError:
        pass
print('tried', len(arguments), found)
"
        ));
        let said = lab.run(&second).await;
        assert_eq!(said.out, "tried 1 []\n", "{}: {said:?}", lab.level);
        running.stop(Duration::ZERO).await;
        // What it left in its scratch is gone with it.
        let mut again = first.clone();
        again.command =
            ["sh", "-c", "ls -A /tmp /dev/shm $HOME | grep marker; ls"].map(str::to_owned).to_vec();
        assert_eq!(lab.run(&again).await.out, format!("{marker}\n"), "{}", lab.level);
    }
}

/// A word that is in our environment, in our arguments and in our files, looked for wherever a program inside can look.
#[tokio::test]
async fn nothing_of_us_is_to_be_found_inside() {
    for lab in isolated().await {
        let canary = marker();
        std::fs::write(lab.path().join("canary"), &canary).unwrap();
        let held = std::fs::File::open(lab.path().join("canary")).unwrap();
        let mut ours = std::process::Command::new("sleep")
            .arg("1000")
            .env("CANARY", &canary)
            .arg0(&canary)
            .stdin(held)
            .spawn()
            .unwrap();
        let (head, tail) = canary.split_at(9);
        let plan = lab.python(&format!(
            "
import glob, os
canary = ('{head}' + '{tail}').encode()
places = glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline') + glob.glob('/proc/[0-9]*/fd/*')
for top, _, files in os.walk('/'):
    if top.startswith(('/proc', '/usr', '/dev', '/sys')): continue
    places += [os.path.join(top, name) for name in files]
looked, hits = 0, []
for place in places:
    try:
        if os.path.isfile(place) and canary in open(place, 'rb').read(): hits.append(place)
        looked += 1
    except OSError: pass
hits += [k for k, v in os.environ.items() if canary.decode() in v]
print('looked', looked > 10, hits)
"
        ));
        let said = lab.run(&plan).await;
        ours.kill().unwrap();
        ours.wait().unwrap();
        assert_eq!(said.out, "looked True []\n", "{}: {said:?}", lab.level);
        // The twin: what is given is found that way.
        let mut given = plan.clone();
        given.environment = vec![("GIVEN".to_owned(), canary.clone())];
        std::fs::write(given.workspace.join("given"), &canary).unwrap();
        let said = lab.run(&given).await;
        assert!(
            said.out.contains("/workspace/given") && said.out.contains("'GIVEN'"),
            "{}: {said:?}",
            lab.level
        );
    }
}
