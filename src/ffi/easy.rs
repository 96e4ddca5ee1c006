//! The owner of a `CURL *`, and the only calls into libcurl.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString, c_void};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use libc::{c_char, c_long};

use crate::callbacks::hooks::Hooks;
use crate::ffi::context::Owner;
use crate::ffi::engine::Engine;
use crate::ffi::info::Info;
use crate::ffi::item::Item;
use crate::ffi::list::List;
use crate::ffi::socket::Registry;
use crate::ffi::{decode, install, sys};
use crate::remote::Control;
use crate::{Callbacks, Code, Error};

const ERRORBUFFER: Item = Item::new(sys::CURLOPT_ERRORBUFFER, "CURLOPT_ERRORBUFFER", "7.1");
const NOSIGNAL: Item = Item::new(sys::CURLOPT_NOSIGNAL, "CURLOPT_NOSIGNAL", "7.10");
const FORBID_REUSE: Item = Item::new(sys::CURLOPT_FORBID_REUSE, "CURLOPT_FORBID_REUSE", "7.7");
const CLOSESOCKETDATA: Item = Item::new(
    sys::CURLOPT_CLOSESOCKETDATA,
    "CURLOPT_CLOSESOCKETDATA",
    "7.21.7",
);
#[cfg(need_openssl_probe)]
const CAINFO: Item = Item::new(sys::CURLOPT_CAINFO, "CURLOPT_CAINFO", "7.4.2");
#[cfg(need_openssl_probe)]
const CAPATH: Item = Item::new(sys::CURLOPT_CAPATH, "CURLOPT_CAPATH", "7.9.8");

/// Owns the `CURL *` (C1), and what it performs with by itself.
pub(super) struct Handle {
    pub(super) raw: NonNull<sys::CURL>,
    /// Made by the first transfer, and kept with its connections.
    pub(super) engine: Option<Engine>,
    /// Whether the handle was left in the engine, for the sake of its connection.
    pub(super) attached: bool,
}

// SAFETY: C6: libcurl lets a handle move between threads; it is used by one at a time.
unsafe impl Send for Handle {}

impl Handle {
    /// Takes the handle out of its own engine, if it was left there.
    pub(super) fn detach(&mut self) {
        if let (true, Some(engine)) = (self.attached, &self.engine) {
            // SAFETY: C1: the handle is live; C3: no callback is on the stack.
            unsafe { engine.detach(self.raw) };
        }
        self.attached = false;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.detach();
        // Callbacks that these make find their context alive (C2), and `enter`
        // keeps their panics.
        self.engine = None;
        // SAFETY: C1: the only cleanup.
        unsafe { sys::curl_easy_cleanup(self.raw.as_ptr()) }
    }
}

/// What the user wants of some options, and we have to know.
pub(super) struct Wanted {
    /// A failure says otherwise meanwhile.
    forbid_reuse: c_long,
    pub(super) connect_only: c_long,
    pub(super) max_connects: c_long,
    /// Whether files may be listed, by a libcurl that does not clean up after that.
    wildcards: bool,
    /// The names of the texts that are set.
    texts: BTreeSet<&'static str>,
}

impl Wanted {
    /// libcurl's defaults.
    fn new() -> Wanted {
        Wanted {
            forbid_reuse: 0,
            connect_only: 0,
            max_connects: 5,
            wildcards: false,
            texts: BTreeSet::new(),
        }
    }
}

/// A callback that libcurl was given, and the option of its data.
struct Given {
    function: Item,
    data: sys::CURLoption,
    trampoline: install::Trampoline,
}

/// What a transfer shares with its remotes, which learn that it is gone.
#[derive(Default)]
pub(super) struct Shared(pub(super) OnceCell<Arc<Control>>);

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(control) = self.0.get() {
            control.end();
        }
    }
}

/// A handle, what it points to, and nothing else. The fields are dropped in
/// this order: libcurl must have let go before anything it points to is freed.
pub(crate) struct Easy<H> {
    pub(super) handle: Handle,
    lists: BTreeMap<sys::CURLoption, List>,
    pub(super) wanted: Wanted,
    /// What was given to libcurl of the callbacks that a listing of files takes away.
    again: BTreeMap<sys::CURLoption, Given>,
    /// What remotes ask for; made when there is one.
    pub(super) control: Shared,
    pub(super) context: Owner<H>,
}

// SAFETY: C6: the lists are only read by libcurl, on the thread that has the handle.
unsafe impl<H: Send> Send for Easy<H> {}

impl<H: Callbacks> Easy<H> {
    pub(crate) fn new(handler: H) -> Result<Easy<H>, Error> {
        curl::init();
        // SAFETY: libcurl is initialised.
        let raw = unsafe { sys::curl_easy_init() };
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::Libcurl {
                code: Code::FAILED_INIT,
                text: None,
            });
        };
        let handle = Handle {
            raw,
            engine: None,
            attached: false,
        };
        Ok(Easy {
            handle,
            lists: BTreeMap::new(),
            wanted: Wanted::new(),
            again: BTreeMap::new(),
            control: Shared::default(),
            context: Owner::new(handler, raw),
        })
    }

    /// Gives libcurl the callbacks of `hooks`, and takes the others back.
    pub(crate) fn install(&mut self, hooks: Hooks) -> Result<(), Error> {
        let rows = install::table::<H>();
        self.context
            .hear_closes(hooks.contains(Hooks::CLOSE_SOCKET));
        // These go first: a data option that two callbacks share stays set.
        for row in rows.iter().filter(|row| !hooks.contains(row.hook)) {
            if row.check().is_err() {
                continue;
            }
            match self.set_callback(row, row.unhooked) {
                // A libcurl too old for the callback has nothing to take back.
                Err(Error::Unsupported { .. }) => {}
                result => result?,
            }
        }
        for row in rows.iter().filter(|row| hooks.contains(row.hook)) {
            row.check()?;
            self.set_callback(row, Some(row.trampoline))?;
        }
        Ok(())
    }

    fn set_callback(
        &mut self,
        row: &install::Row,
        trampoline: Option<install::Trampoline>,
    ) -> Result<(), Error> {
        let data = match trampoline {
            // The one callback whose data outlives the transfer.
            Some(_) if row.hook == Hooks::CLOSE_SOCKET => self.context.sockets(),
            Some(_) => self.context.as_user_data(),
            None => ptr::null_mut(),
        };
        // SAFETY: C2: the trampoline is one for this `H`.
        unsafe { self.set(row.function, trampoline) }?;
        let item = Item {
            id: row.data,
            ..row.function
        };
        // SAFETY: C2: the data is the context for this `H`.
        unsafe { self.set(item, data) }?;
        if row.is_taken_by_listings() {
            let given = trampoline.map(|trampoline| Given {
                function: row.function,
                data: row.data,
                trampoline,
            });
            self.again.remove(&row.function.id);
            self.again
                .extend(given.map(|given| (row.function.id, given)));
        }
        Ok(())
    }

    /// Sets what every transfer needs and no option of ours changes.
    pub(crate) fn set_defaults(&mut self) -> Result<(), Error> {
        // A time limit must not raise a signal in a program with threads.
        self.set_long(NOSIGNAL, 1)?;
        let text = self.context.text_mut();
        // SAFETY: C5: the buffer is as long as libcurl asks, and freed after the handle.
        unsafe { self.set(ERRORBUFFER, text) }?;
        #[cfg(need_openssl_probe)]
        self.trust_system_certificates();
        Ok(())
    }

    /// Tells the bundled libcurl, which was built without a path, where the
    /// system keeps its certificates.
    #[cfg(need_openssl_probe)]
    fn trust_system_certificates(&mut self) {
        use std::os::unix::ffi::OsStrExt;
        static PROBE: std::sync::LazyLock<openssl_probe::ProbeResult> =
            std::sync::LazyLock::new(openssl_probe::probe);
        let places = [(CAINFO, &PROBE.cert_file), (CAPATH, &PROBE.cert_dir)];
        for (option, path) in places {
            let path = path
                .as_ref()
                .and_then(|path| CString::new(path.as_os_str().as_bytes()).ok());
            if let Some(path) = path {
                // Another TLS library may lack the option, and has certificates of its own.
                let _ = self.set_str(option, &path);
            }
        }
    }

    /// Sets every option back to libcurl's default.
    pub(crate) fn reset(&mut self) {
        // SAFETY: C1: the handle is live; no callback is made.
        unsafe { sys::curl_easy_reset(self.handle.raw.as_ptr()) };
        for id in self.lists.keys() {
            // A reset leaves CURLOPT_RESOLVE's list in a second place.
            let none = ptr::null_mut::<sys::curl_slist>();
            // SAFETY: C1: as above; the option takes a list, or none.
            unsafe { sys::curl_easy_setopt(self.handle.raw.as_ptr(), *id, none) };
        }
        self.lists.clear();
        self.again.clear();
        self.wanted = Wanted::new();
    }
}

impl<H> Easy<H> {
    /// Gives libcurl again what a listing of files takes away: it puts a writer of its own
    /// in the place of ours, which stays there if the transfer ends meanwhile and would
    /// crash the next one, of whatever protocol; and 7.88 forgets the data of the others.
    pub(super) fn give_again(&mut self) -> Result<(), Error> {
        if !self.wanted.wildcards {
            return Ok(());
        }
        let again = std::mem::take(&mut self.again);
        let result = again.values().try_for_each(|given| {
            let data = Item {
                id: given.data,
                ..given.function
            };
            // SAFETY: C2: the trampoline is one for this `H`: it was set before.
            unsafe { self.set(given.function, given.trampoline) }?;
            let user = self.context.as_user_data();
            // SAFETY: C2: the data is the context for this `H`.
            unsafe { self.set(data, user) }
        });
        self.again = again;
        result
    }

    pub(crate) fn handler(&self) -> &H {
        self.context.handler()
    }

    pub(crate) fn handler_mut(&mut self) -> &mut H {
        self.context.handler_mut()
    }

    pub(crate) fn into_handler(self) -> H {
        let Easy {
            handle,
            lists,
            control,
            context,
            ..
        } = self;
        drop(handle);
        drop(lists);
        drop(control);
        context.into_handler()
    }

    pub(crate) fn as_raw(&self) -> *mut c_void {
        self.handle.raw.as_ptr().cast()
    }

    pub(super) fn raw(&self) -> NonNull<sys::CURL> {
        self.handle.raw
    }

    /// Lets the connection be reused again, if the user wants that.
    pub(super) fn allow_reuse(&mut self) -> Result<(), Error> {
        self.set_long(FORBID_REUSE, self.wanted.forbid_reuse)
    }

    /// Has new connections ask this registry about closes, or else the transfer's own.
    pub(super) fn use_registry(&mut self, lent: Option<Arc<Registry>>) -> Result<(), Error> {
        self.context.lend_registry(lent);
        if !self.context.is_hearing_closes() {
            return Ok(());
        }
        let sockets = self.context.sockets();
        // SAFETY: C7: the registry outlives the connections of whoever drives.
        unsafe { self.set(CLOSESOCKETDATA, sockets) }
    }

    pub(crate) fn info(&self) -> Info<'_> {
        // SAFETY: C1: the handle lives for as long as `self` is borrowed.
        unsafe { Info::new(self.handle.raw) }
    }

    /// Enters libcurl: the one way in for everything that may call back.
    pub(super) fn enter(
        &mut self,
        call: impl FnOnce(*mut sys::CURL) -> sys::CURLcode,
    ) -> Result<Code, Error> {
        self.context.clear_text();
        let code = Code::from_raw(call(self.handle.raw.as_ptr()));
        self.context.settle(code)
    }

    /// # Safety
    /// `value` must have the C type of the option, and outlive its use (C5).
    unsafe fn set<T>(&mut self, option: Item, value: T) -> Result<(), Error> {
        if let sys::CURLOPT_HSTS_CTRL | sys::CURLOPT_SHARE = option.id {
            // Another cache of hosts begins.
            self.context.forget_given();
        }
        // SAFETY: C1: the handle is live; the caller vouches for the value.
        let call = |raw| unsafe { sys::curl_easy_setopt(raw, option.id, value) };
        let code = self.enter(call)?;
        option.check(code)
    }

    pub(crate) fn set_long(&mut self, option: Item, value: c_long) -> Result<(), Error> {
        match option.id {
            sys::CURLOPT_FORBID_REUSE => self.wanted.forbid_reuse = value,
            sys::CURLOPT_CONNECT_ONLY => self.wanted.connect_only = value,
            sys::CURLOPT_MAXCONNECTS => self.wanted.max_connects = value,
            // Once on, a listing may leave its traces.
            sys::CURLOPT_WILDCARDMATCH => self.wanted.wildcards |= value != 0,
            _ => {}
        }
        // SAFETY: `options!` gives this method options of type long only.
        unsafe { self.set(option, value) }
    }

    pub(crate) fn set_off_t(&mut self, option: Item, value: i64) -> Result<(), Error> {
        // SAFETY: `options!` gives this method options of type curl_off_t only.
        unsafe { self.set::<sys::curl_off_t>(option, value) }
    }

    pub(crate) fn set_str(&mut self, option: Item, value: &CStr) -> Result<(), Error> {
        // SAFETY: `options!` gives this method strings only; libcurl copies them.
        unsafe { self.set(option, value.as_ptr()) }?;
        if value.is_empty() {
            self.wanted.texts.remove(option.name);
        } else {
            self.wanted.texts.insert(option.name);
        }
        Ok(())
    }

    /// Returns whether a text is set for this option.
    pub(crate) fn is_given(&self, option: &str) -> bool {
        self.wanted.texts.contains(option)
    }

    /// Sets `CURLOPT_COPYPOSTFIELDS`, whose length is an option of its own.
    pub(crate) fn set_copied(
        &mut self,
        option: Item,
        size: Item,
        value: &[u8],
    ) -> Result<(), Error> {
        let len = i64::try_from(value.len()).expect("no slice is longer than isize::MAX");
        self.set_off_t(size, len)?;
        // SAFETY: libcurl copies as many bytes as the size just set.
        unsafe { self.set(option, value.as_ptr()) }
    }

    pub(crate) fn set_list(&mut self, option: Item, items: &[CString]) -> Result<(), Error> {
        let list = List::new(items);
        // SAFETY: C5: the list is kept below, and the former one freed after this.
        unsafe { self.set(option, list.as_ptr()) }?;
        self.lists.insert(option.id, list);
        Ok(())
    }

    pub(crate) fn set_blob(&mut self, option: Item, value: &[u8]) -> Result<(), Error> {
        // libcurl frees the former value before it refuses these.
        if value.is_empty() || value.len() > sys::CURL_MAX_INPUT_LENGTH {
            return Err(option.unsuitable("the value is empty or too long"));
        }
        let blob = sys::curl_blob {
            data: value.as_ptr().cast_mut().cast(),
            len: value.len(),
            flags: sys::CURL_BLOB_COPY,
        };
        // SAFETY: libcurl copies the blob and, as its flag says, the data.
        unsafe { self.set(option, &raw const blob) }
    }
}

impl Code {
    #[allow(clippy::unnecessary_cast, reason = "a C enum is an int with MSVC")]
    pub(super) fn from_raw(raw: sys::CURLcode) -> Code {
        Code::new(raw as u32)
    }
}

/// Returns libcurl's words for a code.
pub(crate) fn describe(code: Code) -> &'static str {
    // SAFETY: libcurl returns a static string for any number.
    let text: *const c_char = unsafe { sys::curl_easy_strerror(code.number() as sys::CURLcode) };
    // SAFETY: static, and NUL-terminated.
    let text = unsafe { decode::c_str(text) };
    text.and_then(|text| text.to_str().ok())
        .unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use std::ffi::{c_char, c_int, c_uint};

    use super::*;

    /// libcurl's description of an option.
    #[repr(C)]
    struct EasyOption {
        name: *const c_char,
        id: c_int,
        kind: c_int,
        flags: c_uint,
    }

    type ById = unsafe extern "C" fn(c_int) -> *const EasyOption;

    /// The bundled libcurl does not have this function.
    fn option_by_id() -> Option<ById> {
        // SAFETY: the name is NUL-terminated.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"curl_easy_option_by_id".as_ptr()) };
        // SAFETY: a pointer to a function has the size of any other; NULL is `None`.
        unsafe { std::mem::transmute::<*mut c_void, Option<ById>>(found) }
    }

    #[test]
    fn options_have_the_number_and_the_c_type_that_libcurl_states() {
        const KINDS: [&str; 9] = [
            "long", "values", "off_t", "object", "string", "slist", "cbptr", "blob", "function",
        ];
        let Some(by_id) = option_by_id() else {
            eprintln!("SKIP: this libcurl is built without curl_easy_option_by_id");
            return;
        };
        for (id, name, kinds) in crate::options::ALL {
            // SAFETY: any number may be asked for.
            let option = unsafe { by_id(c_int::try_from(*id).unwrap()) };
            // SAFETY: libcurl returns NULL or a static description.
            let option = unsafe { option.as_ref() }.unwrap_or_else(|| panic!("{name} is unknown"));
            // SAFETY: the name is a static string.
            let own = unsafe { decode::c_str(option.name) }
                .unwrap()
                .to_str()
                .unwrap();
            assert_eq!(*name, format!("CURLOPT_{own}"), "number {id}");
            let kind = KINDS[usize::try_from(option.kind).unwrap()];
            assert!(
                kinds.contains(&kind),
                "{name} takes a {kind}, not a {kinds:?}"
            );
        }
    }
}
