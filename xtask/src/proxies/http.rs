//! HTTP/1.1 by hand, because the checks send what no client library would.

use std::io::{BufRead, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// What a request or an answer consists of.
#[derive(Debug)]
pub(super) struct Message {
    /// The first line.
    pub(super) start: String,
    /// As they came, in their order.
    pub(super) headers: Vec<(String, String)>,
    /// As it came; when in chunks, then with their sizes and the trailers.
    pub(super) body: Vec<u8>,
}

impl Message {
    /// The values of a header, whose case does not matter.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// 200 of `HTTP/1.1 200 OK`; 0 of what is no answer.
    pub(super) fn status(&self) -> u16 {
        let number = self.start.split(' ').nth(1);
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }

    /// `/a?b` of `GET /a?b HTTP/1.1`.
    pub(super) fn target(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// What the chunks of a body hold, or the body that came whole.
    pub(super) fn content(&self) -> Result<Vec<u8>> {
        if self.all("transfer-encoding").is_empty() {
            return Ok(self.body.clone());
        }
        let (mut rest, mut content) = (self.body.as_slice(), Vec::new());
        loop {
            let size = chunk(&line(&mut rest)?)?;
            if size == 0 {
                return Ok(content);
            }
            let (data, after) = rest.split_at_checked(size).context("a chunk is cut off")?;
            content.extend_from_slice(data);
            rest = after.strip_prefix(b"\r\n").context("a chunk has no end")?;
        }
    }
}

/// A request for a path, with these headers, after which the connection closes.
pub(super) fn get(target: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request("GET", target, headers, b"")
}

/// The headers are sent as they are. A body needs those that tell its length.
pub(super) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: service.test\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if !headers.iter().any(|(name, _)| *name == "Connection") {
        text.push_str("Connection: close\r\n");
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

/// Sends this and reads the whole answer.
pub(super) fn ask(address: SocketAddr, request: &[u8]) -> Result<Message> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    // Who refuses a request may stop reading it before its end.
    let _ = (&stream).write_all(request);
    let mut reader = std::io::BufReader::new(stream);
    let head = read_head(&mut reader).context("reading the answer")?;
    let mut answer = head.context("no answer")?;
    // What matters has been said by then, and a connection that is cut says no more.
    let _ = reader.read_to_end(&mut answer.body);
    Ok(answer)
}

/// The next message of a connection, or `None` at its end.
pub(super) fn read(reader: &mut impl BufRead) -> Result<Option<Message>> {
    let Some(mut message) = read_head(reader)? else {
        return Ok(None);
    };
    if !message.all("transfer-encoding").is_empty() {
        loop {
            let size = line_into(reader, &mut message.body)?;
            match chunk(&size)? {
                0 => break,
                size => copy(reader, size + 2, &mut message.body)?,
            }
        }
        // The trailers, which an empty line ends.
        while line_into(reader, &mut message.body)?.trim() != "" {}
    } else if let Some(length) = message.all("content-length").first() {
        let length = length.parse()?;
        copy(reader, length, &mut message.body)?;
    }
    Ok(Some(message))
}

fn read_head(reader: &mut impl BufRead) -> Result<Option<Message>> {
    let start = line(reader)?;
    if start.is_empty() {
        return Ok(None);
    }
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(Some(Message {
        start: start.trim_end().to_owned(),
        headers,
        body: Vec::new(),
    }))
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    line_into(reader, &mut Vec::new())
}

/// One line, line break included, that is kept as well.
fn line_into(reader: &mut impl BufRead, kept: &mut Vec<u8>) -> Result<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    kept.extend_from_slice(&line);
    Ok(String::from_utf8_lossy(&line).into_owned())
}

fn chunk(line: &str) -> Result<usize> {
    let size = line.split(';').next().unwrap_or_default().trim();
    usize::from_str_radix(size, 16).with_context(|| format!("no chunk's size: {line:?}"))
}

fn copy(reader: &mut impl BufRead, length: usize, into: &mut Vec<u8>) -> Result<()> {
    let length = u64::try_from(length)?;
    let copied = reader.by_ref().take(length).read_to_end(into)?;
    if u64::try_from(copied)? != length {
        bail!("{copied} of {length} bytes of a body came");
    }
    Ok(())
}
