//! Forms whose file may be larger than memory should hold: it goes to the disk as it comes.
//!
//! Source: <https://docs.joinmastodon.org/methods/media/#v2>

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::super::error::ApiError;
use super::extract::{
    BodyLimits, Params, Part, Upload, capped, check_length, essence, read_form, read_part,
    refuse_part,
};
use super::tree::{MAX_PARAMETERS, Tree};
use super::typed::fit;
use crate::node::Node;
use crate::social::Error;
use crate::social::workplaces::Spool;

/// The file of a form that may be larger than memory should hold.
const FILE: &str = "file";

/// The parameters of a request as a `T`, its `file` on the disk, and further, small files.
#[derive(Debug)]
pub struct Spooled<T> {
    /// The parameters.
    pub fields: T,
    /// The parameter `file`, if it is a file.
    pub file: Option<Spool>,
    files: Vec<Upload>,
}

impl<T> Spooled<T> {
    /// Takes out the first small file that was uploaded as `name`.
    pub fn take_file(&mut self, name: &str) -> Option<Upload> {
        let place = self.files.iter().position(|file| file.name == name)?;
        Some(self.files.remove(place))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Spooled<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if essence(&request) == "multipart/form-data" {
                return read(&request, payload).await;
            }
            let params = Params::<T>::from_request(&request, &mut payload).await?;
            let (fields, files) = params.into_parts();
            Ok(Self {
                fields,
                file: None,
                files,
            })
        })
    }
}

async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<Spooled<T>, ApiError> {
    let limits = request.app_data::<BodyLimits>().copied();
    let limits = limits.unwrap_or_default();
    check_length(request, limits.media)?;
    let mut parts = Multipart::new(request.headers(), capped(payload, limits.media));
    let (mut tree, mut file, mut files) = (Tree::default(), None, Vec::new());
    // What stays in memory is as small as in other forms.
    let (mut left_for_texts, mut left_for_files) = (limits.other, limits.multipart);
    while let Some(part) = parts.next().await {
        let part = part.map_err(|cause| refuse_part(&cause, limits.media))?;
        if file.is_none() && is_file(&part) {
            file = Some(spool(request, part, limits).await?);
            continue;
        }
        let within = BodyLimits {
            multipart: left_for_files,
            ..limits
        };
        match read_part(part, within, &mut left_for_texts).await? {
            Part::File(small) if files.len() < MAX_PARAMETERS => {
                left_for_files = left_for_files.saturating_sub(small.bytes.len());
                files.push(small);
            }
            Part::File(_) => return Err(ApiError::bad_request("The request has too many files")),
            Part::Text { name, text } => tree.insert(&name, text)?,
            Part::NoFile => {}
        }
    }
    let tree = tree.overlaid(read_form(request.query_string())?);
    let fields = fit(&tree).map_err(|misfit| ApiError::bad_request(misfit.to_string()))?;
    Ok(Spooled {
        fields,
        file,
        files,
    })
}

fn is_file(part: &Field) -> bool {
    let disposition = part.content_disposition();
    part.name() == Some(FILE) && disposition.is_some_and(|said| said.get_filename().is_some())
}

async fn spool(
    request: &HttpRequest,
    mut part: Field,
    limits: BodyLimits,
) -> Result<Spool, ApiError> {
    let node = request
        .app_data::<Data<Node>>()
        .ok_or_else(|| ApiError::internal("the node is not among the data of the app"))?;
    let refuse = |cause| ApiError::from(Error::Files(cause));
    let mut spool = Spool::make(node).map_err(refuse)?;
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|cause| refuse_part(&cause, limits.media))?;
        spool.push(&chunk).map_err(refuse)?;
    }
    Ok(spool)
}
