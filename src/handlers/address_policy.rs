use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Decides which addresses a transfer may reach: by default the public ones.
///
/// If the allow list has an address, the address is allowed. Otherwise, if the deny list has it, it is refused.
/// If neither list has it, [`public`](AddressPolicy::public) refuses an address that is not public, and
/// [`any`](AddressPolicy::any) allows it. There are two exceptions. If neither list has an IPv6 address in which an
/// IPv4 address is embedded (mapped, NAT64, 6to4), the policy judges that IPv4 address instead. And `any` judges the
/// unspecified address (`0.0.0.0` or `::`) as the loopback address.
///
/// # Examples
/// ```
/// use curlback::handlers::AddressPolicy;
///
/// let policy = AddressPolicy::public()
///     .allow("10.1.0.0/16".parse()?)
///     .deny("198.41.0.0/24".parse()?);
/// assert!(policy.rule_against("10.1.2.3".parse()?).is_none());
/// assert!(policy.rule_against("10.2.2.3".parse()?).is_some());
/// assert!(policy.rule_against("198.41.0.4".parse()?).is_some());
/// assert!(policy.rule_against("::ffff:169.254.169.254".parse()?).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AddressPolicy {
    public_only: bool,
    allowed: Vec<IpNet>,
    denied: Vec<IpNet>,
}

/// Allows public addresses only.
impl Default for AddressPolicy {
    fn default() -> AddressPolicy {
        AddressPolicy::public()
    }
}

impl AddressPolicy {
    /// Allows public addresses only.
    #[must_use]
    pub fn public() -> AddressPolicy {
        AddressPolicy {
            public_only: true,
            allowed: Vec::new(),
            denied: Vec::new(),
        }
    }

    /// Allows every address that is not denied.
    #[must_use]
    pub fn any() -> AddressPolicy {
        AddressPolicy {
            public_only: false,
            ..AddressPolicy::public()
        }
    }

    /// Allows the addresses of a network, even if they are denied or not public. A wide IPv6 network, such
    /// as `::/0`, does not allow the IPv4 addresses that are embedded in IPv6 addresses.
    ///
    /// A single address is a network too: `"192.0.2.1/32"`, or `IpNet::from(address)`.
    #[must_use]
    pub fn allow(mut self, network: IpNet) -> AddressPolicy {
        self.allowed.push(network);
        self
    }

    /// Denies those addresses of a network that are not in the allow list.
    #[must_use]
    pub fn deny(mut self, network: IpNet) -> AddressPolicy {
        self.denied.push(network);
        self
    }

    /// Returns the rule that refuses an address, or `None` if it is allowed.
    #[must_use]
    pub fn rule_against(&self, address: IpAddr) -> Option<Rule> {
        let form = embedded(address);
        // For an address with an embedded IPv4 address, an allowed network counts only if it is at least as
        // narrow as the prefix of such addresses. So `::/0` does not allow the embedded IPv4 addresses.
        let width = form.map_or(0, |(width, _)| width);
        let allows = |network: &IpNet| network.contains(&address) && network.prefix_len() >= width;
        if self.allowed.iter().any(allows) {
            return None;
        }
        let denies = |network: &&IpNet| network.contains(&address);
        if let Some(network) = self.denied.iter().find(denies) {
            return Some(Rule::Denied(*network));
        }
        match (form, address) {
            (Some((_, inner)), _) => self.rule_against(inner),
            (None, _) if self.public_only => not_public(address),
            // On most systems, a connection to the unspecified address reaches this machine. So the unspecified
            // address is judged as the loopback address.
            (None, IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => {
                self.rule_against(Ipv4Addr::LOCALHOST.into())
            }
            (None, IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => {
                self.rule_against(Ipv6Addr::LOCALHOST.into())
            }
            (None, _) => None,
        }
    }
}

/// The rule of an [`AddressPolicy`] that refuses an address.
///
/// If the policy has judged another address instead, such as an embedded IPv4 address, the variants speak of that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The address is in a network that is not public. To reach it on purpose,
    /// [allow](AddressPolicy::allow) the network.
    NotPublic {
        /// What the network is for.
        purpose: &'static str,
        /// The network.
        network: IpNet,
    },
    /// The address is in this network of the deny list, which [`deny`](AddressPolicy::deny) has added.
    Denied(IpNet),
    /// The address is not an IP address, but for example the path of a Unix socket, which no policy can allow.
    NotAnIp,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::NotPublic { purpose, network } => write!(f, "{purpose} ({network})"),
            Rule::Denied(network) => write!(f, "denied ({network})"),
            Rule::NotAnIp => f.write_str("not an IP address"),
        }
    }
}

/// The error of a transfer that would have reached an address which the policy refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{address} is refused: {rule}")]
pub struct Refused {
    /// The address with its port, or `a Unix socket`.
    pub address: String,
    /// The rule that refuses it.
    pub rule: Rule,
}

impl Refused {
    /// Returns the first `Refused` among an error and its sources; `None` if there is none.
    #[must_use]
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Refused> {
        crate::error::find(error)
    }
}

/// Returns the length of the prefix that marks IPv6 addresses with an embedded IPv4 address, and that IPv4 address;
/// `None` if none is embedded in one of the forms below. IPv4-compatible, Teredo and local NAT64 addresses are in
/// networks that are not public.
fn embedded(address: IpAddr) -> Option<(u8, IpAddr)> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    let (width, inner) = match address.segments() {
        // IPv4-mapped.
        [0, 0, 0, 0, 0, 0xFFFF, high, low] => (96, join(high, low)),
        // NAT64 (RFC 6052).
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => (96, join(high, low)),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => (16, join(high, low)),
        _ => return None,
    };
    Some((width, inner.into()))
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
}

const fn v6(address: [u16; 8], prefix: u8) -> IpNet {
    let [a, b, c, d, e, f, g, h] = address;
    IpNet::V6(Ipv6Net::new_assert(
        Ipv6Addr::new(a, b, c, d, e, f, g, h),
        prefix,
    ))
}

/// The networks that are not public, each with its purpose. Most of them are in IANA's registries of
/// special-purpose addresses.
#[rustfmt::skip]
const NOT_PUBLIC: [(&str, IpNet); 35] = [
    ("this network", v4(0, 0, 0, 0, 8)),
    ("private", v4(10, 0, 0, 0, 8)),
    ("shared between carrier and customer", v4(100, 64, 0, 0, 10)),
    ("loopback", v4(127, 0, 0, 0, 8)),
    ("link-local", v4(169, 254, 0, 0, 16)),
    ("private", v4(172, 16, 0, 0, 12)),
    ("reserved for protocols", v4(192, 0, 0, 0, 24)),
    ("documentation", v4(192, 0, 2, 0, 24)),
    ("AS112", v4(192, 31, 196, 0, 24)),
    ("automatic multicast tunneling", v4(192, 52, 193, 0, 24)),
    ("6to4 relay", v4(192, 88, 99, 0, 24)),
    ("private", v4(192, 168, 0, 0, 16)),
    ("AS112", v4(192, 175, 48, 0, 24)),
    ("benchmarks", v4(198, 18, 0, 0, 15)),
    ("documentation", v4(198, 51, 100, 0, 24)),
    ("documentation", v4(203, 0, 113, 0, 24)),
    ("multicast", v4(224, 0, 0, 0, 4)),
    ("reserved", v4(240, 0, 0, 0, 4)),
    ("cloud metadata", v4(168, 63, 129, 16, 32)),
    ("unspecified", v6([0, 0, 0, 0, 0, 0, 0, 0], 128)),
    ("loopback", v6([0, 0, 0, 0, 0, 0, 0, 1], 128)),
    ("discard", v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64)),
    ("dummy prefix", v6([0x100, 0, 0, 1, 0, 0, 0, 0], 64)),
    ("reserved for protocols", v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23)),
    ("documentation", v6([0x2001, 0xDB8, 0, 0, 0, 0, 0, 0], 32)),
    ("AS112", v6([0x2620, 0x4F, 0x8000, 0, 0, 0, 0, 0], 48)),
    ("documentation", v6([0x3FFF, 0, 0, 0, 0, 0, 0, 0], 20)),
    ("segment routing", v6([0x5F00, 0, 0, 0, 0, 0, 0, 0], 16)),
    ("unique-local", v6([0xFC00, 0, 0, 0, 0, 0, 0, 0], 7)),
    ("link-local", v6([0xFE80, 0, 0, 0, 0, 0, 0, 0], 10)),
    ("site-local", v6([0xFEC0, 0, 0, 0, 0, 0, 0, 0], 10)),
    ("multicast", v6([0xFF00, 0, 0, 0, 0, 0, 0, 0], 8)),
    // All other addresses outside of 2000::/3. Mapped and NAT64 addresses are judged before, as IPv4.
    ("reserved", v6([0, 0, 0, 0, 0, 0, 0, 0], 3)),
    ("reserved", v6([0x4000, 0, 0, 0, 0, 0, 0, 0], 2)),
    ("reserved", v6([0x8000, 0, 0, 0, 0, 0, 0, 0], 1)),
];

fn not_public(address: IpAddr) -> Option<Rule> {
    let contains = |(_, network): &&(&str, IpNet)| network.contains(&address);
    let (purpose, network) = NOT_PUBLIC.iter().find(contains)?;
    Some(Rule::NotPublic {
        purpose,
        network: *network,
    })
}
