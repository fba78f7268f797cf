/// Log lines in charon's groups, levels and format, to standard output, files and VICI clients.
package org.keyferry.daemon.log;
