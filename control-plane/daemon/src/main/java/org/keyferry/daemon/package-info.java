/// The only threads, sockets, clocks and files of Keyferry. The daemon gives the engine its inputs
/// and performs its effects.
package org.keyferry.daemon;
