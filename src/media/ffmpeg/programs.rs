//! The two programs, where they are and what they may use.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, Semaphore};

use super::confined;
use super::limits::Limits;
use crate::keys::random;

/// Programs that were found to be able to do what is asked of them: the nodes of one process ask each of these once.
/// What went wrong at one node is no other's trouble.
static FIT: Mutex<BTreeSet<PathBuf>> = Mutex::const_new(BTreeSet::new());

/// The encoders without which nothing can be made.
const ENCODERS: [&str; 3] = ["libx264", "aac", "libmp3lame"];

/// `ffmpeg` and `ffprobe`. Cheap to clone; clones share the turns.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    pub(super) maker: PathBuf,
    pub(super) prober: PathBuf,
    /// What they may use.
    pub limits: Limits,
    pub(super) turns: Arc<Semaphore>,
    is_fit: Arc<AtomicBool>,
}

impl Ffmpeg {
    /// The program at this path, with `ffprobe` beside it.
    ///
    /// # Errors
    /// A sentence that names what is missing.
    pub fn at(path: &Path, limits: Limits) -> Result<Self, String> {
        let prober = path.with_file_name("ffprobe");
        for program in [path, &prober] {
            if !program.is_file() {
                return Err(format!("{} is no program", program.display()));
            }
        }
        Ok(Self {
            maker: path.to_owned(),
            prober,
            limits,
            turns: Arc::new(Semaphore::new(limits.at_once)),
            is_fit: Arc::new(AtomicBool::new(true)),
        })
    }

    /// Whether it can do what is asked of it, as far as is known.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        self.is_fit.load(Ordering::Relaxed)
    }

    /// Asks it what it can, in a new folder below `folder`.
    ///
    /// # Errors
    /// A sentence that says what it cannot.
    pub async fn examine(&self, folder: &Path) -> Result<(), String> {
        let mut fit = FIT.lock().await;
        let examined = if fit.contains(&self.maker) {
            Ok(())
        } else {
            self.list_missing(folder).await
        };
        if examined.is_ok() {
            fit.insert(self.maker.clone());
        }
        drop(fit);
        self.is_fit.store(examined.is_ok(), Ordering::Relaxed);
        examined.map_err(|error| format!("{}: {error}", self.maker.display()))
    }

    async fn list_missing(&self, folder: &Path) -> Result<(), String> {
        let folder = folder.join(random::hex_name());
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let arguments = ["-hide_banner", "-v", "error", "-encoders"].map(Into::into);
        let said = confined::run(&self.maker, arguments.to_vec(), &folder, self.limits).await;
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        let said = said.map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&said);
        let names: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        let missing: Vec<&str> = ENCODERS
            .into_iter()
            .filter(|encoder| !names.contains(encoder))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("it cannot write {}", missing.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_programs_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            seconds: 1,
            memory: 1,
            output: 1,
            matrix: 1,
            frame_rate: 1,
            at_once: 1,
        };
        let path = folder.path().join("ffmpeg");
        assert!(Ffmpeg::at(&path, limits).unwrap_err().contains("ffmpeg is"));
        std::fs::write(&path, "").unwrap();
        assert!(Ffmpeg::at(&path, limits).unwrap_err().contains("ffprobe"));
        std::fs::write(folder.path().join("ffprobe"), "").unwrap();
        assert!(Ffmpeg::at(&path, limits).is_ok());
    }
}
