//! A way to a host outside: asked for at the host of the sandbox, who opens it or says why not.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::http::uri::Authority;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use ports::agent::wire::TUNNEL;

use super::{Body, Broken, To, passed_on, said};

/// Of a URL that names none.
const PLAIN: u16 = 80;

impl To {
    /// Opens a tunnel for CONNECT. What asks in the clear is refused by the host as well, so that it stands in the record.
    pub(super) async fn lead_out(
        &self,
        to: Authority,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Broken> {
        let method = request.method().clone();
        let port = to.port_u16().unwrap_or(PLAIN);
        // A user and a password in front of a host are nobody's business. The brackets of an address have no place in a path.
        let host = to.host().replace('[', "%5B").replace(']', "%5D");
        let asked = Request::builder()
            .uri(format!("/egress/{host}:{port}"))
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, TUNNEL)
            .header(TUNNEL, method.as_str())
            .body(Empty::<Bytes>::new())?;
        let mut answer = self.ask(asked).await?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS || method != Method::CONNECT {
            *answer.headers_mut() = passed_on(answer.headers());
            return Ok(answer.map(|body| body.boxed()));
        }
        tokio::task::spawn_local(async move {
            let both = tokio::try_join!(hyper::upgrade::on(request), hyper::upgrade::on(answer));
            let Ok((inside, outside)) = both else { return };
            let (mut inside, mut outside) = (TokioIo::new(inside), TokioIo::new(outside));
            // Whoever breaks off knows it.
            let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
        });
        let mut opened = said(StatusCode::OK, "");
        opened.headers_mut().clear();
        Ok(opened)
    }
}
