//! Clients are listened to: apart from each other, within bounds, to an end; and between two systems both are judged.

mod browser;
mod hearing;
mod interop;
mod kept;
mod listener;
mod proxy;
mod truth;
