//! `agent`: transfers on threads of an agent, for other threads and for tasks.

pub(crate) mod bodies;
pub(crate) mod chaos;
pub(crate) mod ends;
pub(crate) mod executors;
pub(crate) mod options;
pub(crate) mod shutdown;
pub(crate) mod start;
pub(crate) mod uploads;
pub(crate) mod web_socket_chaos;
pub(crate) mod web_socket_ends;
pub(crate) mod web_sockets;
