/// What `keyferry load` does: reads swanctl's directory into VICI requests, tells what they would
/// change, and sends them.
package org.keyferry.cli.load;
