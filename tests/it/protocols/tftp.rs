//! Options of TFTP, as a server sees them.

use std::net::UdpSocket;
use std::thread;

use curlback::Code;
use socket2::{Protocol, Type};

use crate::support::built_in::speaks;
use crate::support::sockets::{leaves, opens, sockets};
use crate::support::transfers::collecting;

#[test]
fn tftp_asks_for_blocks_of_the_size_that_was_set() {
    if !speaks("tftp") {
        return;
    }
    for options in [true, false] {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let server = thread::spawn(move || {
            let mut packet = [0; 1024];
            let (len, peer) = socket.recv_from(&mut packet).unwrap();
            // Answers with the error "no such file".
            socket.send_to(b"\0\x05\0\x01none\0", peer).unwrap();
            packet[..len].to_vec()
        });
        let mut transfer = collecting(&format!("tftp://{address}/file"));
        transfer.tftp_blksize(1024).unwrap();
        transfer.tftp_no_options(!options).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::TFTP_NOTFOUND), "{error}");
        let asked = String::from_utf8(server.join().unwrap()).unwrap();
        assert!(asked.starts_with("\0\x01file\0octet\0"), "{asked:?}");
        assert_eq!(asked.contains("blksize\x001024\0"), options, "{asked:?}");
    }
}

#[test]
fn socket_of_tftp_is_opened_for_datagrams() {
    if !speaks("tftp") {
        return;
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let url = format!("tftp://{}/file", socket.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (_, peer) = socket.recv_from(&mut [0; 1024]).unwrap();
        socket.send_to(b"\0\x05\0\x01none\0", peer).unwrap();
    });
    let mut transfer = sockets(&url, opens, leaves);
    transfer.perform().unwrap_err();
    server.join().unwrap();
    let [(_, address)] = &transfer.handler().opened[..] else {
        panic!("{:?}", transfer.handler().opened);
    };
    assert_eq!(address.socket_type(), Type::DGRAM);
    assert_eq!(address.protocol(), Some(Protocol::UDP));
}
