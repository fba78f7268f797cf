/// Validated settings as the engine consumes them: connections, their children, and shared secrets.
/// Every value is within its range; nothing here knows about files or option names.
package org.keyferry.settings.model;
