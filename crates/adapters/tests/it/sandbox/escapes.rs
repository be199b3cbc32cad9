//! Every try to get out is really made, and refused. Where nothing isolates, those that do no harm are seen to work: a try that
//! nobody could make would prove nothing.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use ports::sandbox::Plan;

use super::lab::{Lab, Said, isolated};
use super::tries::{How, TRIES, Try};

const SHELL: &str = "echo tried; if sh -c \"$1\"; then echo ESCAPED; else echo refused $?; fi";
const PYTHON: &str = "
import ctypes, errno, os, platform, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def call(x86, other, *arguments):
    number = x86 if platform.machine() == 'x86_64' else other
    long = lambda a: ctypes.c_long(a) if isinstance(a, int) else a
    answer = libc.syscall(ctypes.c_long(number), *map(long, arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
print('tried', flush=True)
try:
    exec(sys.argv[1])
except OSError as e:
    print('refused', errno.errorcode.get(e.errno, e), flush=True)
else:
    print('ESCAPED', flush=True)
";

/// What there is to get at.
struct Outside {
    _listeners: (TcpListener, UnixListener, UnixListener),
    variables: Vec<(String, String)>,
}

impl Outside {
    fn of(lab: &Lab) -> Self {
        let outside = lab.path().join("outside");
        let open = outside.join("open");
        fs::create_dir_all(&open).unwrap();
        fs::write(outside.join("secret"), "the secret\n").unwrap();
        fs::write(open.join("shared"), "shared\n").unwrap();
        for (path, mode) in [(&open, 0o777), (&open.join("shared"), 0o666)] {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let unix = UnixListener::bind(outside.join("socket")).unwrap();
        fs::set_permissions(outside.join("socket"), Permissions::from_mode(0o666)).unwrap();
        let name = super::lab::marker();
        let address = SocketAddr::from_abstract_name(name.as_bytes()).unwrap();
        let variables = [
            ("OUTSIDE", outside.display().to_string()),
            ("PORT", tcp.local_addr().unwrap().port().to_string()),
            ("ABSTRACT", name),
            ("BYSTANDER", std::process::id().to_string()),
        ];
        Self {
            _listeners: (tcp, unix, UnixListener::bind_addr(&address).unwrap()),
            variables: variables.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        }
    }
}

fn plan(lab: &Lab, outside: &Outside, one: &Try) -> Plan {
    let mut plan = lab.plan("");
    let command = match one.how {
        How::Shell(line) => ["sh", "-c", SHELL, "sh", line].to_vec(),
        How::Python(script) => ["/usr/bin/python3", "-c", PYTHON, script].to_vec(),
    };
    plan.command = command.into_iter().map(str::to_owned).collect();
    plan.environment = outside.variables.clone();
    plan
}

fn tried(said: &Said) -> bool {
    said.out.starts_with("tried\n")
}

fn escaped(said: &Said) -> bool {
    said.out.contains("ESCAPED")
}

#[tokio::test]
async fn all_are_refused() {
    assert!(TRIES.len() >= 40, "{}", TRIES.len());
    for lab in isolated().await {
        let outside = Outside::of(&lab);
        let mut wrong = Vec::new();
        for one in TRIES {
            let said = lab.run(&plan(&lab, &outside, one)).await;
            // A call that was made wrongly is refused for that; and ENOSPC is how another layer refuses namespaces.
            let wrongly = ["EFAULT", "EINVAL", "ENOSPC"].iter().any(|wrong| said.out.contains(wrong))
                || said.err.contains("Error");
            if !tried(&said) || escaped(&said) || !said.out.contains("refused") || wrongly {
                wrong.push(format!("row {}, {:?}: {said:?}", one.row, one.how));
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", lab.level, wrong.join("\n"));
    }
}

#[tokio::test]
async fn those_that_do_no_harm_work_where_nothing_isolates() {
    let lab = Lab::process();
    let outside = Outside::of(&lab);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for one in TRIES.iter().filter(|one| one.works_outside) {
        let said = lab.run(&plan(&lab, &outside, one)).await;
        seen += 1;
        if !tried(&said) || !escaped(&said) {
            wrong.push(format!("row {}, {:?}: {said:?}", one.row, one.how));
        }
    }
    assert!(wrong.is_empty(), "of {seen}:\n{}", wrong.join("\n"));
}

/// The numbers of another machine's calls are no way around the filter: the kernel has two tables.
#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn the_calls_of_32_bits_end_the_program() {
    // mov eax, 20 (getpid); int 0x80; ret
    let script = "
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex('b814000000cd80c3'))
run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
print('tried', flush=True)
print('ESCAPED', run())
";
    for lab in isolated().await {
        let said = lab.run(&lab.python(script)).await;
        assert_eq!((&*said.out, said.exit), ("tried\n", ports::sandbox::Exit::Signal(31)), "{}", lab.level);
    }
}
