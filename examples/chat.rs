//! Chats over a WebSocket: sends each line of standard input, and prints each text that it receives.

mod cli;

use std::error::Error as StdError;
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use curlback::{CloseCode, Error, Message, Transfer, WebSocketError};

const USAGE: &str = "\
usage: chat [URL]

Chats with a server over a WebSocket: URL begins with ws:// or wss://. The end
of the input ends the chat. Without a URL, talks to a server of its own, which
says everything back.";

/// How long the program waits for a message before it looks for the next line.
const PATIENCE: Duration = Duration::from_millis(50);

fn chat(transfer: Transfer<()>) -> Result<(), Error> {
    let mut socket = transfer.open_websocket()?;
    eprintln!("connected: type, and end with the end of the input");
    let lines = input();
    // Sends lines and receives messages in turn. A receive that times out loses no message.
    loop {
        match lines.try_recv() {
            Ok(line) => {
                socket.set_timeout(None);
                socket.send_text(&line)?;
                continue;
            }
            Err(TryRecvError::Disconnected) => {
                socket.close(CloseCode::NORMAL)?;
                return Ok(());
            }
            Err(TryRecvError::Empty) => {}
        }
        socket.set_timeout(Some(PATIENCE));
        match socket.receive() {
            Ok(Message::Text(text)) => println!("{text}"),
            Ok(Message::Binary(data)) => println!("({} bytes)", data.len()),
            Ok(Message::Close(close)) => {
                let why = close.map(|close| format!("{}, {:?}", close.code(), close.reason()));
                eprintln!("the server has closed: {}", why.unwrap_or_default());
                return Ok(());
            }
            Err(Error::WebSocket(WebSocketError::TimedOut)) | Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads lines on a thread of its own: no portable call waits for standard input and a socket at the same time.
fn input() -> Receiver<String> {
    let (lines, receiver) = channel();
    thread::spawn(move || {
        let mut input = std::io::stdin().lines().map_while(Result::ok);
        input.all(|line| lines.send(line).is_ok())
    });
    receiver
}

/// Starts a server for one chat, and returns its URL.
fn serve() -> Result<String, Box<dyn StdError>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("ws://{}/", listener.local_addr()?);
    thread::spawn(move || -> Result<(), Box<dyn StdError + Send + Sync>> {
        let mut socket = tungstenite::accept(listener.accept()?.0)?;
        socket.send("welcome".into())?;
        loop {
            match socket.read()? {
                tungstenite::Message::Text(text) if text.as_str() == "bye" => socket.close(None)?,
                tungstenite::Message::Text(text) => {
                    socket.send(format!("you said: {text}").into())?;
                }
                _ => {}
            }
        }
    });
    Ok(url)
}

fn run() -> Result<(), Box<dyn StdError>> {
    let mut transfer = Transfer::new(())?;
    match &cli::values(USAGE, [])?[..] {
        [] => {
            transfer.url(&serve()?)?;
            transfer.proxy("")?;
        }
        [url] => transfer.url(url)?,
        _ => return Err("expected one URL or none; see --help".into()),
    }
    Ok(chat(transfer)?)
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
