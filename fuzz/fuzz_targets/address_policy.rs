//! The policy that restricts addresses, compared with a model that calculates with integers.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use arbitrary::Arbitrary;
use curlback::handlers::{AddressPolicy, Rule};
use curlback::ipnet::IpNet;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    public: bool,
    allowed: Vec<Network>,
    denied: Vec<Network>,
    address: Address,
    text: &'a str,
}

/// An address: any, or one of a form that contains an IPv4 address.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Address {
    V4([u8; 4]),
    V6([u16; 8]),
    Mapped([u8; 4]),
    Compatible([u8; 4]),
    Nat64([u8; 4]),
    LocalNat64([u8; 4]),
    SixToFour([u8; 4], [u16; 5]),
    Teredo([u8; 4], [u8; 4]),
    Isatap([u16; 4], [u8; 4]),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Network {
    address: Address,
    prefix: u8,
}

impl Address {
    fn ip(self) -> IpAddr {
        let v4 = |octets| u128::from(u32::from(Ipv4Addr::from(octets)));
        let v6 = |number: u128| IpAddr::V6(Ipv6Addr::from(number));
        match self {
            Address::V4(octets) => IpAddr::V4(octets.into()),
            Address::V6(segments) => IpAddr::V6(segments.into()),
            Address::Mapped(octets) => v6(0xFFFF << 32 | v4(octets)),
            Address::Compatible(octets) => v6(v4(octets)),
            Address::Nat64(octets) => v6(0x0064_FF9B << 96 | v4(octets)),
            Address::LocalNat64(octets) => v6(0x0064_FF9B_0001 << 80 | v4(octets)),
            Address::SixToFour(octets, rest) => {
                let rest = rest.iter().fold(0, |all, one| all << 16 | u128::from(*one));
                v6(0x2002 << 112 | v4(octets) << 80 | rest)
            }
            Address::Teredo(server, client) => {
                let client = !(v4(client) as u32);
                v6(0x2001_0000 << 96 | v4(server) << 64 | u128::from(client))
            }
            Address::Isatap([a, b, c, d], octets) => {
                let high = [a, b, c, d]
                    .iter()
                    .fold(0, |all, one| all << 16 | u128::from(*one));
                v6(high << 64 | 0x5EFE << 32 | v4(octets))
            }
        }
    }
}

impl Network {
    fn net(self) -> IpNet {
        let address = self.address.ip();
        let most = if address.is_ipv4() { 32 } else { 128 };
        IpNet::new(address, self.prefix % (most + 1)).unwrap()
    }
}

/// Returns whether `address` is in `network`: whether all bits of the prefix are equal.
fn has(network: &IpNet, address: IpAddr) -> bool {
    let (own, other, bits) = match (network.addr(), address) {
        (IpAddr::V4(own), IpAddr::V4(other)) => {
            (u32::from(own).into(), u32::from(other).into(), 32)
        }
        (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own), u128::from(other), 128),
        _ => return false,
    };
    (0..network.prefix_len()).all(|bit| (own ^ other) >> (bits - 1 - bit) & 1 == 0)
}

/// Returns the IPv4 address that an IPv6 address leads to, and the length of the prefix that such
/// IPv6 addresses have. `None` means that `address` leads to no IPv4 address.
fn embedded(address: IpAddr) -> Option<(u8, Ipv4Addr)> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    let number = u128::from(address);
    let at = |shift: u32| Ipv4Addr::from((number >> shift) as u32);
    match number {
        _ if number >> 32 == 0xFFFF => Some((96, at(0))),
        _ if number >> 32 == 0x0064_FF9B << 64 => Some((96, at(0))),
        _ if number >> 112 == 0x2002 => Some((16, at(80))),
        _ => None,
    }
}

/// Returns whether an address has a special purpose; most of these cannot be reached, or not from
/// everywhere. Each IPv4 range has the first and the last address of a network.
fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let range = |from: [u8; 4], to: [u8; 4]| Ipv4Addr::from(from)..=Ipv4Addr::from(to);
            let ranges: [RangeInclusive<Ipv4Addr>; 19] = [
                range([0, 0, 0, 0], [0, 255, 255, 255]),
                range([10, 0, 0, 0], [10, 255, 255, 255]),
                range([100, 64, 0, 0], [100, 127, 255, 255]),
                range([127, 0, 0, 0], [127, 255, 255, 255]),
                range([168, 63, 129, 16], [168, 63, 129, 16]),
                range([169, 254, 0, 0], [169, 254, 255, 255]),
                range([172, 16, 0, 0], [172, 31, 255, 255]),
                range([192, 0, 0, 0], [192, 0, 0, 255]),
                range([192, 0, 2, 0], [192, 0, 2, 255]),
                range([192, 31, 196, 0], [192, 31, 196, 255]),
                range([192, 52, 193, 0], [192, 52, 193, 255]),
                range([192, 88, 99, 0], [192, 88, 99, 255]),
                range([192, 168, 0, 0], [192, 168, 255, 255]),
                range([192, 175, 48, 0], [192, 175, 48, 255]),
                range([198, 18, 0, 0], [198, 19, 255, 255]),
                range([198, 51, 100, 0], [198, 51, 100, 255]),
                range([203, 0, 113, 0], [203, 0, 113, 255]),
                range([224, 0, 0, 0], [239, 255, 255, 255]),
                range([240, 0, 0, 0], [255, 255, 255, 255]),
            ];
            ranges.iter().any(|range| range.contains(&address))
        }
        IpAddr::V6(address) => {
            let [first, second, third, ..] = address.segments();
            // Only 2000::/3 has public addresses, and some of its networks are special.
            !matches!(first, 0x2000..=0x3FFF)
                || (first == 0x2001 && (second < 0x0200 || second == 0x0DB8))
                || (first == 0x3FFF && second < 0x1000)
                || (first, second, third) == (0x2620, 0x004F, 0x8000)
        }
    }
}

/// Returns whether the policy of `input` permits `address`.
fn may_reach(input: &Input<'_>, address: IpAddr) -> bool {
    let form = embedded(address);
    let width = form.map_or(0, |(width, _)| width);
    let mut allowed = input.allowed.iter().map(|network| network.net());
    if allowed.any(|network| has(&network, address) && network.prefix_len() >= width) {
        return true;
    }
    let mut denied = input.denied.iter().map(|network| network.net());
    if denied.any(|network| has(&network, address)) {
        return false;
    }
    match form {
        Some((_, inner)) => may_reach(input, inner.into()),
        None if input.public => !is_special(address),
        None if address.is_unspecified() => match address {
            IpAddr::V4(_) => may_reach(input, Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(_) => may_reach(input, Ipv6Addr::LOCALHOST.into()),
        },
        None => true,
    }
}

fuzz_target!(|input: Input<'_>| {
    let mut policy = match input.public {
        true => AddressPolicy::public(),
        false => AddressPolicy::any(),
    };
    for network in &input.allowed {
        policy = policy.allow(network.net());
    }
    for network in &input.denied {
        policy = policy.deny(network.net());
    }
    let address = input.address.ip();
    let rule = policy.rule_against(address);
    assert_eq!(rule.is_none(), may_reach(&input, address), "{rule:?}");
    match rule {
        Some(Rule::Denied(network)) => {
            assert!(input.denied.iter().any(|own| own.net() == network));
        }
        Some(Rule::NotPublic { .. }) => assert!(input.public),
        Some(other) => panic!("{other:?}"),
        None => {}
    }
    // An address that the standard library knows to be special is refused, unless it is allowed.
    if let (IpAddr::V4(v4), true, None) = (address, input.public, &rule) {
        let special = v4.is_private() || v4.is_loopback() || v4.is_link_local();
        let special = special || v4.is_multicast() || v4.is_broadcast() || v4.is_documentation();
        let allowed = input
            .allowed
            .iter()
            .any(|network| has(&network.net(), address));
        assert!(!special || allowed);
    }
    // A network that is parsed from a string contains its own address, and survives being written
    // and parsed again.
    if let Ok(network) = input.text.parse::<IpNet>() {
        let any = AddressPolicy::any().deny(network);
        let refused = any.rule_against(network.addr());
        assert!(refused.is_some());
        assert_eq!(network.to_string().parse(), Ok(network));
    }
});
