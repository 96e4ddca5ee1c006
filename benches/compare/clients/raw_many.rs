//! The driver for `curl-sys`: `curl_multi_socket_action` with `epoll`, as a good program in C would
//! use it.

use std::ffi::{c_int, c_long, c_void};
use std::mem;
use std::ptr::NonNull;
use std::time::{Duration, Instant};

use super::many::{CONNECTIONS, Many};
use super::raw::Raw;

/// The most events that one `epoll_wait` returns.
const EVENTS: usize = 256;

pub(crate) struct RawMany {
    /// The state that libcurl's callbacks also point to.
    state: NonNull<State>,
    events: Vec<libc::epoll_event>,
    /// The number of events that the last `epoll_wait` returned.
    ready: usize,
    running: c_int,
}

/// The data that libcurl's callbacks receive.
struct State {
    multi: *mut curl_sys::CURLM,
    queue: c_int,
    due: Option<Instant>,
}

impl RawMany {
    fn state(&mut self) -> &mut State {
        // SAFETY: the `State` is live, and no callback runs while `self` is borrowed.
        unsafe { self.state.as_mut() }
    }

    fn act(&mut self, socket: c_int, events: c_int) {
        let (multi, running) = (self.state().multi, &raw mut self.running);
        // SAFETY: the handle is live, and the place is valid.
        let code = unsafe { curl_sys::curl_multi_socket_action(multi, socket, events, running) };
        assert_eq!(code, curl_sys::CURLM_OK);
    }
}

impl Many for RawMany {
    type Transfer = Raw;

    fn new() -> RawMany {
        curl::init();
        // SAFETY: the function takes no pointer.
        let queue = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        // SAFETY: libcurl is initialised.
        let multi = unsafe { curl_sys::curl_multi_init() };
        let state = NonNull::from(Box::leak(Box::new(State {
            multi,
            queue,
            due: None,
        })));
        let user: *mut c_void = state.as_ptr().cast();
        let (socket, timer): (curl_sys::curl_socket_callback, _) = (on_socket, on_timer);
        let timer: curl_sys::curl_multi_timer_callback = timer;
        // SAFETY: the functions have the types that libcurl wants, and the state outlives the handle.
        unsafe {
            curl_sys::curl_multi_setopt(multi, curl_sys::CURLMOPT_SOCKETFUNCTION, socket);
            curl_sys::curl_multi_setopt(multi, curl_sys::CURLMOPT_SOCKETDATA, user);
            curl_sys::curl_multi_setopt(multi, curl_sys::CURLMOPT_TIMERFUNCTION, timer);
            curl_sys::curl_multi_setopt(multi, curl_sys::CURLMOPT_TIMERDATA, user);
            let most = c_long::from(CONNECTIONS);
            curl_sys::curl_multi_setopt(multi, curl_sys::CURLMOPT_MAXCONNECTS, most);
        }
        RawMany {
            state,
            events: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS],
            ready: 0,
            running: 0,
        }
    }

    fn add(&mut self, transfer: Raw) {
        // SAFETY: both handles are live.
        let code =
            unsafe { curl_sys::curl_multi_add_handle(self.state().multi, transfer.into_easy()) };
        assert_eq!(code, curl_sys::CURLM_OK);
    }

    fn drive(&mut self) {
        for n in 0..mem::take(&mut self.ready) {
            let event = self.events[n];
            let mut ready = 0;
            let (happened, socket) = (event.events as c_int, event.u64 as c_int);
            if happened & (libc::EPOLLIN | libc::EPOLLHUP) != 0 {
                ready |= curl_sys::CURL_CSELECT_IN;
            }
            if happened & libc::EPOLLOUT != 0 {
                ready |= curl_sys::CURL_CSELECT_OUT;
            }
            if happened & libc::EPOLLERR != 0 {
                ready |= curl_sys::CURL_CSELECT_ERR;
            }
            self.act(socket, ready);
        }
        if self.state().due.is_some_and(|due| due <= Instant::now()) {
            self.state().due = None;
            self.act(curl_sys::CURL_SOCKET_TIMEOUT, 0);
        }
    }

    fn wait(&mut self) {
        let limit = self.state().due.map_or(-1, |due| {
            let left = due.saturating_duration_since(Instant::now());
            // The limit is rounded up, so that the timer has expired after the wait.
            c_int::try_from(left.as_micros().div_ceil(1000)).unwrap_or(c_int::MAX)
        });
        let (queue, room) = (self.state().queue, self.events.as_mut_ptr());
        // SAFETY: there is room for `EVENTS` events.
        let count = unsafe { libc::epoll_wait(queue, room, EVENTS as c_int, limit) };
        self.ready = usize::try_from(count).unwrap_or_default();
    }

    fn finished(&mut self) -> Option<Raw> {
        let multi = self.state().multi;
        let mut left = 0;
        // SAFETY: the handle is live.
        let message = unsafe { curl_sys::curl_multi_info_read(multi, &raw mut left) };
        if message.is_null() {
            return None;
        }
        // SAFETY: libcurl keeps a message until its next call.
        let (easy, code) = unsafe { ((*message).easy_handle, (*message).data as usize) };
        assert_eq!(code, 0);
        // SAFETY: both handles are live.
        unsafe { curl_sys::curl_multi_remove_handle(multi, easy) };
        // SAFETY: in `add`, the handle came from `Raw::into_easy`.
        Some(unsafe { Raw::from_easy(easy) })
    }
}

impl Drop for RawMany {
    fn drop(&mut self) {
        // SAFETY: the handle is live, and nothing else cleans it up.
        unsafe { curl_sys::curl_multi_cleanup(self.state().multi) };
        // SAFETY: nothing else closes the queue.
        unsafe { libc::close(self.state().queue) };
        // SAFETY: the `State` came from a box, and libcurl no longer has it.
        drop(unsafe { Box::from_raw(self.state.as_ptr()) });
    }
}

extern "C" fn on_socket(
    _: *mut curl_sys::CURL,
    socket: curl_sys::curl_socket_t,
    what: c_int,
    user: *mut c_void,
    known: *mut c_void,
) -> c_int {
    // SAFETY: the user data is the state, which only callbacks use while libcurl runs.
    let state: &State = unsafe { &*user.cast() };
    let mut events = 0;
    if what & curl_sys::CURL_POLL_IN != 0 {
        events |= libc::EPOLLIN;
    }
    if what & curl_sys::CURL_POLL_OUT != 0 {
        events |= libc::EPOLLOUT;
    }
    let operation = match (what, known.is_null()) {
        (curl_sys::CURL_POLL_REMOVE, _) => libc::EPOLL_CTL_DEL,
        (_, true) => libc::EPOLL_CTL_ADD,
        (_, false) => libc::EPOLL_CTL_MOD,
    };
    if operation == libc::EPOLL_CTL_ADD {
        // SAFETY: the handle is live, and libcurl has named the socket.
        unsafe { curl_sys::curl_multi_assign(state.multi, socket, user) };
    }
    let mut event = libc::epoll_event {
        events: events as u32,
        u64: socket as u64,
    };
    // SAFETY: the event is valid.
    unsafe { libc::epoll_ctl(state.queue, operation, socket, &raw mut event) };
    0
}

extern "C" fn on_timer(_: *mut curl_sys::CURLM, milliseconds: c_long, user: *mut c_void) -> c_int {
    // SAFETY: the user data is the state, which only callbacks use while libcurl runs.
    let state: &mut State = unsafe { &mut *user.cast() };
    let wait = u64::try_from(milliseconds).ok();
    state.due = wait.map(|wait| Instant::now() + Duration::from_millis(wait));
    0
}
