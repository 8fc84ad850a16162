//! A file that the reader asked for. It is for its owner alone, and never takes the place of another.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::failure::{Failure, exit, of_disk};

/// Refuses early, before anything is read from a chart.
///
/// # Errors
/// 2 where something is there already.
pub fn check(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() { Err(taken()) } else { Ok(()) }
}

/// Writes a new file, whole or not at all.
///
/// # Errors
/// 2 where something is there already or there is no such folder; the disk's.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            Failure::said(exit::INVALID_INPUT, "There is no folder for this file. Nothing was written.")
        }
        _ => of_disk(&error),
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        // Half a file would look like the whole; it is ours, made above.
        let _ = fs::remove_file(path);
        of_disk(&error)
    })
}

fn taken() -> Failure {
    Failure::said(exit::INVALID_INPUT, "A file of this name is there already. It was left as it is.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N5 and V6: a file is written byte for byte, for its owner alone, and never over another.
    #[test]
    fn a_file_is_new_and_its_owner_s() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        check(&path).unwrap();
        write(&path, &[0, 255, 10, 13]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), [0, 255, 10, 13]);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        for refused in [check(&path), write(&path, b"other"), write(&folder.path().join("no/such"), b"x")] {
            assert_eq!(refused.unwrap_err().exit_code(), exit::INVALID_INPUT);
        }
        assert_eq!(fs::read(&path).unwrap(), [0, 255, 10, 13]);
    }
}
