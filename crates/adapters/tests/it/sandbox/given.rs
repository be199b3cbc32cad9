//! What a program is given, exactly.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use ports::sandbox::{Access, Exit, Mount};

use super::lab::{houses, isolated};

#[tokio::test]
async fn its_environment() {
    for lab in houses().await {
        let mut plan = lab.plan("");
        plan.command = vec!["/usr/bin/env".to_owned()];
        plan.environment =
            vec![("TASK".to_owned(), "a b\nc".to_owned()), ("LANG".to_owned(), "C".to_owned())];
        let said = lab.run(&plan).await;
        let mut names: Vec<&str> =
            said.out.lines().filter_map(|line| line.split_once('=').map(|(name, _)| name)).collect();
        names.sort_unstable();
        assert_eq!(names, ["HOME", "LANG", "PATH", "PWD", "TASK", "TMPDIR"], "{}", lab.level);
        assert!(said.out.contains("TASK=a b\nc\n") && said.out.contains("LANG=C\n"), "{}", said.out);
        if lab.isolates() {
            assert!(
                said.out.contains(concat!("HOME=/home", "/agent\n")) && said.out.contains("PWD=/workspace\n")
            );
        }
    }
}

#[tokio::test]
async fn its_open_files() {
    // Whoever started us may have left one open in us, for all programs that we start.
    let left_open = fs::File::open("/etc/passwd").unwrap();
    rustix::io::fcntl_setfd(&left_open, rustix::io::FdFlags::empty()).unwrap();
    for lab in houses().await {
        // The last is the list itself.
        let script = "import os\nprint(sorted(int(n) for n in os.listdir('/proc/self/fd')))";
        assert_eq!(lab.run(&lab.python(script)).await.out, "[0, 1, 2, 3]\n", "{}", lab.level);
    }
}

#[tokio::test]
async fn who_it_is() {
    let status = "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status | tr -d ' \\t\\n'";
    let none = "0000000000000000";
    for lab in isolated().await {
        let said = lab.run(&lab.plan(&format!("id -u; id -g; id -un; hostname; {status}"))).await;
        let caps = format!("CapInh:{none}CapPrm:{none}CapEff:{none}CapBnd:{none}CapAmb:{none}");
        assert_eq!(
            said.out,
            format!("1000\n1000\nagent\nsandbox\n{caps}NoNewPrivs:1Seccomp:2"),
            "{}",
            lab.level
        );
    }
}

#[tokio::test]
async fn outside_it_is_not_root_either() {
    for lab in houses().await {
        let plan = lab.plan("echo mine > file; chmod 600 file");
        assert_eq!(lab.run(&plan).await.exit, Exit::Code(0));
        let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(plan.workspace.join("file")).unwrap());
        assert_ne!(owner, 0, "{}", lab.level);
    }
}

#[tokio::test]
async fn the_directories_of_a_system_and_nothing_else() {
    let line = "ls / | tr '\\n' ' '; ls /home /run | tr '\\n' ' '; ls -A /tmp $HOME | tr '\\n' ' '; ls /etc";
    let may = [
        "alternatives",
        "ca-certificates",
        "group",
        "hosts",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "mime.types",
        "nsswitch.conf",
        "passwd",
        "pki",
        "protocols",
        "services",
        "ssl",
        "terminfo",
    ];
    for lab in isolated().await {
        let said = lab.run(&lab.plan(line)).await;
        let (top, settings) = said.out.rsplit_once(": ").unwrap();
        let top: Vec<&str> = top.split_whitespace().collect();
        let system = ["bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr"];
        let others: Vec<&str> = top.iter().filter(|name| !system.contains(name)).copied().collect();
        let expected =
            concat!("dev etc home proc run tmp var workspace /home: agent /run: /home", "/agent: /tmp");
        assert_eq!(others.join(" "), expected, "{}", lab.level);
        assert!(settings.split_whitespace().all(|name| may.contains(&name)), "{}: {settings}", lab.level);
    }
}

#[tokio::test]
async fn a_workspace_to_write_or_to_read() {
    for lab in houses().await {
        let mut plan = lab.plan("echo new > new; cat old; ls");
        fs::write(plan.workspace.join("old"), "old\n").unwrap();
        assert_eq!(lab.run(&plan).await.out, "old\nnew\nold\n", "{}", lab.level);
        assert_eq!(fs::read_to_string(plan.workspace.join("new")).unwrap(), "new\n");
        if lab.isolates() {
            plan.access = Access::Read;
            let line = "cat old; touch newer; echo x >> old; rm old; mkdir d; ls";
            plan.command = ["sh", "-c", line].map(str::to_owned).to_vec();
            let said = lab.run(&plan).await;
            assert_eq!(said.out, "old\nnew\nold\n", "{}: {said:?}", lab.level);
            assert_eq!(said.err.matches("Read-only file system").count(), 4, "{}: {said:?}", lab.level);
        }
    }
}

#[tokio::test]
async fn what_is_protected_is_read_and_stays_as_it_is() {
    let tries = [
        "echo x >> .git/config",
        "rm -f .git/config",
        "mv .git/config elsewhere",
        "mv .git moved",
        "rm -rf .git",
        "echo x > .git/hooks/post-commit",
        "mv .git/hooks .git/other",
        "mkdir new && mv -T new .git",
        "ln -sf /tmp/x .git/config",
        "ln .git/config linked && echo x >> linked",
        "chmod 777 .git/config",
        "python3 -c \"import os; os.rename('.git', '.gone')\"",
    ];
    for lab in isolated().await {
        for line in tries {
            let mut plan = lab.plan(&format!("cat .git/config; echo tried; {line}"));
            let git = plan.workspace.join(".git");
            fs::create_dir_all(git.join("hooks")).unwrap();
            fs::write(git.join("config"), "[core]\n").unwrap();
            plan.protected = [".git/config", ".git/hooks", ".git/not-there"].map(Into::into).to_vec();
            let said = lab.run(&plan).await;
            assert_eq!(said.out, "[core]\ntried\n", "{}: {line}: {said:?}", lab.level);
            assert_ne!(said.exit, Exit::Code(0), "{}: {line}: {said:?}", lab.level);
            assert_eq!(fs::read_to_string(git.join("config")).unwrap(), "[core]\n", "{}: {line}", lab.level);
            assert_eq!(fs::read_dir(git.join("hooks")).unwrap().count(), 0, "{}: {line}", lab.level);
            assert!(!fs::symlink_metadata(git).unwrap().is_symlink(), "{}: {line}", lab.level);
        }
        // What is beside it can be written: git works there.
        let mut plan = lab.plan("echo x > .git/index.lock && mv .git/index.lock .git/index && echo done");
        fs::create_dir_all(plan.workspace.join(".git")).unwrap();
        fs::write(plan.workspace.join(".git/config"), "").unwrap();
        plan.protected = vec![".git/config".into()];
        assert_eq!(lab.run(&plan).await.out, "done\n", "{}", lab.level);
    }
}

#[tokio::test]
async fn mounts_are_read() {
    for lab in isolated().await {
        let shown = lab.path().join("shown");
        fs::create_dir(&shown).unwrap();
        fs::write(shown.join("file"), "shown\n").unwrap();
        let mut plan = lab.plan("cat /opt/tool/file /file; echo x > /opt/tool/new; echo x >> /file");
        plan.mounts = vec![
            Mount { from: shown.clone(), to: "/opt/tool".into() },
            Mount { from: shown.join("file"), to: "/file".into() },
        ];
        let said = lab.run(&plan).await;
        assert_eq!(said.out, "shown\nshown\n", "{}: {said:?}", lab.level);
        assert_eq!(fs::read_to_string(shown.join("file")).unwrap(), "shown\n");
        assert_eq!(fs::read_dir(&shown).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn a_socket_of_the_host() {
    for lab in houses().await {
        let path = lab.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        let answers = std::thread::spawn(move || {
            let (mut caller, _) = listener.accept().unwrap();
            let mut heard = [0; 4];
            caller.read_exact(&mut heard).unwrap();
            caller.write_all(b"pong").unwrap();
            heard
        });
        let to = if lab.isolates() { "/run/gateway".into() } else { path.clone() };
        let mut plan = lab.python(&format!(
            "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('{}')\ns.send(b'ping')\nprint(s.recv(9))",
            to.display()
        ));
        plan.sockets = vec![Mount { from: path, to }];
        let said = lab.run(&plan).await;
        assert_eq!(said.out, "b'pong'\n", "{}: {said:?}", lab.level);
        assert_eq!(&answers.join().unwrap(), b"ping");
    }
}

#[tokio::test]
async fn its_own_loopback() {
    let script = "
import socket, threading
for family, address in [(socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')]:
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind((address, 0))
    server.listen()
    def answer():
        caller, _ = server.accept()
        caller.send(caller.recv(9).upper())
    threading.Thread(target=answer).start()
    s = socket.create_connection((address, server.getsockname()[1]))
    s.send(b'ping')
    print(s.recv(9))
print(socket.gethostbyname('localhost'))
";
    for lab in houses().await {
        let said = lab.run(&lab.python(script)).await;
        assert_eq!(said.out, "b'PING'\nb'PING'\n127.0.0.1\n", "{}: {said:?}", lab.level);
    }
}

#[tokio::test]
async fn nothing_of_it_is_in_the_list_of_processes() {
    for lab in isolated().await {
        let secret = super::lab::marker();
        let mut plan = lab.plan("cat > /tmp/in; echo ready; sleep 1000");
        plan.environment = vec![("QUIET".to_owned(), secret.clone())];
        plan.stdin = secret.clone().into_bytes();
        let mut sandbox = lab.start(&plan).await;
        super::lab::until_said(&mut sandbox, "ready").await;
        assert_eq!(super::lab::with_marker(&secret), [0; 0], "{}", lab.level);
        sandbox.stop(std::time::Duration::ZERO).await;
    }
}
