/// UDP sockets of IKE: one per own address and port, so that each answer leaves from the address
/// that was asked.
///
/// Netty's epoll transport reports the destination address of a datagram for IPv4 alone
/// (`IP_RECVORIGDSTADDR`) and cannot choose a source address per datagram. A socket bound to each
/// address does both, for both families; the set of sockets follows the kernel's address events.
package org.keyferry.daemon.transport;
