//! Animated GIFs are kept as GIFs, but not as they came: the file is taken apart into its blocks and put together
//! again from those that make the picture. Comments, text, foreign application data and whatever follows the end
//! are gone. The compressed pixels are copied, not encoded anew.
//!
//! Source: <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>

use super::error::Error;

/// Most frames of an animation.
const MAX_FRAMES: usize = 1_000;

const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2c;
const END: u8 = 0x3b;
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// A GIF that consists of nothing but its pictures.
pub(super) struct Animation {
    pub(super) bytes: Vec<u8>,
    pub(super) frames: usize,
}

/// Rebuilds a GIF from the blocks that make the picture.
///
/// # Errors
/// [`Error::Broken`] for a file that ends early or has no frame; [`Error::TooManyFrames`].
pub(super) fn clean(bytes: &[u8]) -> Result<Animation, Error> {
    let mut input = Input(bytes);
    let mut output = Vec::with_capacity(bytes.len());
    let header = input.take(13)?;
    output.extend_from_slice(header);
    output.extend_from_slice(input.take(color_table(header.get(10).copied()))?);
    let mut frames = 0;
    // Some programs leave the end mark out.
    while let Some(block) = input.next_block() {
        match block {
            EXTENSION => output.extend(input.extension()?),
            FRAME => {
                frames += 1;
                if frames > MAX_FRAMES {
                    return Err(Error::TooManyFrames { limit: MAX_FRAMES });
                }
                output.push(FRAME);
                let descriptor = input.take(9)?;
                output.extend_from_slice(descriptor);
                let table = color_table(descriptor.get(8).copied());
                output.extend_from_slice(input.take(table + 1)?);
                for part in input.parts()? {
                    push_part(&mut output, part);
                }
                output.push(0);
            }
            END => break,
            other => return Err(Error::Broken(format!("GIF block {other:#x} is unknown"))),
        }
    }
    if frames == 0 {
        return Err(Error::Broken("the GIF has no frame".to_owned()));
    }
    output.push(END);
    Ok(Animation {
        bytes: output,
        frames,
    })
}

/// Length of the colour table that packed fields announce, in bytes.
fn color_table(packed: Option<u8>) -> usize {
    match packed {
        Some(packed) if packed & 0x80 != 0 => 3 << ((packed & 7) + 1),
        _ => 0,
    }
}

fn push_part(output: &mut Vec<u8>, part: &[u8]) {
    // Parts have at most 255 bytes, because their length was read from one byte.
    output.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
    output.extend_from_slice(part);
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| Error::Broken("the GIF ends early".to_owned()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn next_block(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Sub-blocks up to the empty one.
    fn parts(&mut self) -> Result<Vec<&'a [u8]>, Error> {
        let mut parts = Vec::new();
        loop {
            let length = self.take(1)?.first().copied().unwrap_or(0);
            if length == 0 {
                return Ok(parts);
            }
            parts.push(self.take(usize::from(length))?);
        }
    }

    /// An extension as it is kept: the timing of a frame and the number of loops, nothing else.
    fn extension(&mut self) -> Result<Vec<u8>, Error> {
        let label = self.take(1)?.first().copied().unwrap_or(0);
        let parts = self.parts()?;
        let mut kept = vec![EXTENSION, label];
        match (label, parts.as_slice()) {
            (CONTROL, [control]) if control.len() == 4 => push_part(&mut kept, control),
            (APPLICATION, [name @ (b"NETSCAPE2.0" | b"ANIMEXTS1.0"), rest @ ..]) => {
                let Some(loops) = rest.iter().find(|part| matches!(part, [1, _, _])) else {
                    return Ok(Vec::new());
                };
                push_part(&mut kept, name);
                push_part(&mut kept, loops);
            }
            _ => return Ok(Vec::new()),
        }
        kept.push(0);
        Ok(kept)
    }
}
