package org.keyferry.engine.sa;

import java.util.ArrayList;
import java.util.List;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// How far the additional key exchanges of a CREATE_CHILD_SA exchange are (RFC 9370 §2.2.4).
///
/// @param methods all of them, in order
/// @param secrets of those that are done
/// @param link what ties the next exchange to this one
public record FollowUps(List<Integer> methods, List<Secret> secrets, Bytes link) {
    public FollowUps {
        methods = List.copyOf(methods);
        secrets = List.copyOf(secrets);
    }

    public static FollowUps of(List<Integer> methods, Bytes link) {
        return new FollowUps(methods, List.of(), link);
    }

    public boolean done() {
        return secrets.size() == methods.size();
    }

    /// Of the exchange that is due.
    public int methodId() {
        return methods.get(secrets.size());
    }

    public FollowUps with(Secret secret) {
        var more = new ArrayList<>(secrets);
        more.add(secret);
        return new FollowUps(methods, more, link);
    }

    public FollowUps with(Bytes nextLink) {
        return new FollowUps(methods, secrets, nextLink);
    }

    /// All secrets, one after the other; they are wiped here.
    public Secret joined() {
        return Secret.joined(secrets);
    }

    public void close() {
        secrets.forEach(Secret::close);
    }
}
