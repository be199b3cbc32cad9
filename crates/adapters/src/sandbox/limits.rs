//! Limits that hold for each process, where the kernel is told of none that hold for all together.

use std::collections::BTreeMap;

use children::account::Account;
use children::confine::ResourceLimit;
use children::tree;
use ports::sandbox::Limits;

/// `grouped`: whether memory and processes are limited for all together.
pub(super) fn of_each(
    limits: &Limits,
    account: Option<&Account>,
    grouped: bool,
) -> BTreeMap<ResourceLimit, u64> {
    let mut all = BTreeMap::from([
        (ResourceLimit::Core, 0),
        (ResourceLimit::FileSize, limits.file_bytes),
        (ResourceLimit::OpenFiles, limits.open_files),
    ]);
    if !grouped {
        let user = account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
        // The kernel counts all of the user's, and those that run already are not the sandbox's.
        let processes = tree::threads_of_user(user) + u64::from(limits.processes);
        all.extend([(ResourceLimit::Data, limits.memory_bytes), (ResourceLimit::Processes, processes)]);
    }
    all
}
