/// Marks of connections: replies find the CHILD_SA that a question came by.
package org.keyferry.daemon.connmark;
