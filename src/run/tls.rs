//! The options that the TLS library of the linked libcurl needs or ignores.

use std::ffi::{CStr, CString};
use std::ptr;

use crate::ffi::item::Item;
use crate::ffi::sys;
use crate::quirks::{AUTHORITIES_STAY_UNSET, AUTHORITIES_UNKNOWN};
use crate::run::easy::Easy;
use crate::{Error, version};

// The client's own certificate and its key, for the server and for an HTTPS proxy.
const IDENTITY_BLOBS: [sys::CURLoption; 4] = [
    sys::CURLOPT_SSLCERT_BLOB,
    sys::CURLOPT_SSLKEY_BLOB,
    sys::CURLOPT_PROXY_SSLCERT_BLOB,
    sys::CURLOPT_PROXY_SSLKEY_BLOB,
];

/// Returns whether libcurl accepts this option, but its TLS library is known to ignore it.
pub(super) fn ignores(option: Item) -> bool {
    IDENTITY_BLOBS.contains(&option.id)
        && version().ssl().is_some_and(|library| {
            ["rustls", "GnuTLS"]
                .iter()
                .any(|own| library.starts_with(own))
        })
}

/// Returns the value that gives an option for authorities libcurl's default again. `None` means NULL.
pub(super) fn default_authorities(option: Item) -> Result<Option<CString>, Error> {
    let libcurl = version();
    let default = match option.id {
        sys::CURLOPT_CAINFO | sys::CURLOPT_PROXY_CAINFO => libcurl.cainfo(),
        sys::CURLOPT_CAPATH | sys::CURLOPT_PROXY_CAPATH => libcurl.capath(),
        _ => return Ok(None),
    };
    if AUTHORITIES_UNKNOWN.is_present() {
        return Err(AUTHORITIES_UNKNOWN.unsupported(option.name));
    }
    let default = default.filter(|_| AUTHORITIES_STAY_UNSET.is_present());
    Ok(default.and_then(|path| CString::new(path).ok()))
}

impl<H> Easy<H> {
    /// Makes libcurl trust no directory of certificates.
    pub(crate) fn trust_no_directory(&mut self, option: Item) -> Result<(), Error> {
        option.check_age()?;
        // Newer releases take NULL for the directory that they were built with. `/dev/null` is no directory.
        let is_built_in = version().capath().is_some() && !AUTHORITIES_STAY_UNSET.is_present();
        let path = is_built_in.then_some(c"/dev/null");
        let path = path.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: the option takes a string, which libcurl copies, or NULL.
        unsafe { self.set(option, path) }?;
        #[cfg(need_openssl_probe)]
        {
            self.forget_authorities(option);
            self.known.without_directory.push(option.id);
        }
        Ok(())
    }
}

/// Sets the paths of the system's authorities, which the bundled libcurl was built without.
#[cfg(need_openssl_probe)]
mod authorities {
    use std::env;
    use std::ffi::{CString, c_char};
    use std::mem;
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;
    use std::ptr;
    use std::sync::LazyLock;

    use openssl_probe::{ENV_CERT_DIR, ProbeResult};

    use crate::ffi::item::Item;
    use crate::ffi::sys;
    use crate::run::easy::Easy;

    /// The options for authorities of a server, or of an HTTPS proxy.
    struct Group {
        file: Item,
        directory: Item,
        blob: sys::CURLoption,
    }

    const GROUPS: [Group; 2] = [
        Group {
            file: Item::new(sys::CURLOPT_CAINFO, "CURLOPT_CAINFO", "7.4.2"),
            directory: Item::new(sys::CURLOPT_CAPATH, "CURLOPT_CAPATH", "7.9.8"),
            blob: sys::CURLOPTTYPE_BLOB + 309,
        },
        Group {
            file: Item::new(sys::CURLOPT_PROXY_CAINFO, "CURLOPT_PROXY_CAINFO", "7.52.0"),
            directory: Item::new(sys::CURLOPT_PROXY_CAPATH, "CURLOPT_PROXY_CAPATH", "7.52.0"),
            blob: sys::CURLOPTTYPE_BLOB + 310,
        },
    ];

    impl Group {
        fn has(&self, option: sys::CURLoption) -> bool {
            [self.file.id, self.directory.id, self.blob].contains(&option)
        }
    }

    /// The file of the system's authorities, and their directory.
    ///
    /// Usually, the directory has the same authorities as the file. Since libcurl does not keep parsed authorities for
    /// other connections if it has a directory, the directory counts only if there is no file, or if a variable of the
    /// environment names the directory.
    static PLACES: LazyLock<[Option<CString>; 2]> = LazyLock::new(|| {
        let ProbeResult {
            cert_file,
            cert_dir,
        } = openssl_probe::probe();
        let named = env::var_os(ENV_CERT_DIR);
        let counts =
            |path: &PathBuf| cert_file.is_none() || named.as_deref() == Some(path.as_os_str());
        let cert_dir = cert_dir.filter(counts);
        [cert_file, cert_dir].map(|path| CString::new(path?.as_os_str().as_bytes()).ok())
    });

    impl<H> Easy<H> {
        /// Sets the system's paths before the first transfer, and again after the user has unset an option for
        /// authorities. Leaves a group of options alone if the user has set one of its options.
        pub(in crate::run) fn trust_system_certificates(&mut self) {
            if mem::replace(&mut self.known.trusts_system, true) {
                return;
            }
            for group in &GROUPS {
                if !self.has_authorities(group) {
                    let [file, directory] = &*PLACES;
                    self.set_authorities(group.file, file.as_ref());
                    if !self.known.without_directory.contains(&group.directory.id) {
                        self.set_authorities(group.directory, directory.as_ref());
                    }
                }
            }
        }

        /// Returns whether the user has set an option of this group.
        fn has_authorities(&self, group: &Group) -> bool {
            self.known.authorities.iter().any(|own| group.has(*own))
        }

        /// Sets a path, or unsets it if there is none.
        fn set_authorities(&mut self, option: Item, path: Option<&CString>) {
            let path = path.map_or(ptr::null::<c_char>(), |path| path.as_ptr());
            // An error is ignored: without TLS there are no such options, and rustls reads no
            // directory.
            // SAFETY: the option takes a string, which libcurl copies, or NULL.
            let _ = unsafe { self.set(option, path) };
        }

        /// Notes that the user has unset an option. If it was set, the next transfer looks again whether to set the
        /// system's paths.
        pub(in crate::run) fn forget_authorities(&mut self, option: Item) {
            self.allow_directory(option);
            let own = &mut self.known.authorities;
            if own.contains(&option.id) {
                own.retain(|id| *id != option.id);
                self.known.trusts_system = false;
            }
        }

        /// Notes that an option for a directory of authorities may have a value again.
        fn allow_directory(&mut self, option: Item) {
            let without = &mut self.known.without_directory;
            if without.contains(&option.id) {
                without.retain(|id| *id != option.id);
                self.known.trusts_system = false;
            }
        }

        /// Notes that the user has set an option for authorities, which replaces the system's paths.
        pub(in crate::run) fn note_authorities(&mut self, option: Item) {
            self.allow_directory(option);
            let Some(group) = GROUPS.iter().find(|group| group.has(option.id)) else {
                return;
            };
            let is_first = !self.has_authorities(group);
            if !self.known.authorities.contains(&option.id) {
                self.known.authorities.push(option.id);
            }
            if is_first && self.known.trusts_system {
                for other in [group.file, group.directory] {
                    if other.id != option.id {
                        self.set_authorities(other, None);
                    }
                }
            }
        }
    }
}
