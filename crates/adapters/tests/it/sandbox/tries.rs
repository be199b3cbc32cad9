//! Tries to get out, a row each. The numbers are those of the list of attacks that sandboxes are held against (D8, 147 to 168);
//! what of it is about limits, ends and neighbours is in the files of those.

/// A try. It says that it got out with `ESCAPED`.
#[derive(Debug)]
pub(super) struct Try {
    /// Its number in the list; 0: a part of the kernel that is not to be reached.
    pub(super) row: u16,
    pub(super) how: How,
    /// Whether it works, and does no harm, where nothing isolates. Then it is seen to work there.
    pub(super) works_outside: bool,
}

#[derive(Debug)]
pub(super) enum How {
    /// A command of the shell; it got out when it succeeds.
    Shell(&'static str),
    /// Python, with `call(number on x86-64, number elsewhere, arguments)`; it got out when nothing is raised.
    Python(&'static str),
}

use How::{Python, Shell};

const fn refused(row: u16, how: How) -> Try {
    Try { row, how, works_outside: false }
}

const fn works_outside(row: u16, how: How) -> Try {
    Try { row, how, works_outside: true }
}

/// `$OUTSIDE` is a directory of the host with a `secret` to read, an `open` directory to write, a `socket` that listens; `$PORT`
/// listens on the host's 127.0.0.1, `$ABSTRACT` is a name of a socket without a file, `$BYSTANDER` is a process of the host.
#[rustfmt::skip]
pub(super) const TRIES: &[Try] = &[
    // --- 147: what is to be read on the host
    works_outside(147, Shell("cat $OUTSIDE/secret")),
    works_outside(147, Shell("grep ^root: /etc/passwd")),
    works_outside(147, Shell("ls /var/lib/dpkg /var/log /var/cache")),
    works_outside(147, Shell("ls /sys/class")),
    works_outside(147, Shell("test -d /proc/$BYSTANDER")),
    works_outside(147, Shell("ls /boot || ls /opt || ls /srv")),
    refused(147, Shell("cat /etc/shadow")),
    refused(147, Shell("ls /root")),
    refused(147, Shell("cd /; for home in root home/*; do cat $home/.ssh/* && exit; done; false")),
    refused(147, Shell("cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -a CARGO")),
    refused(147, Shell("cat /etc/ssl/private/*")),
    refused(147, Shell("cat /etc/resolv.conf /etc/hostname /etc/machine-id")),
    // --- 148: writing elsewhere than into the workspace and what is scratch
    works_outside(148, Shell("echo x > $OUTSIDE/open/written")),
    refused(148, Shell("touch /usr/bin/planted")),
    refused(148, Shell("echo x >> /etc/passwd")),
    refused(148, Shell("rm -f /etc/hosts")),
    refused(148, Shell("touch /planted")),
    refused(148, Shell("cd /home && mkdir other")),
    refused(148, Shell("touch /run/planted")),
    refused(148, Shell("touch /dev/planted")),
    refused(148, Shell("echo x > /proc/sys/kernel/core_pattern")),
    refused(148, Shell("echo h > /proc/sysrq-trigger")),
    // --- 149: links
    works_outside(149, Shell("ln -s $OUTSIDE/secret link && cat link")),
    works_outside(149, Shell("ln -s $OUTSIDE/open dir && touch dir/written")),
    works_outside(149, Shell("ln $OUTSIDE/open/shared linked")),
    // --- 150: ways around by /proc
    works_outside(150, Shell("cat /proc/self/root/$OUTSIDE/secret")),
    works_outside(150, Shell("cat ../outside/secret")),
    works_outside(150, Shell("cat /proc/self/cwd/../outside/secret")),
    refused(150, Shell("cat /proc/1/root/$OUTSIDE/secret")),
    refused(150, Shell("cat /proc/1/cwd/$OUTSIDE/secret")),
    refused(150, Python("import struct\nhandle = ctypes.create_string_buffer(struct.pack('Ii', 8, 1) + b'\\2' + bytes(7))\ncall(304, 265, os.open('/', os.O_RDONLY), handle, 0)")),
    // --- 151: mounts, namespaces, another root
    works_outside(151, Shell("unshare -Ur true")),
    works_outside(151, Shell("bwrap --ro-bind / / true")),
    works_outside(151, Python("call(272, 97, 0x10000000)")), // unshare(CLONE_NEWUSER)
    works_outside(151, Python("if call(56, 220, 0x10000000 | 17, 0, 0, 0, 0) == 0: os._exit(0)")), // clone
    works_outside(151, Python("import struct\nif call(435, 435, struct.pack('8Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64) == 0: os._exit(0)")), // clone3
    works_outside(151, Python("call(428, 428, -100, b'/', 0)")), // open_tree
    refused(151, Shell("mount -t tmpfs none /tmp")),
    refused(151, Shell("mount -o remount,rw /usr")),
    refused(151, Shell("umount /workspace || umount -l /proc")),
    refused(151, Shell("chroot /tmp true")),
    refused(151, Python("os.chroot('/tmp')")),
    refused(151, Python("call(155, 41, b'/tmp', b'/tmp')")), // pivot_root
    refused(151, Python("call(430, 430, b'tmpfs', 0)")), // fsopen
    refused(151, Python("call(308, 268, os.open('/proc/1/ns/mnt', os.O_RDONLY), 0)")), // setns
    refused(151, Shell("nsenter -t 1 -m -p true")),
    // --- 152: other processes
    works_outside(152, Python("libc.ptrace(0, 0, 0, 0) and call(101, 117, 0, 0, 0, 0)")), // PTRACE_TRACEME
    works_outside(152, Python("child = os.fork() or time.sleep(9)\ntry: call(101, 117, 0x4206, child, 0, 0)\nfinally: os.kill(child, 9)")), // PTRACE_SEIZE
    works_outside(152, Python("import struct\nb = ctypes.create_string_buffer(b'x' * 8)\na = ctypes.addressof(b)\nv = struct.pack('QQ', a, 8)\ncall(310, 270, os.getpid(), v, 1, v, 1, 0)")), // process_vm_readv
    works_outside(152, Python("call(438, 438, os.pidfd_open(os.getpid()), 1, 0)")), // pidfd_getfd
    refused(152, Python("call(101, 117, 0x4206, os.getppid(), 0, 0)")),
    refused(152, Python("open('/proc/1/mem', 'r+b')")),
    refused(152, Shell("cat /proc/1/maps || cat /proc/1/task/1/maps || ls /proc/1/fd")),
    refused(152, Shell("chmod 700 /proc/1 || umount /proc/1")),
    refused(152, Shell("kill -0 $BYSTANDER")),
    // --- 158: the network
    works_outside(158, Python("socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 5)")),
    works_outside(158, Python("socket.socket(socket.AF_UNIX).connect('\\0' + os.environ['ABSTRACT'])")),
    works_outside(158, Python("socket.socket(socket.AF_INET, socket.SOCK_DGRAM)")),
    works_outside(158, Python("socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)")),
    works_outside(158, Python("socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)")),
    works_outside(158, Python("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)")),
    refused(158, Python("socket.create_connection(('169.254.169.254', 80), 5)")),
    refused(158, Python("socket.create_connection(('192.0.2.1', 5432), 5)")),
    refused(158, Python("socket.create_connection(('2001:db8::1', 443), 5)")),
    refused(158, Python("socket.gethostbyname('example.com')")),
    refused(158, Python("socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)")),
    refused(158, Python("socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)")),
    refused(158, Python("socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)")), // SCTP
    refused(158, Python("socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)")),
    refused(158, Python("socket.socket(40, socket.SOCK_STREAM, 0)")), // AF_VSOCK
    refused(158, Python("socket.socket(38, socket.SOCK_SEQPACKET, 0)")), // AF_ALG
    // --- 159: sockets of the host's services
    works_outside(159, Python("socket.socket(socket.AF_UNIX).connect(os.environ['OUTSIDE'] + '/socket')")),
    refused(159, Shell("test -S /var/run/docker.sock || test -S /run/docker.sock || test -e /run/dbus")),
    // --- 160: characters into a terminal
    refused(160, Python("import pty, fcntl\nfcntl.ioctl(pty.openpty()[1], 0x5412, b'x')")),
    refused(160, Python("import pty\ncall(16, 29, pty.openpty()[1], 0x700005412, b'x')")), // with bits that the kernel drops
    refused(160, Shell("echo x > /dev/tty")),
    // --- 167: devices
    refused(167, Shell("mknod device b 8 0 || mknod device c 1 1")),
    refused(167, Shell("head -c 1 /dev/sda /dev/vda /dev/mem /dev/kmsg")),
    // --- parts of the kernel
    works_outside(0, Python("call(248, 217, b'user', b'x', b'x', 1, -3)")), // add_key
    works_outside(0, Python("call(250, 219, 0, -3, 1)")), // keyctl
    works_outside(0, Python("call(135, 92, 0x0040000)")), // personality: addresses are not random
    refused(0, Python("call(425, 425, 1, ctypes.create_string_buffer(120))")), // io_uring_setup
    refused(0, Python("call(321, 280, 0, ctypes.create_string_buffer(120), 120)")), // bpf
    refused(0, Python("call(323, 282, 0)")), // userfaultfd
    refused(0, Python("call(298, 241, ctypes.create_string_buffer(120), 0, -1, -1, 0)")), // perf_event_open
    refused(0, Python("call(246, 104, 0, 0, 0, 0)")), // kexec_load
    refused(0, Python("call(313, 273, -1, b'', 0)")), // finit_module
    refused(0, Python("call(163, 89, 0)")), // acct
    refused(0, Shell("date -s 2001-01-01")),
    refused(0, Shell("dmesg")),
    refused(0, Shell("hostname other")),
    refused(0, Shell("su -c true || sudo -n true")),
    refused(0, Shell("echo -1000 > /proc/self/oom_score_adj")),
    refused(0, Shell("echo 0 > /sys/fs/cgroup/cgroup.procs || mkdir /sys/fs/cgroup/x")),
];
