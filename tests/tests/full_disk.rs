//! The disk is full, or cannot be written: a typed error, nothing lost, and it goes on when there is space again.

use std::process::{Command, Stdio};

use plainchart::{Clock, PlainchartError, Relation, StorageReason};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, disk, hospital};

/// A disk of its own in a mount namespace: fills it, syncs, frees it, syncs again, and copies what lies there out.
/// Prints both exit codes.
const ON_A_SMALL_DISK: &str = r#"
set -e
mount -t tmpfs -o size="$SIZE" tmpfs "$DISK"
cp -a "$HOME_OF_STORE"/. "$DISK"/
while :; do dd if=/dev/zero bs=4096 count=1 2>/dev/null >> "$DISK/filler" || break; done
truncate -s "-$LEFT" "$DISK/filler"
code=0; "$SYNC" "$DISK" "$PERSON" "$WALL_MS" || code=$?
echo "full: $code"
rm "$DISK/filler"
code=0; "$SYNC" "$DISK" "$PERSON" "$WALL_LATER" || code=$?
echo "free: $code"
cp -a "$DISK"/. "$OUT"/
"#;

/// Runs the script; `None` where there are no namespaces to mount in.
fn on_a_small_disk(phone: &Phone, person: &plainchart::PersonId, left: u32) -> Option<(tempfile::TempDir, String)> {
    let (disk, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let wall_ms = phone.clock.wall_ms();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK]);
    command.env("DISK", disk.path()).env("OUT", out.path()).env("HOME_OF_STORE", phone.home());
    command.env("SIZE", "8m").env("LEFT", left.to_string()).env("PERSON", person.to_string());
    command.env("SYNC", env!("CARGO_BIN_EXE_sync-and-die"));
    command.env("WALL_MS", (wall_ms + 1000).to_string()).env("WALL_LATER", (wall_ms + 5000).to_string());
    let output = command.stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !said.contains("full:") {
        eprintln!("SKIPPED: no mount namespace: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some((out, said))
}

/// Proves V4, V3: a full disk during a sync is "no space" (exit code 6); nothing is lost, and with space again the next
/// sync makes the chart the hospital's.
#[test]
fn a_full_disk_is_told_and_costs_nothing() {
    let full = PlainchartError::StorageUnavailable { reason: StorageReason::Full };
    let fernway = hospital::small_in_small_pages();
    let mut phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.close();
    for left in [0, 4096, 16 * 1024, 40 * 1024] {
        let Some((out, said)) = on_a_small_disk(&phone, &nora, left) else { return };
        // With some room left it may just fit.
        let fits = left > 4096 && said == "full: 0\nfree: 0\n";
        assert!(fits || said == format!("full: {}\nfree: 0\n", full.exit_code()), "{left} bytes left: {said}");
        let mut after = phone.copy_of_disk();
        std::fs::remove_dir_all(after.home()).unwrap();
        disk::copy(out.path(), after.home());
        after.reopen();
        assert_eq!(chart::differences(&mut after, &nora, &fernway, hospital::NORA), [""; 0], "{left} bytes left");
        assert!(after.app().doctor().unwrap().sound, "{left} bytes left");
    }
}
