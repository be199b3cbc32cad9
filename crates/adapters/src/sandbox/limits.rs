//! Limits that hold for each process, where the kernel is told of none that hold for all together.

use std::collections::BTreeMap;

use children::account::Account;
use children::confine::ResourceLimit;
use children::tree;
use ports::sandbox::Limits;

/// More processes than this beside those of the sandbox do not begin between two looks at it.
const OTHERS: u64 = 1_000;

/// `grouped`: whether memory is limited for all together.
pub(super) fn of_each(limits: &Limits, grouped: bool) -> BTreeMap<ResourceLimit, u64> {
    let mut all = BTreeMap::from([
        (ResourceLimit::Core, 0),
        (ResourceLimit::FileSize, limits.file_bytes),
        (ResourceLimit::OpenFiles, limits.open_files),
    ]);
    if !grouped {
        all.insert(ResourceLimit::Data, limits.memory_bytes);
    }
    all
}

/// A bound on a fork bomb that nothing isolates. The kernel counts all processes of the user, so it is far above what the
/// sandbox may have: it is for the time between two looks, and others must not be refused theirs.
pub(super) fn processes_of_user(limits: &Limits, account: Option<&Account>) -> (ResourceLimit, u64) {
    let user = account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
    let most = tree::threads_of_user(user) + u64::from(limits.processes) + OTHERS;
    (ResourceLimit::Processes, most)
}
