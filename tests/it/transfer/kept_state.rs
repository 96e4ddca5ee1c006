//! The state that libcurl keeps through `reset`, `share`, `unshare` and `try_clone`, in many orders.

use std::fs;
use std::path::PathBuf;

use Step::*;
use curlback::handlers::Collect;
use curlback::{AltSvc, Error, Hsts, Multi, Share, ShareData, Transfer, Unset, Version};

use crate::support::server::Server;
use crate::support::sharing::share;
use crate::support::skip::{skip, skip_case};

/// The content of the file of hosts.
const HOSTS: &str = "file.test \"unlimited\"\n";

/// The files that the options name, in a directory of their own.
struct Files {
    dir: tempfile::TempDir,
}

impl Files {
    fn new() -> Files {
        let files = Files {
            dir: tempfile::tempdir().unwrap(),
        };
        fs::write(files.path("hosts"), HOSTS).unwrap();
        fs::write(files.path("cookies"), "Set-Cookie: a=1; domain=127.0.0.1\n").unwrap();
        fs::write(files.path("services"), "").unwrap();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    File,
    EmptyFile,
    Enable,
    Disable,
    Cookies,
    Jar,
    NoJar,
    CookieList,
    Services,
    Lists,
    ShareHosts,
    ShareMuch,
    ShareCookies,
    Unshare,
    Reset,
    /// Goes on with a copy, and drops the transfer that was copied.
    Clone,
    /// Makes a copy, drops it, and goes on.
    CloneAndDrop,
    Perform,
    Run,
}

const STEPS: [Step; 19] = [
    File,
    EmptyFile,
    Enable,
    Disable,
    Cookies,
    Jar,
    NoJar,
    CookieList,
    Services,
    Lists,
    ShareHosts,
    ShareMuch,
    ShareCookies,
    Unshare,
    Reset,
    Clone,
    CloneAndDrop,
    Perform,
    Run,
];

struct World {
    files: Files,
    server: Server,
    hosts: Option<Share>,
    much: Share,
    cookies: Share,
}

impl World {
    fn new() -> World {
        let much = ShareData::COOKIES | ShareData::DNS | ShareData::CONNECTIONS;
        let with_hosts = share(much | ShareData::HSTS);
        World {
            files: Files::new(),
            server: Server::ok("body"),
            hosts: share(ShareData::HSTS),
            much: with_hosts.unwrap_or_else(|| Share::new(much).unwrap()),
            cookies: Share::new(ShareData::COOKIES).unwrap(),
        }
    }

    fn step(&self, step: Step, transfer: &mut Transfer<Collect>) -> Result<(), Error> {
        let path = |name| self.files.path(name);
        match step {
            File => transfer.hsts(path("hosts")),
            EmptyFile => transfer.hsts(""),
            Enable => transfer.hsts_ctrl(Hsts::ENABLE),
            Disable => transfer.hsts_ctrl(Hsts::empty()),
            Cookies => transfer.cookie_file(path("cookies")),
            Jar => transfer.cookie_jar(path("jar")),
            NoJar => transfer.unset(Unset::COOKIE_JAR),
            CookieList => ["Set-Cookie: b=2; domain=127.0.0.1", "FLUSH", "SESS"]
                .into_iter()
                .try_for_each(|line| transfer.cookie_list(line)),
            Services => transfer
                .altsvc(path("services"))
                .and_then(|()| transfer.altsvc_ctrl(AltSvc::H1)),
            Lists => transfer
                .resolve(["name.test:80:127.0.0.1"])
                .and_then(|()| transfer.http_headers(["X: y"])),
            ShareHosts => self
                .hosts
                .as_ref()
                .map_or(Ok(()), |share| transfer.share(share)),
            ShareMuch => transfer.share(&self.much),
            ShareCookies => transfer.share(&self.cookies),
            Unshare => transfer.unshare(),
            Reset => transfer.reset(),
            Clone => transfer.try_clone().map(|copy| *transfer = copy),
            CloneAndDrop => transfer.try_clone().map(drop),
            Perform => {
                transfer.url(&self.server.url("/"))?;
                transfer.perform()
            }
            Run => {
                transfer.url(&self.server.url("/"))?;
                let empty = Transfer::new(Collect::new())?;
                let mut multi = Multi::new()?;
                multi.add(std::mem::replace(transfer, empty)).unwrap();
                multi.run(|_, _, ended, result| {
                    *transfer = ended;
                    result
                })
            }
        }
    }

    fn play(&self, steps: &[Step]) -> Transfer<Collect> {
        // Some releases write a host as often as they have read it, so the file would double each
        // time.
        fs::write(self.files.path("hosts"), HOSTS).unwrap();
        let mut transfer = Transfer::new(Collect::new()).unwrap();
        for (at, step) in steps.iter().enumerate() {
            match self.step(*step, &mut transfer) {
                Ok(()) => {}
                // A transfer cannot turn off the cache of a share. With some releases, a transfer that
                // has names of HSTS files cannot be copied, or there is no HSTS or no Alt-Svc.
                Err(Error::Option { .. } | Error::Unsupported { .. }) => {
                    assert!(
                        [
                            File,
                            EmptyFile,
                            Enable,
                            Disable,
                            Services,
                            Clone,
                            CloneAndDrop
                        ]
                        .contains(step),
                        "step {at} of {steps:?}"
                    );
                }
                Err(error) => panic!("step {at} of {steps:?}: {error}"),
            }
        }
        transfer
    }

    /// Returns the scheme with which libcurl requests a host that is in the file.
    fn scheme(&self, transfer: &mut Transfer<Collect>) -> String {
        let port = self.server.address().port();
        transfer.url(&format!("http://file.test:{port}/")).unwrap();
        transfer
            .connect_to([format!("::127.0.0.1:{port}")])
            .unwrap();
        // The server does not speak HTTPS, so a request by HTTPS fails.
        let _ = transfer.perform();
        let url = transfer.effective_url().unwrap().unwrap();
        url.split(':').next().unwrap().to_owned()
    }
}

#[test]
fn every_short_order_of_options_and_shares_ends_in_a_transfer() {
    let world = World::new();
    // Only the long orders have these steps.
    let few = [NoJar, Services, Lists, CloneAndDrop, Run];
    let steps: Vec<_> = STEPS.into_iter().filter(|s| !few.contains(s)).collect();
    for first in &steps {
        for second in &steps {
            for third in &steps {
                drop(world.play(&[*first, *second, *third, Perform]));
            }
        }
    }
}

#[test]
fn long_orders_of_options_and_shares_end_in_a_transfer() {
    let world = World::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..1500 {
        let step = |_| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            STEPS[(random % STEPS.len() as u64) as usize]
        };
        let mut steps: Vec<_> = (0..9).map(step).collect();
        steps.push(Perform);
        drop(world.play(&steps));
    }
}

#[test]
fn hosts_of_a_file_are_known_for_as_long_as_the_option_is_set() {
    let world = World::new();
    if let Err(error) = Transfer::new(()).unwrap().hsts("") {
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        skip!("this libcurl has no HSTS");
        return;
    }
    let http: &[&[Step]] = &[
        &[EmptyFile, ShareHosts, Unshare],
        &[EmptyFile, ShareMuch, Unshare],
        &[File, ShareHosts, Reset, Unshare],
        &[File, Reset, ShareHosts, Unshare],
        &[File, Perform, Reset, ShareHosts, Unshare],
        &[ShareHosts, File, Reset, Unshare],
        &[File, Disable],
        &[File, Disable, ShareMuch, Unshare],
        &[File, Perform, Disable, Enable],
        &[Enable],
    ];
    let https: &[&[Step]] = &[
        &[File],
        &[File, EmptyFile],
        &[File, ShareHosts],
        &[File, ShareHosts, Unshare],
        &[File, ShareHosts, Perform, ShareCookies],
        &[ShareHosts, File, Unshare],
        &[File, ShareHosts, Disable],
        &[File, Disable, File],
        // The reset has forgotten the file, but not its hosts.
        &[File, Perform, Reset],
        &[File, ShareHosts, Reset, File, Unshare],
    ];
    for (scheme, orders) in [("http", http), ("https", https)] {
        // Without TLS, libcurl cannot change the scheme.
        if !curlback::version().has_protocol(scheme) {
            skip_case!("the linked libcurl has no TLS");
            continue;
        }
        for steps in orders {
            if world.hosts.is_none() && steps.contains(&ShareHosts) {
                continue;
            }
            // Each order has a new world, since a share keeps what a transfer has learned.
            let world = World::new();
            let mut transfer = world.play(steps);
            assert_eq!(world.scheme(&mut transfer), scheme, "{steps:?}");
        }
    }
}

#[test]
fn cache_of_a_share_is_not_turned_off() {
    let Some(share) = share(ShareData::HSTS) else {
        return;
    };
    let mut transfer = Transfer::new(()).unwrap();
    transfer.share(&share).unwrap();
    match transfer.hsts_ctrl(Hsts::empty()).unwrap_err() {
        Error::Option { option, .. } => assert_eq!(option, "CURLOPT_HSTS_CTRL"),
        Error::Unsupported { .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn copy_is_refused_where_it_would_free_the_names_of_files_twice() {
    let world = World::new();
    for file in [File, EmptyFile] {
        for reset in [false, true] {
            let mut transfer = Transfer::new(Collect::new()).unwrap();
            if world.step(file, &mut transfer).is_err() {
                skip!("this libcurl has no HSTS");
                return;
            }
            if reset {
                transfer.reset().unwrap();
            }
            let copied = transfer.try_clone().map(drop);
            if reset || Version::linked() >= Version::new(8, 21, 0) {
                copied.unwrap();
            } else {
                let error = copied.unwrap_err();
                assert!(matches!(error, Error::Option { .. }), "{error:?}");
            }
            transfer.url(&world.server.url("/")).unwrap();
            transfer.perform().unwrap();
        }
    }
}
