/// Shards: each an engine and the one thread that gives it inputs and performs its effects.
package org.keyferry.daemon.shard;
