/// The daemon as a service of its host: who started it, what it may do, which scripts it runs.
package org.keyferry.daemon.service;
