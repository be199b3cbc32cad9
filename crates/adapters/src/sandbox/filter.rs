//! Which system calls a program in a sandbox has: all but those that reach into other processes, change what is mounted, make
//! namespaces, or open large and little used parts of the kernel.
//!
//! The filter is a program for the kernel's packet filter, written here by hand: it is short, and two things of it no library
//! does, a refusal that says "there is no such call" for `clone3` (whose flags a filter cannot see, and which libraries then do
//! without), and the second table of numbers that x86-64 has.

/// An instruction: code, where to go when it holds, where when not, and a constant.
type Instruction = (u16, u8, u8, u32);

const LOAD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
const EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const AT_LEAST: u16 = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const ANY_OF_BITS: u16 = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const AND: u16 = 0x54; // BPF_ALU | BPF_AND | BPF_K
const RETURN: u16 = 0x06; // BPF_RET | BPF_K

const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
const ERROR: u32 = 0x0005_0000;

/// Where the kernel has them in what it shows a filter; the lower half of an argument comes first on the machines we know.
const NUMBER: u32 = 0;
const MACHINE: u32 = 4;
const fn argument(index: u32) -> u32 {
    16 + 8 * index
}

#[cfg(target_arch = "x86_64")]
const THIS_MACHINE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const THIS_MACHINE: u32 = 0xc000_00b7;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const THIS_MACHINE: u32 = 0; // every call ends the program: nothing is known of this machine
/// From here on are the numbers of the second table (x32).
const SECOND_TABLE: u32 = 0x4000_0000;

/// Refused whatever their arguments are.
const REFUSED: &[libc::c_long] = &[
    // other processes
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_perf_event_open,
    // mounts and namespaces
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    // parts of the kernel that are large, or the machine's
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_fanotify_init,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_lookup_dcookie,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_vhangup,
    libc::SYS_personality,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
];

/// Flags of `clone` that make namespaces.
const NAMESPACES: i32 = libc::CLONE_NEWUSER
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP;
/// Requests that put characters into somebody's terminal, or read its screen.
const TERMINAL: [u32; 2] = [0x5412, 0x541c]; // TIOCSTI, TIOCLINUX

/// The filter as the kernel reads it.
pub(super) fn bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    for (code, yes, no, constant) in instructions() {
        bytes.extend_from_slice(&code.to_ne_bytes());
        bytes.extend_from_slice(&[yes, no]);
        bytes.extend_from_slice(&constant.to_ne_bytes());
    }
    bytes
}

fn instructions() -> Vec<Instruction> {
    let mut all = vec![
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, THIS_MACHINE),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, SECOND_TABLE),
        refuse(libc::ENOSYS),
        (EQUAL, 0, 1, number(libc::SYS_clone3)),
        refuse(libc::ENOSYS),
    ];
    for call in REFUSED {
        all.extend([(EQUAL, 0, 1, number(*call)), refuse(libc::EPERM)]);
    }
    only_for(
        &mut all,
        libc::SYS_clone,
        &[(LOAD, 0, 0, argument(0)), (ANY_OF_BITS, 0, 1, NAMESPACES.unsigned_abs()), refuse(libc::EPERM)],
    );
    only_for(
        &mut all,
        libc::SYS_ioctl,
        &[
            (LOAD, 0, 0, argument(1)),
            (EQUAL, 1, 0, TERMINAL[0]),
            (EQUAL, 0, 1, TERMINAL[1]),
            refuse(libc::EPERM),
        ],
    );
    for call in [libc::SYS_socket, libc::SYS_socketpair] {
        only_for(
            &mut all,
            call,
            &[
                (LOAD, 0, 0, argument(0)),
                (EQUAL, 9, 0, libc::AF_UNIX.unsigned_abs()),
                (EQUAL, 2, 0, libc::AF_INET.unsigned_abs()),
                (EQUAL, 1, 0, libc::AF_INET6.unsigned_abs()),
                refuse(libc::EAFNOSUPPORT),
                (LOAD, 0, 0, argument(1)),
                // The kind, without the flags that come with it; and of streams TCP, which is also the one without a name.
                (AND, 0, 0, 0xf),
                (EQUAL, 0, 4, libc::SOCK_STREAM.unsigned_abs()),
                (LOAD, 0, 0, argument(2)),
                (EQUAL, 1, 0, 0),
                (EQUAL, 0, 1, libc::IPPROTO_TCP.unsigned_abs()),
                (RETURN, 0, 0, ALLOW),
                refuse(libc::EACCES),
            ],
        );
    }
    all.push((RETURN, 0, 0, ALLOW));
    all
}

/// Instructions for one call; whoever falls out of their end is allowed.
fn only_for(all: &mut Vec<Instruction>, call: libc::c_long, then: &[Instruction]) {
    let past = u8::try_from(then.len() + 1).expect("a few instructions");
    all.push((EQUAL, 0, past, number(call)));
    all.extend_from_slice(then);
    all.push((RETURN, 0, 0, ALLOW));
}

const fn refuse(error: i32) -> Instruction {
    (RETURN, 0, 0, ERROR | error.unsigned_abs())
}

fn number(call: libc::c_long) -> u32 {
    u32::try_from(call).expect("the number of a system call is small")
}
