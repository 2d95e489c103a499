"""Which addresses on the network are fetched from: public ones, and of the others those that the settings name.

What a name leads to is looked at each time, and only what was looked at is connected to.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

TUNNELS = [
    ip_network(each)
    for each in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "192.88.99.0/24",  # 6to4 relays
        "fec0::/10",  # site-local
    )
]
"""What leads somewhere else than it says, and so past a look at it."""


class Forbidden(Exception):
    """Why an address is not fetched from; one sentence."""


class Guard(NamedTuple):
    """Who is fetched from. `hosts` and `networks` are what is allowed although it is not public."""

    hosts: frozenset[str]
    networks: tuple[Any, ...]
    ports: frozenset[int]

    @classmethod
    def allowing(cls, allowed: Iterable[str], ports: Iterable[int]) -> Guard:
        hosts, networks = set(), []
        for each in filter(None, (each.strip() for each in allowed)):
            try:
                networks.append(ip_network(each, strict=False))
            except ValueError:
                hosts.add(each.lower())
        return cls(frozenset(hosts), tuple(networks), frozenset(ports))

    def looked_up(self, host: str, port: int, resolve: Callable[[str, int], list[str]] | None = None) -> Address:
        """The address to connect to for a host. Raises `Forbidden` where any address of it may not be connected to."""
        if port not in self.ports:
            raise Forbidden(f"Port {port} is not fetched from.")
        found = [ip_address(each.partition("%")[0]) for each in (resolve or addresses_of)(host, port)]
        if not found:
            raise Forbidden(f"The host {host} is not found.")
        if host.lower() not in self.hosts and not all(self.lets(each) for each in found):
            raise Forbidden(f"The host {host} lies in a private or special network, which is not fetched from.")
        return found[0]

    def lets(self, address: Address) -> bool:
        return is_public(address) or any(address in each for each in self.networks)


def is_public(address: Address) -> bool:
    is_ordinary = address.is_global and not (address.is_multicast or address.is_reserved)
    return is_ordinary and not any(address in each for each in TUNNELS)


def addresses_of(host: str, port: int) -> list[str]:
    """What a name leads to; nothing if it leads nowhere."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def what_is_wrong_with(url: str) -> str:
    """Why a URL is never fetched, wherever it leads; empty if it may be tried."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is no address."
    if parts.scheme not in ("http", "https") or not host:
        return "An address begins with http:// or https:// and names a host."
    if parts.username is not None or parts.password is not None:
        return "Leave the user name and the password out: they would be kept."
    if any(each.isspace() or not each.isprintable() for each in url):
        return "An address holds no white space."
    return ""
