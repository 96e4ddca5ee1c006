//! A little FTP server for the examples, with its files in memory.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use crate::local_lines;

/// The files of a server, by their names.
pub(crate) type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// The state that a session keeps between two commands.
struct Session {
    files: Files,
    /// The listener for the next data connection.
    data: Option<TcpListener>,
    /// The file that the next command renames.
    renamed: String,
}

impl Session {
    fn accept(&mut self) -> io::Result<TcpStream> {
        let listener = self.data.take().ok_or(io::ErrorKind::NotConnected)?;
        Ok(listener.accept()?.0)
    }

    fn answer(&mut self, line: &str, control: &mut TcpStream) -> io::Result<()> {
        let (verb, name) = line.split_once(' ').unwrap_or((line, ""));
        let shared = self.files.clone();
        let files = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = match verb {
            "USER" => "331 password, please".to_owned(),
            "PASS" => "230 welcome".to_owned(),
            "PWD" => "257 \"/\"".to_owned(),
            "CWD" | "TYPE" => "200 done".to_owned(),
            "EPSV" => {
                let listener = TcpListener::bind("127.0.0.1:0")?;
                let port = listener.local_addr()?.port();
                self.data = Some(listener);
                format!("229 connect to (|||{port}|)")
            }
            "SIZE" | "RETR" if !files().contains_key(name) => format!("550 {name}: no such file"),
            "SIZE" => format!("213 {}", files()[name].len()),
            "RETR" => {
                control.write_all(b"150 sending\r\n")?;
                let contents = files()[name].clone();
                self.accept()?.write_all(&contents)?;
                "226 sent".to_owned()
            }
            "STOR" => {
                control.write_all(b"150 receiving\r\n")?;
                let mut contents = Vec::new();
                self.accept()?.read_to_end(&mut contents)?;
                files().insert(name.to_owned(), contents);
                "226 stored".to_owned()
            }
            "RNFR" => {
                self.renamed = name.to_owned();
                "350 to what?".to_owned()
            }
            "RNTO" => {
                let mut files = files();
                let contents = files.remove(&self.renamed).unwrap_or_default();
                files.insert(name.to_owned(), contents);
                "250 renamed".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "502 not here".to_owned(),
        };
        control.write_all(format!("{reply}\r\n").as_bytes())
    }
}

/// Starts a server for these files, which runs until the process ends. Returns its URL, without the name of a file.
pub(crate) fn serve(files: &Files) -> io::Result<String> {
    let files = files.clone();
    let address = local_lines::serve("220 ready\r\n", move || {
        let mut session = Session {
            files: files.clone(),
            data: None,
            renamed: String::new(),
        };
        move |line: &str, control: &mut TcpStream| session.answer(line, control)
    })?;
    Ok(format!("ftp://{address}/"))
}
