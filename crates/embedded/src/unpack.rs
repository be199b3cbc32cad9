//! Unpacks the parts of a wheel that we use.

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use zip::ZipArchive;

/// Unpacks the entries of `archive` that `wanted` names into `target`, which must be empty. Calls `step`
/// with the bytes done and the bytes in all.
///
/// Entries that would land outside `target` are refused, and so are symbolic links: the pinned wheels
/// have none, and one could lead a later entry outside.
///
/// # Errors
/// The reason, as text: the archive is damaged or unsafe, or the disk is full.
pub fn unpack(
    archive: File,
    target: &Path,
    wanted: impl Fn(&Path) -> bool,
    mut step: impl FnMut(u64, u64),
) -> Result<(), String> {
    let mut archive = ZipArchive::new(archive).map_err(|e| e.to_string())?;
    let total = archive.decompressed_size().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let mut done = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| e.to_string())?;
        let name = entry.name().to_owned();
        let path = entry.enclosed_name().ok_or_else(|| format!("{name} leads outside"))?;
        if entry.is_symlink() {
            return Err(format!("{name} is a symbolic link"));
        }
        done += entry.size();
        if entry.is_dir() || !wanted(&path) {
            continue;
        }
        let file = target.join(&path);
        let problem = |e: io::Error| format!("{name}: {e}");
        make_directories(&file, target).map_err(problem)?;
        let mut out = File::create_new(&file).map_err(problem)?;
        io::copy(&mut entry, &mut out).map_err(problem)?;
        // Other users run these programs (as root, the children do), nobody changes them.
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o100 != 0);
        let mode = if executable { 0o755 } else { 0o644 };
        fs::set_permissions(&file, Permissions::from_mode(mode)).map_err(problem)?;
        step(done, total.max(done));
    }
    Ok(())
}

fn make_directories(file: &Path, target: &Path) -> io::Result<()> {
    let directory = file.parent().unwrap_or(target);
    fs::create_dir_all(directory)?;
    // The umask may have closed them to others.
    for directory in directory.ancestors().take_while(|d| d.starts_with(target)) {
        fs::set_permissions(directory, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive_with(name: &str, mode: u32) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().expect("a temporary file"));
        zip.start_file(name, SimpleFileOptions::default().unix_permissions(mode)).expect("an entry");
        zip.write_all(b"content").expect("its content");
        zip.finish().expect("an archive")
    }

    #[test]
    fn programs_stay_programs_and_the_rest_is_left_out() {
        let target = tempfile::tempdir().expect("a temporary directory");
        unpack(archive_with("bin/run", 0o775), target.path(), |_| true, |_, _| {}).expect("unpacked");
        unpack(archive_with("include/h", 0o644), target.path(), |p| !p.starts_with("include"), |_, _| {})
            .expect("unpacked");
        let mode = fs::metadata(target.path().join("bin/run")).expect("the program").permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        assert!(!target.path().join("include").exists());
    }

    #[test]
    fn an_entry_that_leads_outside_is_refused() {
        let outer = tempfile::tempdir().expect("a temporary directory");
        let target = outer.path().join("in");
        fs::create_dir(&target).expect("a directory");
        let refused = unpack(archive_with("../out", 0o644), &target, |_| true, |_, _| {});
        assert!(refused.is_err_and(|reason| reason.contains("outside")));
        assert!(!outer.path().join("out").exists());
    }

    #[test]
    fn a_symbolic_link_is_refused() {
        let target = tempfile::tempdir().expect("a temporary directory");
        let mut zip = ZipWriter::new(tempfile::tempfile().expect("a temporary file"));
        zip.add_symlink("lib", "/etc", SimpleFileOptions::default()).expect("an entry");
        let refused = unpack(zip.finish().expect("an archive"), target.path(), |_| true, |_, _| {});
        assert!(refused.is_err_and(|reason| reason.contains("symbolic link")));
    }
}
