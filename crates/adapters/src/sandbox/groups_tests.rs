//! Control groups as machines of both kinds show them.

use super::*;

/// A machine of both kinds, with the second empty but for its name.
const HYBRID: &str = "\
30 24 0:26 / /nowhere/memory rw,relatime shared:10 - cgroup cgroup rw,memory
31 24 0:27 / /nowhere/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
32 24 0:28 /docker/abc /nowhere/pids rw - cgroup cgroup rw,pids
33 24 0:29 / /nowhere/unified rw - cgroup2 cgroup2 rw,nsdelegate
";
const OWN: &str = "8:pids:/docker/abc\n4:memory:/some/group\n2:cpu,cpuacct:/\n0::/\n";

#[test]
fn each_controller_is_found_where_it_is_mounted() {
    let found = Groups::first(OWN, HYBRID).unwrap();
    // None of the directories is there, so it is the top of each mount.
    let expected = ["/nowhere/memory", "/nowhere/pids", "/nowhere/cpu,cpuacct"].map(PathBuf::from);
    assert_eq!(found, Groups::First(expected));
}

#[test]
fn a_missing_controller_is_named() {
    let missing = Groups::first("8:pids:/\n4:memory:/\n", HYBRID).unwrap_err();
    assert!(missing.contains("cpu"), "{missing}");
}

#[test]
fn the_part_that_a_container_sees_is_where_its_own_path_begins() {
    let mounted = tempfile::tempdir().unwrap();
    fs::create_dir_all(mounted.path().join("inner")).unwrap();
    let below = |path| below(Path::new("/docker/abc"), mounted.path(), path);
    assert_eq!(below("/docker/abc/inner"), mounted.path().join("inner"));
    assert_eq!(below("/inner"), mounted.path().join("inner"));
    assert_eq!(below("/elsewhere"), mounted.path());
}

#[test]
fn of_the_second_kind_the_nearest_that_gives_all_three_is_taken() {
    let mounted = tempfile::tempdir().unwrap();
    let slice = mounted.path().join("user.slice");
    let scope = slice.join("app.scope");
    fs::create_dir_all(&scope).unwrap();
    fs::write(mounted.path().join("cgroup.subtree_control"), "cpuset cpu io memory pids\n").unwrap();
    fs::write(slice.join("cgroup.subtree_control"), "memory pids\n").unwrap();
    fs::write(scope.join("cgroup.subtree_control"), "").unwrap();
    let mounts = format!("33 24 0:29 / {} rw - cgroup2 cgroup2 rw\n", mounted.path().display());
    let candidates = candidates("0::/user.slice/app.scope\n", &mounts);
    assert_eq!(candidates, [scope, slice.clone(), mounted.path().to_path_buf()]);
    let nearest = |all: &[PathBuf]| all.iter().find(|directory| delegates_all(directory)).cloned();
    assert_eq!(nearest(&candidates), Some(mounted.path().to_path_buf()));
    fs::write(slice.join("cgroup.subtree_control"), "cpu memory pids\n").unwrap();
    assert_eq!(nearest(&candidates), Some(slice));
}

#[test]
fn a_group_of_the_second_kind_has_all_limits_in_one_place() {
    let parent = tempfile::tempdir().unwrap();
    let groups = Groups::Second(parent.path().to_path_buf());
    let limits = Limits { memory_bytes: 64 << 20, processes: 30, cpu_percent: 150, ..Limits::default() };
    let group = groups.make("omoi-a", &limits).unwrap();
    let read = |file: &str| fs::read_to_string(parent.path().join("omoi-a").join(file)).unwrap();
    assert_eq!(read("memory.max"), (64 << 20).to_string());
    assert_eq!(read("pids.max"), "32");
    assert_eq!(read("cpu.max"), "150000 100000");
    fs::write(parent.path().join("omoi-a/memory.events"), "low 0\noom 1\noom_kill 0\n").unwrap();
    assert!(!group.ran_out_of_memory());
    fs::write(parent.path().join("omoi-a/memory.events"), "low 0\noom 1\noom_kill 2\n").unwrap();
    assert!(group.ran_out_of_memory());
    assert_eq!(groups.left("omoi-").len(), 1);
    assert_eq!(groups.left("omoi-b").len(), 0);
}
