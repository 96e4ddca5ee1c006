//! Tests that no option, callback or information of libcurl is out of reach, apart from the exceptions below:
//! compares libcurl's lists with this crate's tables.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{c_char, c_int, c_uint, c_void};

use crate::ffi::{decode, sys};
use crate::run::install;
use crate::{info, options};

/// Options that are not offered, with the reason.
const OWN: &[(&str, &str)] = &[
    (
        "CURLOPT_ERRORBUFFER",
        "what it gets comes back in `Error::text`",
    ),
    (
        "CURLOPT_PRIVATE",
        "a handler keeps whatever else belongs to a transfer",
    ),
];

/// Options that are set by a method outside the tables.
const OUTSIDE: &[(&str, &str)] = &[
    ("CURLOPT_MIMEPOST", "Transfer::mime"),
    ("CURLOPT_SHARE", "Transfer::share"),
];

/// Callbacks that libcurl 7.82.0 and later do not call.
const DEAD: &[&str] = &[
    "CURLOPT_CONV_FROM_NETWORK_FUNCTION",
    "CURLOPT_CONV_FROM_UTF8_FUNCTION",
    "CURLOPT_CONV_TO_NETWORK_FUNCTION",
];

/// Information that is not offered, with the reason.
const OWN_INFO: &[(&str, &str)] = &[(
    "CURLINFO_PRIVATE",
    "a handler keeps whatever else belongs to a transfer",
)];

/// An option as libcurl describes it.
#[derive(Clone, Debug)]
struct Stated {
    number: sys::CURLoption,
    kind: String,
    name: String,
    /// Whether libcurl marks the name as an alias: in most cases, the former name of an option.
    alias: bool,
}

/// Returns the options of libcurl 8.22, as `tests/libcurl-8.22/extract.py` has found them.
fn listed() -> Vec<Stated> {
    include_str!("../../tests/libcurl-8.22/options.txt")
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            let mut word = || words.next().unwrap();
            Stated {
                number: word().parse().unwrap(),
                kind: word().into(),
                name: format!("CURLOPT_{}", word()),
                alias: words.next().is_some(),
            }
        })
        .collect()
}

/// libcurl's description of an option.
#[repr(C)]
struct EasyOption {
    name: *const c_char,
    id: c_int,
    kind: c_int,
    flags: c_uint,
}

/// Returns the options of the linked libcurl, or `None` if it lacks `curl_easy_option_next`.
#[cfg(unix)]
fn linked() -> Option<Vec<Stated>> {
    const KINDS: [&str; 9] = [
        "long", "values", "off_t", "object", "string", "slist", "cbptr", "blob", "function",
    ];
    type Next = unsafe extern "C" fn(*const EasyOption) -> *const EasyOption;
    // SAFETY: the name is NUL-terminated.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"curl_easy_option_next".as_ptr()) };
    // SAFETY: a pointer to a function has the size of any other; NULL is `None`.
    let next = unsafe { std::mem::transmute::<*mut c_void, Option<Next>>(found) }?;
    let mut stated = Vec::new();
    let mut at = std::ptr::null();
    loop {
        // SAFETY: `at` is NULL, or what the function returned before.
        at = unsafe { next(at) };
        // SAFETY: libcurl returns a static description, and NULL in the end.
        let Some(option) = (unsafe { at.as_ref() }) else {
            return Some(stated);
        };
        // SAFETY: the name is a static string.
        let name = unsafe { decode::c_str(option.name) }.unwrap();
        stated.push(Stated {
            number: option.id.try_into().unwrap(),
            kind: KINDS[usize::try_from(option.kind).unwrap()].into(),
            name: format!("CURLOPT_{}", name.to_str().unwrap()),
            alias: option.flags & 1 != 0,
        });
    }
}

#[cfg(not(unix))]
fn linked() -> Option<Vec<Stated>> {
    None
}

/// The former name of an option. libcurl before 7.85.0 marks the present name as the alias.
const FORMER: &str = "CURLOPT_FTP_RESPONSE_TIMEOUT";

fn is_callback(option: &Stated) -> bool {
    option.kind == "function" || option.kind == "cbptr"
}

/// Looks at the options that are neither aliases nor callbacks nor in [`OWN`]. Returns a message for each of
/// them that has no method or a wrong one, and the number of those that have the right one.
fn unreached(stated: &[Stated]) -> (Vec<String>, usize) {
    let rows: BTreeMap<_, _> = options::all()
        .flat_map(|row| row.names.iter().map(move |name| (*name, row)))
        .collect();
    let (mut wrong, mut reached) = (Vec::new(), 0);
    let known = |list: &[(&str, &str)], name: &str| list.iter().any(|(own, _)| *own == name);
    for Stated {
        number, kind, name, ..
    } in stated.iter().filter(|o| !o.alias && !is_callback(o))
    {
        if known(OWN, name) || name == FORMER {
            continue;
        }
        let by_number = || options::all().find(|row| row.id == *number);
        match rows.get(&**name).copied().or_else(by_number) {
            Some(row) if row.names[0] != *name && row.id != *number => reached += 1,
            Some(row) if row.id != *number => {
                wrong.push(format!("{name} has number {number}, not {}", row.id));
            }
            Some(row) if !row.c_types.contains(&&**kind) => {
                wrong.push(format!("{name} takes a {kind}, not a {:?}", row.c_types));
            }
            Some(_) => reached += 1,
            None if known(OUTSIDE, name) => reached += 1,
            None => wrong.push(format!("{name} ({kind}, {number}) is out of reach")),
        }
    }
    (wrong, reached)
}

#[test]
fn complete_options_each_have_a_method_of_their_type() {
    let listed = listed();
    let (wrong, reached) = unreached(&listed);
    assert_eq!(wrong, [""; 0]);
    let plain = |option: &&Stated| !option.alias && !is_callback(option);
    let total = listed.iter().filter(plain).count() - OWN.len();
    println!("options: {reached} of {total}");
    assert_eq!(reached, total);

    // Each method is for an option that exists.
    let names: BTreeSet<_> = listed.iter().map(|option| &*option.name).collect();
    for row in options::all() {
        let strange: Vec<_> = row.names.iter().filter(|n| !names.contains(*n)).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", row.method);
    }
    let methods: BTreeSet<_> = options::all().map(|row| row.method).collect();
    assert_eq!(methods.len(), options::all().count());
    for (name, reason) in [OWN, OUTSIDE].concat() {
        assert!(names.contains(name) && !reason.is_empty(), "{name}");
    }
}

#[test]
fn complete_options_are_those_of_the_linked_libcurl() {
    let Some(linked) = linked() else {
        eprintln!("SKIP: this libcurl is built without curl_easy_option_next");
        return;
    };
    assert!(linked.len() > 200);
    let (wrong, reached) = unreached(&linked);
    assert_eq!(wrong, [""; 0]);
    println!("options of the linked libcurl: {reached} reached");
}

/// Returns the names of those callbacks that the table of callbacks lacks, except [`DEAD`] ones, or has with
/// other numbers.
fn uninstalled(stated: &[Stated]) -> Vec<String> {
    let table = install::table::<()>();
    let data: BTreeSet<_> = table.iter().map(|row| row.data).collect();
    let numbers: BTreeMap<_, _> = stated
        .iter()
        .map(|option| (&*option.name, option.number))
        .collect();
    let is_installed = |option: &&Stated| match &*option.kind {
        "function" => {
            let row = table.iter().find(|row| row.function.name == option.name);
            match row {
                Some(row) => row.function.id == option.number,
                None => DEAD.contains(&&*option.name),
            }
        }
        _ => data.contains(&option.number),
    };
    // The data option of a function is named after the function.
    let is_other = |row: &&install::CallbackRow| {
        let stem = row
            .function
            .name
            .trim_end_matches("FUNCTION")
            .trim_end_matches('_');
        let names = [format!("{stem}DATA"), format!("{stem}_DATA")];
        let known = names.iter().find_map(|name| numbers.get(&**name));
        known.is_some_and(|number| *number != row.data)
    };
    let missing = stated
        .iter()
        .filter(|option| !option.alias && is_callback(option))
        .filter(|option| !is_installed(option))
        .map(|option| option.name.clone());
    let wrong = table
        .iter()
        .filter(is_other)
        .map(|row| format!("data of {}", row.function.name));
    missing.chain(wrong).collect()
}

#[test]
fn complete_callbacks_are_in_the_table() {
    assert_eq!(uninstalled(&listed()), [""; 0]);
    if let Some(linked) = linked() {
        assert_eq!(uninstalled(&linked), [""; 0]);
    }
}

#[test]
fn complete_infos_each_have_a_method_of_their_type() {
    let rows: BTreeMap<_, _> = info::all()
        .flat_map(|row| row.names.iter().map(move |name| (*name, row)))
        .collect();
    let (mut names, mut reached) = (BTreeSet::new(), 0);
    for line in include_str!("../../tests/libcurl-8.22/infos.txt").lines() {
        let words: Vec<_> = line.split(' ').collect();
        let (number, kind) = (words[0].parse::<sys::CURLINFO>().unwrap(), words[1]);
        let name = format!("CURLINFO_{}", words[2]);
        match rows.get(&*name) {
            Some(row) => {
                assert_eq!(row.id & sys::CURLINFO_MASK, number, "{name}");
                let narrow = row.names[0] != name;
                assert!(narrow || row.c_type == kind, "{name} is a {kind}");
            }
            None => assert!(
                OWN_INFO.iter().any(|(own, _)| *own == name),
                "{name} ({kind}, {number}) is out of reach"
            ),
        }
        reached += 1;
        names.insert(name);
    }
    println!("infos: {reached} of {}", names.len());
    for row in info::all() {
        let strange: Vec<_> = row.names.iter().filter(|n| !names.contains(**n)).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", row.method);
    }
    let methods: BTreeSet<_> = info::all().map(|row| row.method).collect();
    assert_eq!(methods.len(), info::all().count());
}
