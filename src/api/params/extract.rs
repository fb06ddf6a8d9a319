//! From the request to a handler's struct: reads query and body within their limits.
//!
//! Source: <https://docs.joinmastodon.org/client/intro/#parameters>

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::super::error::ApiError;
use super::pairs::{not_utf8, read_pairs};
use super::tree::{MAX_PARAMETERS, Tree};
use super::typed::fit;

/// The parameters of a request as a `T`, and the uploaded files.
///
/// Query and body are merged; of two parameters with one name the query's counts. A handler has one `Params`, as
/// the body can be read once: `Params<(Paging, Search)>` gives both structs the whole of it.
#[derive(Clone, Debug)]
pub struct Params<T> {
    fields: T,
    files: Vec<Upload>,
}

/// A file of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The parameter's name, such as `avatar`.
    pub name: String,
    /// The file's name as the client tells it: not to be trusted.
    pub filename: Option<String>,
    /// The file's type as the client tells it: not to be trusted.
    pub content_type: Option<String>,
    /// The file itself.
    pub bytes: Bytes,
}

/// How many bytes a body may have; put one into the app data to change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimits {
    /// Multipart bodies, which carry files.
    pub multipart: usize,
    /// Multipart bodies whose file goes to the disk.
    pub media: usize,
    /// All other bodies, and the texts of a multipart body together.
    pub other: usize,
}

impl Default for BodyLimits {
    /// 17 MiB with files, 100 MiB with files that go to the disk, 1 MiB without.
    fn default() -> Self {
        Self {
            multipart: 17 << 20,
            media: 100 << 20,
            other: 1 << 20,
        }
    }
}

impl<T> Params<T> {
    /// The parameters without the files.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.fields
    }

    /// The parameters and the files.
    #[must_use]
    pub fn into_parts(self) -> (T, Vec<Upload>) {
        (self.fields, self.files)
    }

    /// The uploaded files in the order of the body.
    #[must_use]
    pub fn files(&self) -> &[Upload] {
        &self.files
    }

    /// Takes out the first file that was uploaded as `name`.
    pub fn take_file(&mut self, name: &str) -> Option<Upload> {
        let place = self.files.iter().position(|file| file.name == name)?;
        Some(self.files.remove(place))
    }
}

impl<T> Deref for Params<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.fields
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let query = read_form(request.query_string())?;
            let (body, files) = read_body(&request, payload).await?;
            let tree = body.overlaid(query);
            match fit(&tree) {
                Ok(fields) => Ok(Self { fields, files }),
                Err(misfit) => Err(ApiError::bad_request(misfit.to_string())),
            }
        })
    }
}

/// Reads a `T` from a query alone, for requests whose body is somebody else's.
///
/// # Errors
/// 400 when the query is malformed or does not fit.
pub fn from_query<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let tree = Tree::default().overlaid(read_form(query)?);
    fit(&tree).map_err(|misfit| ApiError::bad_request(misfit.to_string()))
}

pub(super) fn read_form(text: &str) -> Result<Tree, ApiError> {
    let mut tree = Tree::default();
    for (name, value) in read_pairs(text)? {
        tree.insert(&name, value)?;
    }
    Ok(tree)
}

/// Bodies of other types are left unread: some clients send an empty text along with a query.
async fn read_body(
    request: &HttpRequest,
    payload: Payload,
) -> Result<(Tree, Vec<Upload>), ApiError> {
    let limits = request.app_data::<BodyLimits>().copied();
    let limits = limits.unwrap_or_default();
    let kind = essence(request);
    match kind.as_str() {
        "multipart/form-data" => return read_multipart(request, payload, limits).await,
        "application/x-www-form-urlencoded" => {
            let body = read_whole(request, payload, limits.other).await?;
            let text = str::from_utf8(&body).map_err(|_| not_utf8())?;
            Ok((read_form(text)?, Vec::new()))
        }
        json if json == "application/json" || json.ends_with("+json") => {
            let body = read_whole(request, payload, limits.other).await?;
            let mut tree = Tree::default();
            tree.insert_json(&body)?;
            Ok((tree, Vec::new()))
        }
        _ => Ok((Tree::default(), Vec::new())),
    }
}

/// The content type without its parameters, in lower case; empty when there is none.
pub(super) fn essence(request: &HttpRequest) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (essence, _) = kind.split_once(';').unwrap_or((kind, ""));
    essence.trim().to_ascii_lowercase()
}

/// Refuses a body that already announces to be too large.
pub(super) fn check_length(request: &HttpRequest, limit: usize) -> Result<(), ApiError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > limit => Err(ApiError::too_large(limit)),
        _ => Ok(()),
    }
}

async fn read_whole(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
) -> Result<Vec<u8>, ApiError> {
    check_length(request, limit)?;
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|cause| refuse(&cause, limit))?;
        if body.len() + chunk.len() > limit {
            return Err(ApiError::too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

async fn read_multipart(
    request: &HttpRequest,
    payload: Payload,
    limits: BodyLimits,
) -> Result<(Tree, Vec<Upload>), ApiError> {
    check_length(request, limits.multipart)?;
    let mut parts = Multipart::new(request.headers(), capped(payload, limits.multipart));
    let (mut tree, mut files) = (Tree::default(), Vec::new());
    let mut left_for_texts = limits.other;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|cause| refuse_part(&cause, limits.multipart))?;
        match read_part(part, limits, &mut left_for_texts).await? {
            Part::File(file) if files.len() < MAX_PARAMETERS => files.push(file),
            Part::File(_) => return Err(ApiError::bad_request("The request has too many files")),
            Part::Text { name, text } => tree.insert(&name, text)?,
            Part::NoFile => {}
        }
    }
    Ok((tree, files))
}

/// The payload, ending in an error where it grows beyond `limit` bytes.
pub(super) fn capped(
    payload: Payload,
    limit: usize,
) -> impl futures_util::Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let left = Rc::new(Cell::new(limit));
    payload.map(move |chunk| {
        let chunk = chunk?;
        match left.get().checked_sub(chunk.len()) {
            Some(rest) => {
                left.set(rest);
                Ok(chunk)
            }
            None => Err(PayloadError::Overflow),
        }
    })
}

/// One part of a multipart body.
pub(super) enum Part {
    Text {
        name: String,
        text: String,
    },
    File(Upload),
    /// What a browser sends for a file field that was left empty.
    NoFile,
}

pub(super) async fn read_part(
    mut part: Field,
    limits: BodyLimits,
    left_for_texts: &mut usize,
) -> Result<Part, ApiError> {
    let name = part.name().unwrap_or_default().to_owned();
    let filename = part
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .map(str::to_owned);
    let is_text = filename.is_none();
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|cause| refuse_part(&cause, limits.multipart))?;
        if is_text {
            let left = left_for_texts.checked_sub(chunk.len());
            *left_for_texts = left.ok_or_else(|| ApiError::too_large(limits.other))?;
        } else if bytes.len() + chunk.len() > limits.multipart {
            return Err(ApiError::too_large(limits.multipart));
        }
        bytes.extend_from_slice(&chunk);
    }
    if is_text {
        let text = String::from_utf8(bytes).map_err(|_| not_utf8())?;
        return Ok(Part::Text { name, text });
    }
    if bytes.is_empty() && filename.as_deref() == Some("") {
        return Ok(Part::NoFile);
    }
    Ok(Part::File(Upload {
        name,
        filename: filename.filter(|filename| !filename.is_empty()),
        content_type: part.content_type().map(ToString::to_string),
        bytes: Bytes::from(bytes),
    }))
}

pub(super) fn refuse_part(cause: &MultipartError, limit: usize) -> ApiError {
    match cause {
        MultipartError::Payload(cause) => refuse(cause, limit),
        _ => ApiError::bad_request(format!("The multipart body is malformed: {cause}")),
    }
}

fn refuse(cause: &PayloadError, limit: usize) -> ApiError {
    match cause {
        PayloadError::Overflow => ApiError::too_large(limit),
        _ => ApiError::bad_request("The request body ended too early"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Post {
        status: Option<String>,
        sensitive: bool,
        media_ids: Vec<String>,
        poll: Option<Poll>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Poll {
        options: Vec<String>,
        #[serde(default)]
        expires_in: i64,
    }

    const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";
    const JSON: &str = "application/json; charset=utf-8";
    const MULTIPART: &str = "multipart/form-data; boundary=XX";

    async fn send(
        query: &str,
        kind: &str,
        body: impl Into<Bytes>,
    ) -> Result<Params<Post>, ApiError> {
        let limits = BodyLimits {
            multipart: 4_000,
            media: 4_000,
            other: 2_000,
        };
        let (request, mut payload) = TestRequest::with_uri(&format!("/?{query}"))
            .insert_header((header::CONTENT_TYPE, kind))
            .app_data(limits)
            .set_payload(body)
            .to_http_parts();
        Params::from_request(&request, &mut payload).await
    }

    fn part(head: &str, body: &str) -> String {
        format!("--XX\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
    }

    fn expected() -> Post {
        Post {
            status: Some("hé".into()),
            sensitive: true,
            media_ids: vec!["1".into(), "2".into()],
            poll: Some(Poll {
                options: vec!["a".into(), "b".into()],
                expires_in: 300,
            }),
        }
    }

    #[actix_web::test]
    async fn the_same_parameters_are_read_from_everywhere() {
        let form = "status=h%C3%A9&sensitive=1&media_ids[]=1&media_ids[]=2\
                    &poll[options][]=a&poll[options][]=b&poll[expires_in]=300";
        let indexed = "status=h%C3%A9&sensitive=on&media_ids[0]=1&media_ids[1]=2\
                       &poll[options][0]=a&poll[options][1]=b&poll[expires_in]=300";
        let json = r#"{"status":"hé","sensitive":true,"media_ids":["1",2],
                       "poll":{"options":{"0":"a","1":"b"},"expires_in":"300","multiple":null}}"#;
        let multipart = [
            part("name=\"status\"", "hé"),
            part("name=\"sensitive\"", "t"),
            part("name=\"media_ids[]\"", "1"),
            part("name=\"media_ids[]\"", "2"),
            part("name=\"poll[options][]\"", "a"),
            part("name=\"poll[options][]\"", "b"),
            part("name=\"poll[expires_in]\"", "300"),
            "--XX--\r\n".into(),
        ]
        .concat();
        let rest = r#"{"sensitive":"true","poll":{"options":["a","b"],"expires_in":300}}"#;
        for (query, kind, body) in [
            (form, JSON, ""),
            (form, "text/plain", "ignored"),
            (indexed, FORM, ""),
            ("", FORM, form),
            ("", FORM, indexed),
            ("", JSON, json),
            ("", "application/ld+json", json),
            ("", MULTIPART, &multipart),
            ("status=h%C3%A9&media_ids[]=1&media_ids[]=2", JSON, rest),
            (form, FORM, "status=no&media_ids[]=9"),
        ] {
            let params = send(query, kind, body.to_owned()).await.unwrap();
            assert_eq!(params.into_inner(), expected(), "{query} {kind} {body}");
        }
    }

    #[actix_web::test]
    async fn files_are_kept_apart_from_texts() {
        let body = [
            part("name=\"status\"", "x"),
            part(
                "name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png",
                "bytes",
            ),
            part("name=\"avatar\"; filename=\"\"", ""),
            part("name=\"thumbnail\"; filename=\"b\"", ""),
            "--XX--\r\n".into(),
        ]
        .concat();
        let mut params = send("", MULTIPART, body).await.unwrap();
        assert_eq!(params.status.as_deref(), Some("x"));
        assert_eq!(params.files().len(), 2);
        let expected = Upload {
            name: "file".into(),
            filename: Some("a.png".into()),
            content_type: Some("image/png".into()),
            bytes: Bytes::from_static(b"bytes"),
        };
        assert_eq!(params.take_file("file"), Some(expected));
        assert_eq!(params.take_file("file"), None);
        assert_eq!(params.take_file("avatar"), None);
        let thumbnail = params.take_file("thumbnail").unwrap();
        assert_eq!((thumbnail.bytes.len(), thumbnail.content_type), (0, None));
    }

    #[actix_web::test]
    async fn hostile_bodies_are_refused_with_a_sentence() {
        let file = |length: usize| {
            let head = "name=\"file\"; filename=\"a\"";
            part(head, &"x".repeat(length)) + "--XX--\r\n"
        };
        let long = "x".repeat(2_100);
        let large = "The request is larger than the 2000 bytes that are allowed";
        let large_file = "The request is larger than the 4000 bytes that are allowed";
        let malformed = "The multipart body is malformed";
        let utf8 = "The parameters must be UTF-8";
        let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
            (FORM, long.clone().into(), 413, large),
            (JSON, format!("{{\"a\":\"{long}\"}}").into(), 413, large),
            (MULTIPART, file(4_100).into(), 413, large_file),
            (MULTIPART, part("name=\"a\"", &long).into(), 413, large),
            (FORM, b"status=\xff".to_vec(), 400, utf8),
            (FORM, b"status=%ff".to_vec(), 400, utf8),
            (JSON, b"{\"status\":\"\xff\"}".to_vec(), 400, utf8),
            (
                MULTIPART,
                b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XX--"
                    .to_vec(),
                400,
                utf8,
            ),
            (
                JSON,
                b"{\"status\":".to_vec(),
                400,
                "The JSON body is malformed",
            ),
            (JSON, b"[]".to_vec(), 400, "The JSON body must be an object"),
            (
                JSON,
                "[".repeat(1_900).into(),
                400,
                "The parameters are nested",
            ),
            (
                FORM,
                b"status[a]=1".to_vec(),
                400,
                "Parameter \"status\" must be a text",
            ),
            (
                FORM,
                b"poll[expires_in]=1".to_vec(),
                400,
                "Parameter \"poll[options]\" is missing",
            ),
            (
                FORM,
                b"media_ids=1&media_ids[]=2".to_vec(),
                400,
                "Parameter \"media_ids\" is given in two shapes",
            ),
            (MULTIPART, b"--XX\r\n".to_vec(), 400, malformed),
            (MULTIPART, b"no boundary at all".to_vec(), 400, malformed),
            (MULTIPART, b"".to_vec(), 400, malformed),
            (
                MULTIPART,
                b"--XX\r\nX: y\r\n\r\nz\r\n--XX--".to_vec(),
                400,
                malformed,
            ),
            ("multipart/form-data", b"--XX--".to_vec(), 400, malformed),
            (
                MULTIPART,
                part("name=\"status\"", "cut off").into(),
                400,
                malformed,
            ),
        ];
        for (kind, body, status, sentence) in cases {
            let shown = String::from_utf8_lossy(&body).into_owned();
            let error = send("", kind, body).await.unwrap_err();
            assert!(
                error.sentence().starts_with(sentence),
                "{kind} {shown}: {error}"
            );
            assert!(
                error.to_string().starts_with(&status.to_string()),
                "{shown}"
            );
        }
    }

    #[actix_web::test]
    async fn bodies_at_the_limit_are_read() {
        let fitting = format!("status={}", "x".repeat(2_000 - 7));
        let params = send("", FORM, fitting).await.unwrap();
        assert_eq!(params.status.as_ref().map(String::len), Some(1_993));
        let head = "name=\"file\"; filename=\"a\"";
        let frame = (part(head, "") + "--XX--\r\n").len();
        let body = part(head, &"x".repeat(4_000 - frame)) + "--XX--\r\n";
        assert_eq!(send("", MULTIPART, body).await.unwrap().files().len(), 1);
    }

    /// Every prefix of a body, and the body with each byte replaced, is read or refused, never more.
    #[actix_web::test]
    async fn damaged_bodies_never_panic() {
        let multipart = part("name=\"poll[options][]\"", "a")
            + &part(
                "name=\"file\"; filename=\"b\"\r\nContent-Type: image/png",
                "c",
            )
            + "--XX--\r\n";
        for (kind, body) in [
            (
                FORM,
                "a[][b]=%C3%A9&a[][b]=1&media_ids[0]=2&poll[options][]=x",
            ),
            (
                JSON,
                r#"{"status":"\u00e9","poll":{"options":["a",1.5e3,null,true]}}"#,
            ),
            (MULTIPART, &multipart),
        ] {
            for place in 0..body.len() {
                let (before, after) = body.as_bytes().split_at(place);
                let _ = send("", kind, before.to_vec()).await;
                for byte in [b'[', b'"', b'%', b'\n', 0, 0xff] {
                    let damaged = [before, &[byte], &after[1..]].concat();
                    if let Err(error) = send("", kind, damaged).await {
                        assert!(error.to_string().starts_with("400"), "{error}");
                    }
                }
            }
        }
    }
}
