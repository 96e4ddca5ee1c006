//! Which addresses an `AddressPolicy` refuses, and by which rule.

use std::net::IpAddr;

use curlback::handlers::{AddressPolicy, Rule};

/// Addresses that are not public, each with the rule that says so.
const REFUSED: &[(&str, &str)] = &[
    ("0.0.0.0", "this network (0.0.0.0/8)"),
    ("0.255.255.255", "this network (0.0.0.0/8)"),
    ("127.0.0.0", "loopback (127.0.0.0/8)"),
    ("127.0.0.1", "loopback (127.0.0.0/8)"),
    ("127.0.0.53", "loopback (127.0.0.0/8)"),
    ("127.255.255.255", "loopback (127.0.0.0/8)"),
    ("10.0.0.0", "private (10.0.0.0/8)"),
    ("10.255.255.255", "private (10.0.0.0/8)"),
    ("172.16.0.0", "private (172.16.0.0/12)"),
    ("172.31.255.255", "private (172.16.0.0/12)"),
    ("192.168.0.0", "private (192.168.0.0/16)"),
    ("192.168.255.255", "private (192.168.0.0/16)"),
    (
        "100.64.0.0",
        "shared between carrier and customer (100.64.0.0/10)",
    ),
    // One cloud's metadata.
    (
        "100.100.100.200",
        "shared between carrier and customer (100.64.0.0/10)",
    ),
    (
        "100.127.255.255",
        "shared between carrier and customer (100.64.0.0/10)",
    ),
    ("169.254.0.0", "link-local (169.254.0.0/16)"),
    // The metadata of most clouds.
    ("169.254.169.254", "link-local (169.254.0.0/16)"),
    // Credentials of containers.
    ("169.254.170.2", "link-local (169.254.0.0/16)"),
    ("169.254.255.255", "link-local (169.254.0.0/16)"),
    ("168.63.129.16", "cloud metadata (168.63.129.16/32)"),
    ("192.0.0.0", "reserved for protocols (192.0.0.0/24)"),
    ("192.0.0.192", "reserved for protocols (192.0.0.0/24)"),
    ("192.0.0.255", "reserved for protocols (192.0.0.0/24)"),
    ("192.0.2.0", "documentation (192.0.2.0/24)"),
    ("192.0.2.255", "documentation (192.0.2.0/24)"),
    ("198.51.100.0", "documentation (198.51.100.0/24)"),
    ("198.51.100.255", "documentation (198.51.100.0/24)"),
    ("203.0.113.0", "documentation (203.0.113.0/24)"),
    ("203.0.113.255", "documentation (203.0.113.0/24)"),
    ("192.31.196.0", "AS112 (192.31.196.0/24)"),
    ("192.31.196.255", "AS112 (192.31.196.0/24)"),
    ("192.175.48.0", "AS112 (192.175.48.0/24)"),
    ("192.175.48.255", "AS112 (192.175.48.0/24)"),
    (
        "192.52.193.0",
        "automatic multicast tunneling (192.52.193.0/24)",
    ),
    (
        "192.52.193.255",
        "automatic multicast tunneling (192.52.193.0/24)",
    ),
    ("192.88.99.0", "6to4 relay (192.88.99.0/24)"),
    ("192.88.99.255", "6to4 relay (192.88.99.0/24)"),
    ("198.18.0.0", "benchmarks (198.18.0.0/15)"),
    ("198.19.255.255", "benchmarks (198.18.0.0/15)"),
    ("224.0.0.0", "multicast (224.0.0.0/4)"),
    ("239.255.255.255", "multicast (224.0.0.0/4)"),
    ("240.0.0.0", "reserved (240.0.0.0/4)"),
    ("255.255.255.254", "reserved (240.0.0.0/4)"),
    // Broadcast.
    ("255.255.255.255", "reserved (240.0.0.0/4)"),
    ("::", "unspecified (::/128)"),
    ("::1", "loopback (::1/128)"),
    // IPv4-compatible: the last 32 bits are an IPv4 address.
    ("::127.0.0.1", "reserved (::/3)"),
    ("::8.8.8.8", "reserved (::/3)"),
    // IPv4-translated.
    ("::ffff:0:127.0.0.1", "reserved (::/3)"),
    ("::ffff:0:8.8.8.8", "reserved (::/3)"),
    // IPv4-mapped.
    ("::ffff:0.0.0.0", "this network (0.0.0.0/8)"),
    ("::ffff:127.0.0.1", "loopback (127.0.0.0/8)"),
    ("::ffff:7f00:1", "loopback (127.0.0.0/8)"),
    ("::ffff:10.1.2.3", "private (10.0.0.0/8)"),
    ("::ffff:169.254.169.254", "link-local (169.254.0.0/16)"),
    ("::ffff:a9fe:a9fe", "link-local (169.254.0.0/16)"),
    ("::ffff:168.63.129.16", "cloud metadata (168.63.129.16/32)"),
    ("::ffff:255.255.255.255", "reserved (240.0.0.0/4)"),
    // NAT64.
    ("64:ff9b::0.0.0.0", "this network (0.0.0.0/8)"),
    ("64:ff9b::127.0.0.1", "loopback (127.0.0.0/8)"),
    ("64:ff9b::192.168.1.1", "private (192.168.0.0/16)"),
    ("64:ff9b::169.254.169.254", "link-local (169.254.0.0/16)"),
    ("64:ff9b:1::127.0.0.1", "reserved (::/3)"),
    ("64:ff9b:1::8.8.8.8", "reserved (::/3)"),
    // Prefixes beside that of NAT64.
    ("64:ff9b::1:8.8.8.8", "reserved (::/3)"),
    ("64:ff9a::8.8.8.8", "reserved (::/3)"),
    // 6to4.
    ("2002:7f00:1::", "loopback (127.0.0.0/8)"),
    ("2002:a01:203::1", "private (10.0.0.0/8)"),
    ("2002:a9fe:a9fe::1", "link-local (169.254.0.0/16)"),
    ("2002::", "this network (0.0.0.0/8)"),
    ("2002:ffff:ffff::", "reserved (240.0.0.0/4)"),
    // Teredo, with any server.
    ("2001::", "reserved for protocols (2001::/23)"),
    (
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "reserved for protocols (2001::/23)",
    ),
    ("2001:2::1", "reserved for protocols (2001::/23)"),
    ("2001:10::1", "reserved for protocols (2001::/23)"),
    ("2001:20::1", "reserved for protocols (2001::/23)"),
    (
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "reserved for protocols (2001::/23)",
    ),
    ("2001:db8::", "documentation (2001:db8::/32)"),
    (
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "documentation (2001:db8::/32)",
    ),
    ("3fff::", "documentation (3fff::/20)"),
    (
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "documentation (3fff::/20)",
    ),
    ("2620:4f:8000::", "AS112 (2620:4f:8000::/48)"),
    (
        "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
        "AS112 (2620:4f:8000::/48)",
    ),
    ("100::1", "discard (100::/64)"),
    ("100:0:0:1::1", "dummy prefix (100:0:0:1::/64)"),
    ("100:0:0:2::1", "reserved (::/3)"),
    ("5f00::1", "segment routing (5f00::/16)"),
    ("fc00::", "unique-local (fc00::/7)"),
    // One cloud's metadata.
    ("fd00:ec2::254", "unique-local (fc00::/7)"),
    // Another cloud's metadata.
    ("fd20:ce::254", "unique-local (fc00::/7)"),
    (
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "unique-local (fc00::/7)",
    ),
    ("fe80::1", "link-local (fe80::/10)"),
    ("fe80::a9fe:a9fe", "link-local (fe80::/10)"),
    (
        "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "link-local (fe80::/10)",
    ),
    ("fec0::1", "site-local (fec0::/10)"),
    (
        "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "site-local (fec0::/10)",
    ),
    ("ff00::", "multicast (ff00::/8)"),
    ("ff02::1", "multicast (ff00::/8)"),
    ("ff0e::1", "multicast (ff00::/8)"),
    // Outside of the assigned ranges.
    ("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved (::/3)"),
    ("4000::", "reserved (4000::/2)"),
    (
        "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "reserved (4000::/2)",
    ),
    ("8000::", "reserved (8000::/1)"),
    ("e000::1", "reserved (8000::/1)"),
    (
        "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "reserved (8000::/1)",
    ),
    ("fe00::", "reserved (8000::/1)"),
    (
        "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "reserved (8000::/1)",
    ),
];

/// Public addresses: neighbours of refused ranges, and some that are well known.
const ALLOWED: &[&str] = &[
    "1.0.0.0",
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.1.255",
    "192.0.3.0",
    "192.31.195.255",
    "192.31.197.0",
    "192.52.192.255",
    "192.52.194.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "192.175.47.255",
    "192.175.49.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    // IPv4-mapped, NAT64 and 6to4 forms of public addresses.
    "::ffff:8.8.8.8",
    "::ffff:9.255.255.255",
    "64:ff9b::8.8.8.8",
    "64:ff9b::93.184.215.14",
    "2002:808:808::1",
    "2002:ac0f:ffff::",
    "2000::",
    "2001:200::",
    "2001:4860:4860::8888",
    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db9::",
    "2003::",
    "2606:4700:4700::1111",
    "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
    "2620:4f:8001::",
    "2a00:1450:4001:829::200e",
    "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff:1000::",
    "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// Returns the text of the rule that refuses an address, or `None` if the policy allows it.
fn rule(policy: &AddressPolicy, address: &str) -> Option<String> {
    policy
        .rule_against(ip(address))
        .map(|rule| rule.to_string())
}

#[test]
fn public_refuses_what_is_not_public_and_names_the_rule() {
    assert!(REFUSED.len() >= 60);
    for (address, expected) in REFUSED {
        let rule = rule(&AddressPolicy::public(), address);
        assert_eq!(rule.as_deref(), Some(*expected), "{address}");
    }
}

#[test]
fn public_allows_public_addresses() {
    assert!(ALLOWED.len() >= 20);
    for address in ALLOWED {
        assert_eq!(rule(&AddressPolicy::public(), address), None, "{address}");
    }
}

#[test]
fn each_mapped_and_translated_form_is_judged_as_the_address_inside() {
    let policy = AddressPolicy::public();
    let refused = REFUSED.iter().map(|(address, _)| *address);
    for address in refused.chain(ALLOWED.iter().copied()) {
        let IpAddr::V4(v4) = ip(address) else {
            continue;
        };
        let [a, b, c, d] = v4.octets();
        for form in [
            format!("::ffff:{v4}"),
            format!("64:ff9b::{v4}"),
            format!("2002:{a:02x}{b:02x}:{c:02x}{d:02x}:1:2:3:4:5"),
        ] {
            assert_eq!(rule(&policy, &form), rule(&policy, address), "{form}");
        }
    }
}

#[test]
fn default_is_public() {
    let default = AddressPolicy::default();
    assert_eq!(
        rule(&default, "127.0.0.1").as_deref(),
        Some("loopback (127.0.0.0/8)")
    );
    assert_eq!(rule(&default, "8.8.8.8"), None);
}

#[test]
fn any_refuses_nothing_but_what_is_denied() {
    let policy = AddressPolicy::any().deny("10.0.0.0/8".parse().unwrap());
    for (address, _) in REFUSED {
        let denied = ["10.", "::ffff:10.", "2002:a01:"];
        let denied = denied.iter().any(|start| address.starts_with(start));
        assert_eq!(rule(&policy, address).is_some(), denied, "{address}");
    }
}

#[test]
fn allow_beats_deny_which_beats_the_ranges() {
    let policy = AddressPolicy::public()
        .deny("10.0.0.0/8".parse().unwrap())
        .deny("8.8.0.0/16".parse().unwrap())
        .allow("10.1.0.0/16".parse().unwrap())
        .allow("8.8.8.0/24".parse().unwrap())
        .allow("fd12::/16".parse().unwrap());
    for allowed in ["10.1.2.3", "8.8.8.8", "fd12::1", "9.9.9.9"] {
        assert_eq!(rule(&policy, allowed), None, "{allowed}");
    }
    for (refused, expected) in [
        ("10.2.0.0", "denied (10.0.0.0/8)"),
        ("8.8.9.8", "denied (8.8.0.0/16)"),
        ("192.168.0.1", "private (192.168.0.0/16)"),
        ("fd13::1", "unique-local (fc00::/7)"),
    ] {
        assert_eq!(
            rule(&policy, refused).as_deref(),
            Some(expected),
            "{refused}"
        );
    }
}

#[test]
fn order_of_the_calls_does_not_count() {
    let (wide, narrow) = ("8.0.0.0/8".parse().unwrap(), "8.8.8.8/32".parse().unwrap());
    let one = AddressPolicy::public().allow(narrow).deny(wide);
    let other = AddressPolicy::public().deny(wide).allow(narrow);
    for policy in [one, other] {
        assert_eq!(rule(&policy, "8.8.8.8"), None);
        assert_eq!(policy.rule_against(ip("8.8.8.9")), Some(Rule::Denied(wide)));
    }
}

#[test]
fn lists_of_ipv4_networks_have_the_forms_in_ipv6_too() {
    let policy = AddressPolicy::public()
        .deny("8.8.8.0/24".parse().unwrap())
        .allow("10.1.0.0/16".parse().unwrap());
    for denied in ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"] {
        assert_eq!(
            rule(&policy, denied).as_deref(),
            Some("denied (8.8.8.0/24)"),
            "{denied}"
        );
    }
    for allowed in ["::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "2002:a01:203::1"] {
        assert_eq!(rule(&policy, allowed), None, "{allowed}");
    }
}

#[test]
fn network_of_ipv6_denies_the_form_that_it_has_and_not_the_address_inside() {
    let mapped = AddressPolicy::public().deny("::ffff:0:0/96".parse().unwrap());
    assert_eq!(
        rule(&mapped, "::ffff:8.8.8.8").as_deref(),
        Some("denied (::ffff:0.0.0.0/96)")
    );
    assert_eq!(rule(&mapped, "8.8.8.8"), None);
}

#[test]
fn wide_network_says_nothing_of_what_a_form_stands_for() {
    let policy = AddressPolicy::public()
        .deny("127.0.0.0/8".parse().unwrap())
        .allow("::/0".parse().unwrap())
        .allow("::ffff:10.0.0.0/104".parse().unwrap());
    let refused = |address: &str| policy.rule_against(address.parse().unwrap()).is_some();
    assert!(refused("::ffff:127.0.0.1"));
    assert!(refused("64:ff9b::169.254.169.254"));
    assert!(refused("2002:7f00:1::"));
    assert!(!refused("::ffff:10.1.2.3"));
    assert!(!refused("fd00::1"));
}

#[test]
fn unspecified_address_is_this_machine() {
    let deny = |network: &str| AddressPolicy::any().deny(network.parse().unwrap());
    assert!(
        deny("127.0.0.0/8")
            .rule_against("0.0.0.0".parse().unwrap())
            .is_some()
    );
    assert!(
        deny("::1/128")
            .rule_against("::".parse().unwrap())
            .is_some()
    );
    assert!(
        deny("10.0.0.0/8")
            .rule_against("0.0.0.0".parse().unwrap())
            .is_none()
    );
}
