"""Which addresses the verification page may knock at: public ones, and nothing else (``security.md`` V11).

The table is written out because ``ipaddress.is_private`` and ``is_global`` miss 6to4, NAT64, IPv4-compatible and
shared addresses. Sources: IANA special-purpose address registries for IPv4 and IPv6, read in November 2026.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_IPV4_REFUSED = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers (CGNAT)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_IPV6_GLOBAL = IPv6Network("2000::/3")
"""The only part of IPv6 that is given out. Outside: unspecified, loopback, mapped, compatible, NAT64 (64:ff9b::),
discard (100::), segment routing, unique local (fc00::), link-local (fe80::), site-local (fec0::), multicast."""

_IPV6_REFUSED = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: holds an IPv4 address of anybody's choice
        "3fff::/20",  # documentation
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def is_public(address: str) -> bool:
    """Whether ``address`` (as a resolver answers it) is a public one. What cannot be read is not."""
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if isinstance(read, IPv4Address):
        return not any(read in network for network in _IPV4_REFUSED)
    return _is_public_ipv6(read)


def _is_public_ipv6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _IPV6_GLOBAL:
        return False
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:  # an IPv4 address in the last half
        return False
    return not any(address in network for network in _IPV6_REFUSED)
