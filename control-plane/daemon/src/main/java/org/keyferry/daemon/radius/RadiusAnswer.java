package org.keyferry.daemon.radius;

import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.wire.Bytes;

/// An authentic answer.
///
/// @param request what was answered, as it was sent
public record RadiusAnswer(RadiusServer server, RadiusPacket packet, Bytes request) {}
