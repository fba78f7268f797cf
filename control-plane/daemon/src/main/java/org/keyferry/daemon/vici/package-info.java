/// VICI commands and events, in charon's words: one class for each group of commands.
package org.keyferry.daemon.vici;
