/// RADIUS: a client of several servers, logins that they decide, accounting, and what they ask of
/// running sessions.
package org.keyferry.daemon.radius;
