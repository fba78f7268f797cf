/// Measures a responder: the engine as load generator over UDP, against keyferryd or charon.
package org.keyferry.bench;
