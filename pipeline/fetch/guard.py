"""Connections that can only reach public addresses, unless the configuration pins the host.

The check sits below name resolution, in the network backend: the address that was checked is the address that is
connected to. A name that resolves to something else the second time (DNS rebinding) gains nothing, and every spelling
of an address that the resolver understands (``2130706433``, ``0x7f.1``) is judged by what it means.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

import httpcore2

from pipeline.errors import UsageError
from pipeline.fetch.address import PORTS

__all__ = ["BlockedAddress", "Deadline", "GuardedBackend", "Pins", "UnknownHost", "is_public"]

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291 section 2.5.5.1, deprecated


class BlockedAddress(Exception):
    """The host resolves to no public address."""


class UnknownHost(httpcore2.ConnectError):
    """The name does not exist; asking again will not help."""


def is_public(address: _Address) -> bool:
    """Whether an address is global unicast, also when it carries an IPv4 address inside.

    IPv6 addresses that embed an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) are as public as what they embed.
    """
    if isinstance(address, ipaddress.IPv6Address):
        low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _COMPATIBLE or address.teredo is not None or address.scope_id:
            return False
        if any(address in net for net in _NAT64):
            return address in _NAT64[0] and is_public(low)
        if address.sixtofour is not None:
            return is_public(address.sixtofour)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


class Pins:
    """The hosts table of the configuration: ``"host"`` or ``"*.domain"`` to ``"ip:port"``.

    Raises:
        UsageError: A value is no ``ip:port``.
    """

    def __init__(self, hosts: Mapping[str, str]) -> None:
        self._exact: dict[str, tuple[str, int]] = {}
        self._below: dict[str, tuple[str, int]] = {}
        for name, place in hosts.items():
            table = self._below if name.startswith("*.") else self._exact
            table[_canonical(name.removeprefix("*."))] = _place(name, place)

    def get(self, host: str) -> tuple[str, int] | None:
        """Where `host` is pinned; an exact name wins over a wildcard, a longer wildcard over a shorter one."""
        host = _canonical(host)
        if host in self._exact:
            return self._exact[host]
        while "." in host:
            host = host.partition(".")[2]
            if host in self._below:
                return self._below[host]
        return None


class Deadline(threading.local):
    """When the exchange that this thread is in must be over; on the monotonic clock, in seconds.

    The timeouts of a socket hold for one read each, so a server that sends a byte every few seconds would never run
    into one. Every read and write of a `GuardedBackend` is therefore also held to this.
    """

    at: float = float("inf")

    def start(self, seconds: float) -> None:
        """Give the exchange that starts now this many seconds."""
        self.at = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The shorter of `timeout` and what is left.

        Raises:
            httpcore2.ReadTimeout: Nothing is left.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the whole response took too long")
        return left if timeout is None else min(timeout, left)

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self.at


class GuardedBackend(httpcore2.NetworkBackend):
    """TCP connections to public or pinned addresses, all of whose reads end at the deadline."""

    def __init__(self, pins: Pins, deadline: Deadline) -> None:
        self._pins = pins
        self._deadline = deadline
        self._tcp = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of `host` that answers.

        Raises:
            BlockedAddress: None of its addresses is public.
            UnknownHost: It has none.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: None answers.
        """
        pin = self._pins.get(host)
        places = [pin] if pin else [(address, port) for address in _public_addresses(host, port)]
        for i, (address, at) in enumerate(places):
            try:
                stream = self._tcp.connect_tcp(address, at, self._deadline.left(timeout), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if i + 1 == len(places):
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise UnknownHost(f"{host} has no address")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.NetworkStream:
        """Refused: a socket file is no public address."""
        raise BlockedAddress(path)


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))  # type: ignore[arg-type]
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _public_addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as e:
        kind = httpcore2.ConnectError if e.errno == socket.EAI_AGAIN else UnknownHost
        raise kind(f"cannot resolve {host}: {e.strerror}") from e
    except (UnicodeError, OSError) as e:
        raise UnknownHost(f"cannot resolve {host}: {e}") from e
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    public = [a for a in addresses if is_public(ipaddress.ip_address(a))]
    if not public:
        leads = host if addresses[0] == host.strip("[]") else f"{host} leads to {addresses[0]}, which"
        raise BlockedAddress(f"{leads} is no public address")
    return public[:4]  # more than a few tries would only prolong a dead host


def _canonical(host: str) -> str:
    host = host.lower().rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _place(name: str, place: str) -> tuple[str, int]:
    address, _, port = place.rpartition(":")
    with suppress(ValueError):
        found = str(ipaddress.ip_address(address.strip("[]"))), int(port)
        if found[1] in PORTS:
            return found
    raise UsageError(f"fetch.hosts: {name!r} must be pinned to 'ip:port', not {place!r}")
