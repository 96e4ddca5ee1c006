//! The guide: one chapter for each subject, to be read in any order.
//!
//! Each chapter begins with an example of the common use. The rules and the traps follow, and then a table that
//! says what to do about the errors of the subject. Long lists, such as the list of all options, are on the pages of
//! the items that the chapters link to.
//!
//! | chapter | answers |
//! | --- | --- |
//! | [`state`] | Where does a transfer keep its state, and which callbacks are installed in libcurl? |
//! | [`failures`] | What may a callback answer, and what does a failed transfer return? |
//! | [`pausing`] | How is a transfer paused, resumed and cancelled? |
//! | [`uploads`] | How is a body sent, and when is it sent again? |
//! | [`pulling`] | How does a program read and write bodies, with or without `async`? |
//! | [`many`] | How does one thread run many transfers? |
//! | [`sharing`] | Which data do transfers share, and when do threads wait for each other? |
//! | [`addresses`] | Who opens the sockets, and how are URLs from strangers fetched? |
//! | [`tls`] | Which servers does a transfer trust, and how does it identify itself? |
//! | [`ssh`] | How are the keys of SSH servers checked? |
//! | [`proxies`] | When is a proxy used, and what does it see? |
//! | [`protocols`] | How are FTP, mail and the other protocols used? |
//! | [`websockets`] | Which of the three ways to use a WebSocket suits a program? |
//! | [`logging`] | How is a transfer logged without its secrets? |
//! | [`libcurl`] | Which libcurl is linked, and how is another one linked? |
//! | [`versions`] | What happens if the linked libcurl is too old? |
//! | [`soundness`] | What does safe code rely on, and what must unsafe code not do? |

pub mod addresses;
pub mod failures;
pub mod libcurl;
pub mod logging;
pub mod many;
pub mod pausing;
pub mod protocols;
pub mod proxies;
pub mod pulling;
pub mod sharing;
pub mod soundness;
pub mod ssh;
pub mod state;
pub mod tls;
pub mod uploads;
pub mod versions;
pub mod websockets;

// The examples of the documentation include these files, which are not part of the library.
#[cfg(doctest)]
mod server;
#[cfg(doctest)]
mod tls_server;
