//! The least that a verification could cost: a handler that reads the same JSON and answers a constant of
//! the same shape. `cargo xtask bench verify` measures the server against it.

use std::net::{Ipv4Addr, SocketAddr};

use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use axum::{Json, Router};
use contract::request::VerifyToken;
use tokio::net::TcpListener;

const ANSWER: &str = r#"{"valid":true,"apiKey":{"id":"apikey_01M7Q5CQG0E05BBH1081GX1Y5W","name":"ci-deploy-7","labels":{"team":"billing"}},"profileId":"profile_01M7Q5CQG0E05BBH1081GX1Y5W","permissions":["agents:manage","tools:read"],"allWorkspaces":false,"workspaceIds":["workspace_01M7Q5CQG0E05BBH1081GX1Y5W","workspace_01M7Q5CQG0E049C2T3T2DRRAXT","workspace_01M7Q5CQG0E04BVAJ8RF3T8ZTN","workspace_01M7Q5CQG0E0599HH6KG0MYMRR","workspace_01M7Q5CQG0E0599HH6KG0MYMRS","workspace_01M7Q5CQG0E0599HH6KG0MYMRT"],"workspacesTotal":6}"#;

async fn verify(Json(_): Json<VerifyToken>) -> impl axum::response::IntoResponse {
    ([(CONTENT_TYPE, "application/json")], ANSWER)
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok());
    let port = port.expect("the port to listen on is the one argument");
    let router = Router::new()
        .without_v07_checks()
        .route("/v1/tokens:verify", post(verify));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind(address).await.expect("the port is free");
    axum::serve(listener, router)
        .await
        .expect("serving goes on");
}
