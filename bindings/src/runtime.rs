//! The one runtime, owned here and never dropped: dropping a runtime inside another panics, and every exported call
//! spawns on it, so that a foreign caller who walks away leaves the work whole (docs/adr/0005).

use std::future::Future;
use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

use crate::error::PlainchartError;

/// `None` if the operating system gives no threads: a typed error then, not a panic.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    install_panic_hook();
    Builder::new_multi_thread().worker_threads(2).thread_name("plainchart").enable_all().build().ok()
});

/// The default hook prints a panic's text, which may hold what was read; ours prints the place alone.
fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        use std::io::Write;
        if let Some(place) = info.location() {
            let _ = writeln!(std::io::stderr(), "plainchart: defect at {}:{}", place.file(), place.line());
        }
    }));
}

fn runtime() -> Result<&'static Runtime, PlainchartError> {
    RUNTIME.as_ref().ok_or_else(|| PlainchartError::internal("runtime"))
}

/// Runs work that waits for the network.
pub async fn spawn<T: Send + 'static>(
    work: impl Future<Output = Result<T, plainchart::PlainchartError>> + Send + 'static,
) -> Result<T, PlainchartError> {
    match runtime()?.spawn(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(PlainchartError::internal("task")),
    }
}

/// Runs work that waits for the disk.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, plainchart::PlainchartError> + Send + 'static,
) -> Result<T, PlainchartError> {
    match runtime()?.spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(PlainchartError::internal("task")),
    }
}
