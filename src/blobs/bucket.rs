//! The store in a bucket with the interface of Amazon S3. A write is acknowledged when the bucket has the whole file;
//! large files go there and come back piece by piece.
//!
//! The bucket is the operator's own, so it may be anywhere, also in a network of theirs; what strangers name is never
//! fetched with this client.

use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, ClientOptions, Error, GetOptions, GetRange, ObjectStore,
    ObjectStoreExt as _, PutMultipartOptions, PutOptions, RetryConfig,
};
use tokio::runtime::Handle;

use super::kinds::kind_of;
use crate::keys::Secret;

/// Pieces that a large file is sent in, in bytes; a file up to this size is sent in one.
const PIECE: usize = 8 << 20;
/// How long one request may take.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long a request is tried again before it has failed.
const RETRIES: Duration = Duration::from_secs(15);
/// What is said about files to whoever keeps copies of them: they never change.
const LASTING: &str = "public, max-age=31536000, immutable";

/// Which bucket, and how to get there.
#[derive(Clone, Debug)]
pub struct BucketSettings {
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Where it is; none for Amazon.
    pub endpoint: Option<String>,
    /// The name of the access key.
    pub access_key: String,
    /// The secret of the access key.
    pub secret_key: Secret<String>,
    /// Whether the bucket is a part of the path and not of the host name.
    pub is_path_style: bool,
}

/// Files in a bucket; clones share it.
#[derive(Clone, Debug)]
pub struct BucketBlobs {
    store: Arc<AmazonS3>,
    name: Arc<str>,
    /// Where requests are made; the caller's thread waits for them.
    runtime: Handle,
}

/// An object that is read piece by piece.
pub(super) struct ObjectReader {
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    piece: Bytes,
    runtime: Handle,
}

/// An object from some byte on, and where it lies in the whole.
pub(super) struct Opened {
    pub(super) reader: Option<ObjectReader>,
    pub(super) total: u64,
    pub(super) start: u64,
    pub(super) length: u64,
}

impl BucketBlobs {
    /// A store in this bucket. Nothing is asked yet. Must be called within a runtime.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub(super) fn open(settings: BucketSettings) -> io::Result<Self> {
        let name = settings.bucket.clone();
        let is_plain = settings
            .endpoint
            .as_ref()
            .is_some_and(|endpoint| endpoint.starts_with("http://"));
        let options = ClientOptions::new()
            .with_timeout(TIMEOUT)
            .with_connect_timeout(Duration::from_secs(5))
            .with_allow_http(is_plain);
        let retries = RetryConfig {
            max_retries: 3,
            retry_timeout: RETRIES,
            ..RetryConfig::default()
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(settings.bucket)
            .with_region(settings.region)
            .with_access_key_id(settings.access_key)
            .with_secret_access_key(settings.secret_key.into_inner())
            .with_virtual_hosted_style_request(!settings.is_path_style)
            .with_client_options(options)
            .with_retry(retries);
        if let Some(endpoint) = settings.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder.build().map_err(|error| passed_on(&error))?;
        Ok(Self {
            store: Arc::new(store),
            name: name.into(),
            runtime: Handle::current(),
        })
    }

    /// The name of the bucket.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for a request. All functions of this room are called on threads that may wait.
    fn wait<T>(&self, request: impl Future<Output = object_store::Result<T>>) -> io::Result<T> {
        self.runtime
            .block_on(request)
            .map_err(|error| passed_on(&error))
    }

    pub(super) fn write(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let options = PutOptions {
            attributes: attributes(key),
            ..PutOptions::default()
        };
        let payload = Bytes::copy_from_slice(bytes).into();
        let path = Path::from(key);
        self.wait(self.store.put_opts(&path, payload, options))
            .map(drop)
    }

    /// Sends a file of the local disk, in pieces if it is large.
    pub(super) fn write_file(&self, key: &str, mut file: File) -> io::Result<()> {
        let length = file.metadata()?.len();
        if length <= PIECE as u64 {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            return self.write(key, &bytes);
        }
        let options = PutMultipartOptions {
            attributes: attributes(key),
            ..PutMultipartOptions::default()
        };
        let path = Path::from(key);
        let mut upload = self.wait(self.store.put_multipart_opts(&path, options))?;
        let sent = loop {
            let mut piece = Vec::new();
            match (&mut file).take(PIECE as u64).read_to_end(&mut piece) {
                Ok(0) => break self.wait(upload.complete()).map(drop),
                Ok(_) => {
                    if let Err(error) = self.wait(upload.put_part(Bytes::from(piece).into())) {
                        break Err(error);
                    }
                }
                Err(error) => break Err(error),
            }
        };
        if sent.is_err()
            && let Err(error) = self.wait(upload.abort())
        {
            tracing::warn!(key, %error, "an unfinished file is left in the bucket");
        }
        sent
    }

    pub(super) fn open_range(
        &self,
        key: &str,
        start: u64,
        length: Option<u64>,
    ) -> io::Result<Option<Opened>> {
        let path = Path::from(key);
        if length == Some(0) {
            return self.measure(&path, start);
        }
        let range = match (start, length) {
            (0, None) => None,
            (start, None) => Some(GetRange::Offset(start)),
            (start, Some(length)) => Some(GetRange::Bounded(start..start.saturating_add(length))),
        };
        let options = GetOptions {
            range,
            ..GetOptions::default()
        };
        match self.runtime.block_on(self.store.get_opts(&path, options)) {
            Ok(found) => {
                let (total, range) = (found.meta.size, found.range.clone());
                Ok(Some(Opened {
                    reader: Some(ObjectReader {
                        stream: found.into_stream(),
                        piece: Bytes::new(),
                        runtime: self.runtime.clone(),
                    }),
                    total,
                    start: range.start,
                    length: range.end - range.start,
                }))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            // A range behind the end is refused, also that of an empty file.
            Err(error) => match self.measure(&path, start)? {
                Some(opened) if opened.start == opened.total => Ok(Some(opened)),
                _ => Err(passed_on(&error)),
            },
        }
    }

    /// The size of an object, as a range without bytes.
    fn measure(&self, path: &Path, start: u64) -> io::Result<Option<Opened>> {
        match self.runtime.block_on(self.store.head(path)) {
            Ok(found) => Ok(Some(Opened {
                reader: None,
                total: found.size,
                start: start.min(found.size),
                length: 0,
            })),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(passed_on(&error)),
        }
    }

    pub(super) fn delete(&self, key: &str) -> io::Result<()> {
        let path = Path::from(key);
        match self.runtime.block_on(self.store.delete(&path)) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(passed_on(&error)),
        }
    }

    pub(super) fn size(&self) -> io::Result<u64> {
        let objects = self.store.list(None);
        self.wait(objects.try_fold(0, |sum, object| async move { Ok(sum + object.size) }))
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => return Err(passed_on(&error)),
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len());
        self.piece
            .copy_to_slice(buffer.get_mut(..length).unwrap_or_default());
        Ok(length)
    }
}

impl fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ObjectReader")
    }
}

/// What the bucket says about a file where it answers people itself.
fn attributes(key: &str) -> Attributes {
    let kind = kind_of(key).unwrap_or("application/octet-stream");
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, kind.into());
    attributes.insert(Attribute::CacheControl, LASTING.into());
    attributes
}

fn passed_on(error: &Error) -> io::Error {
    io::Error::other(format!("the bucket: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::Blobs;
    use super::*;

    fn bucket(endpoint: &str) -> Blobs {
        let settings = BucketSettings {
            bucket: "whimbrel".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint.to_owned()),
            access_key: "tests".to_owned(),
            secret_key: "tests-secret".to_owned().into(),
            is_path_style: true,
        };
        Blobs::bucket(settings).unwrap()
    }

    /// The bucket that `tests/with-bucket` starts; without it there is nothing to be tested.
    fn started() -> Option<Blobs> {
        let endpoint = std::env::var_os("WHIMBREL_TEST_BUCKET")?;
        Some(bucket(endpoint.to_str().expect("a URL is text")))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_bucket_keeps_files() {
        let Some(blobs) = started() else { return };
        tokio::task::spawn_blocking(move || keep_files(&blobs))
            .await
            .unwrap();
    }

    fn keep_files(blobs: &Blobs) {
        assert_eq!(blobs.size().unwrap(), 0);
        assert_eq!(blobs.read("ab/file.png").unwrap(), None);
        blobs.write("ab/file.png", b"first").unwrap();
        blobs.write("ab/file.png", b"0123456789").unwrap();
        assert!(blobs.exists("ab/file.png").unwrap());
        assert_eq!(
            blobs.read("ab/file.png").unwrap().as_deref(),
            Some(&b"0123456789"[..])
        );
        for (start, length, expected, begins) in [
            (0, None, "0123456789", 0),
            (3, Some(4), "3456", 3),
            (8, Some(100), "89", 8),
            (10, None, "", 10),
            (99, Some(1), "", 10),
            (0, Some(0), "", 0),
        ] {
            let mut reader = blobs.open("ab/file.png", start, length).unwrap().unwrap();
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!((text.as_str(), reader.start), (expected, begins));
            assert_eq!((reader.length, reader.total), (text.len() as u64, 10));
        }
        // A large file goes in pieces and comes back whole.
        let folder = tempfile::tempdir().unwrap();
        let (there, back) = (folder.path().join("there"), folder.path().join("back"));
        let bytes: Vec<u8> = (0..PIECE * 2 + 5)
            .map(|at| u8::try_from(at / 7 % 251).unwrap())
            .collect();
        std::fs::write(&there, &bytes).unwrap();
        blobs.write_file("ab/large.mp4", &there).unwrap();
        assert!(blobs.read_file("ab/large.mp4", &back).unwrap());
        assert!(std::fs::read(&back).unwrap() == bytes);
        assert_eq!(blobs.size().unwrap(), 10 + bytes.len() as u64);
        for key in ["ab/file.png", "ab/large.mp4", "ab/never.png"] {
            blobs.delete(key).unwrap();
            assert!(!blobs.exists(key).unwrap(), "{key}");
        }
        assert!(!blobs.read_file("ab/large.mp4", &back).unwrap());
        assert!(blobs.write("../a", b"x").is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_bucket_that_is_away_takes_nothing() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let blobs = bucket(&format!("http://{}", free.local_addr().unwrap()));
        drop(free);
        let tried =
            tokio::task::spawn_blocking(move || (blobs.write("a.png", b"x"), blobs.read("a.png")));
        let (written, read) = tried.await.unwrap();
        let error = written.unwrap_err().to_string();
        assert!(
            error.contains("the bucket") && !error.contains("tests-secret"),
            "{error}"
        );
        assert!(read.is_err());
    }
}
