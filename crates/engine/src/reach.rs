//! Whether an address is one of the wide world, or leads to this machine or its network.

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

/// Names that mean something on a network of one's own only.
const LOCAL: [&str; 5] = ["localhost", "local", "internal", "lan", "home.arpa"];

/// Whether the host of a URL can be reached from anywhere, as far as its name tells.
pub fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_public_address(&IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_public_address(&IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let is_local = |suffix: &&str| name == *suffix || name.ends_with(&format!(".{suffix}"));
            name.contains('.') && !LOCAL.iter().any(is_local)
        }
        None => false,
    }
}

/// Whether an address of the network can be reached from anywhere.
pub fn is_public_address(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // Shared by the customers of a provider (RFC 6598).
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_reserved = a == 0 || a >= 240 || v4.is_multicast();
            let is_inside = v4.is_loopback() || v4.is_private() || v4.is_link_local();
            !(is_inside || is_shared || is_reserved)
        }
        IpAddr::V6(v6) => {
            // Leads to an IPv4 address (RFC 6052).
            let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = v6.segments() else {
                return !(v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
                    || v6.is_multicast());
            };
            let v4 = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
            is_public_address(&IpAddr::V4(v4))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_told_from_local_ones() {
        for (url, public) in [
            ("https://termine.salon.example", true),
            ("https://203.0.113.9:8443", true),
            ("https://[2001:db8::1]", true),
            ("https://[64:ff9b::203.0.113.9]", true),
            ("http://localhost:8080", false),
            ("http://localhost.:8080", false),
            ("http://127.0.0.1:8080", false),
            ("http://127.1", false),
            ("http://0.0.0.0", false),
            ("https://192.168.1.4", false),
            ("https://100.64.0.1", false),
            ("https://169.254.169.254", false),
            ("https://224.0.0.1", false),
            ("https://255.255.255.255", false),
            ("https://[fd00::1]", false),
            ("https://[fe80::1]", false),
            ("https://[::ffff:10.0.0.1]", false),
            ("https://[64:ff9b::10.0.0.1]", false),
            ("https://server", false),
            ("https://nas.local", false),
        ] {
            assert_eq!(is_public(&Url::parse(url).unwrap()), public, "{url}");
        }
    }
}
