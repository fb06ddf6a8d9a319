//! From an uploaded recording to a file that clients play, and to its picture.

use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::super::sniff::Container;
use super::arguments::{self, Shape};
use super::confined;
use super::facts::{Facts, Video};
use super::programs::Ffmpeg;

/// What a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// A video.
    Video,
    /// A silent loop that was an animated GIF.
    Gifv,
    /// A sound.
    Audio,
}

/// A recording that clients can play. Its files lie in the folder that the work was done in.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What it is.
    pub kind: Recorded,
    /// The file.
    pub file: PathBuf,
    /// Its media type.
    pub mime: &'static str,
    /// The usual ending of such a file, without a dot.
    pub extension: &'static str,
    /// Width and height in pixels, as they are seen; none of a sound.
    pub size: Option<(u32, u32)>,
    /// Frames a second as a fraction such as `30/1`.
    pub frame_rate: Option<String>,
    /// Length in milliseconds.
    pub duration: Option<i64>,
    /// Bits a second.
    pub bitrate: Option<i64>,
    /// A picture (PNG) of it: the first frame, or the cover of a sound.
    pub picture: Option<PathBuf>,
}

impl Ffmpeg {
    /// Makes a recording of the upload at `source`, in `folder`, which must be empty but for it.
    ///
    /// # Errors
    /// Every variant of [`Error`]; all but [`Error::Interrupted`] are about the file.
    pub async fn record(
        &self,
        source: &Path,
        container: Container,
        folder: &Path,
    ) -> Result<Recording, Error> {
        let _turn = self.take_turn().await?;
        let facts = self.probe(source, container, folder).await?;
        self.check(facts.video.as_ref())?;
        let shape = Shape::of(container, &facts);
        let file = folder.join(format!("made.{}", shape.extension));
        let arguments = arguments::record(container, source, shape, &file);
        confined::run(&self.maker, arguments, folder, self.limits).await?;
        let made = match shape.extension {
            "mp4" => Container::Mp4,
            "ogg" => Container::Ogg,
            _ => Container::Mp3,
        };
        let written = self.probe(&file, made, folder).await?;
        let picture = match (&written.video, facts.cover) {
            (Some(_), _) => Some(self.picture(&file, made, None, folder).await?),
            // A cover that cannot be read is no reason to refuse a sound.
            (None, Some(cover)) => {
                let picture = self.picture(source, container, Some(cover), folder).await;
                picture.ok()
            }
            (None, None) => None,
        };
        let video = written.video.as_ref();
        Ok(Recording {
            kind: match (video, container) {
                (Some(_), Container::Gif) => Recorded::Gifv,
                (Some(_), _) => Recorded::Video,
                (None, _) => Recorded::Audio,
            },
            file,
            mime: shape.mime,
            extension: shape.extension,
            size: video.map(|video| (video.width, video.height)),
            frame_rate: video
                .and_then(|video| video.frame_rate)
                .map(|(frames, seconds)| format!("{frames}/{seconds}")),
            duration: written.duration,
            bitrate: written.bitrate,
            picture,
        })
    }

    /// Makes a PNG of a still picture of a kind that is not decoded here.
    ///
    /// # Errors
    /// As [`Ffmpeg::record`].
    pub async fn still(
        &self,
        source: &Path,
        container: Container,
        folder: &Path,
    ) -> Result<PathBuf, Error> {
        let _turn = self.take_turn().await?;
        let facts = self.probe(source, container, folder).await?;
        self.check(facts.video.as_ref())?;
        self.picture(source, container, None, folder).await
    }

    async fn take_turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Error> {
        let turn = self.turns.acquire().await;
        turn.map_err(|error| Error::Interrupted(error.to_string()))
    }

    async fn probe(
        &self,
        file: &Path,
        container: Container,
        folder: &Path,
    ) -> Result<Facts, Error> {
        let arguments = arguments::probe(container, file);
        let answer = confined::run(&self.prober, arguments, folder, self.limits).await?;
        Facts::read(&answer)
    }

    async fn picture(
        &self,
        file: &Path,
        container: Container,
        stream: Option<usize>,
        folder: &Path,
    ) -> Result<PathBuf, Error> {
        let picture = folder.join("picture.png");
        let arguments = arguments::picture(container, file, stream, &picture);
        confined::run(&self.maker, arguments, folder, self.limits).await?;
        if picture.is_file() {
            Ok(picture)
        } else {
            Err(Error::Broken("it has no picture".to_owned()))
        }
    }

    fn check(&self, video: Option<&Video>) -> Result<(), Error> {
        let Some(video) = video else { return Ok(()) };
        if video.area() > self.limits.matrix {
            return Err(Error::TooManyPixels {
                width: video.width,
                height: video.height,
            });
        }
        let limit = self.limits.frame_rate;
        if video.is_faster_than(limit) {
            return Err(Error::TooFast { limit });
        }
        Ok(())
    }
}
