package org.keyferry.daemon.vici;

import java.util.LinkedHashMap;
import java.util.Map;
import org.keyferry.daemon.Daemon;
import org.keyferry.daemon.Initiator;
import org.keyferry.daemon.MonotonicClock;
import org.keyferry.daemon.Reload;
import org.keyferry.daemon.Requests;
import org.keyferry.daemon.addresses.Pools;
import org.keyferry.daemon.config.ConfigStore;
import org.keyferry.daemon.config.Publisher;
import org.keyferry.daemon.creds.CredentialStore;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.policies.StandingPolicies;
import org.keyferry.daemon.revocation.RevocationService;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.daemon.token.Pkcs11;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;

/// The table of all commands.
public final class Commands {
    /// The parts of the daemon that commands work on.
    public record Parts(
            Daemon daemon,
            ConfigStore store,
            Publisher publisher,
            Initiator initiator,
            Requests requests,
            Shards shards,
            Dataplane dataplane,
            CredentialStore credentials,
            Pkcs11 tokens,
            RevocationService revocations,
            Pools pools,
            StandingPolicies policies,
            Reload reload,
            MonotonicClock clock,
            Log log) {}

    /// Each command by its name.
    public static Map<String, ViciCommand> of(Parts parts) {
        var table = new LinkedHashMap<String, ViciCommand>();
        table.putAll(new DaemonCommands(parts).table());
        table.putAll(new ListSas(parts).table());
        table.putAll(new ListConns(parts).table());
        table.putAll(new Initiate(parts).table());
        table.putAll(new Terminate(parts).table());
        table.putAll(inEffect(new LoadConnections(parts).table(), parts.publisher()));
        table.putAll(new PlanConns(parts).table());
        table.putAll(inEffect(new SharedSecrets(parts).table(), parts.publisher()));
        table.putAll(inEffect(new Credentials(parts).table(), parts.publisher()));
        table.putAll(new ListCerts(parts).table());
        table.putAll(inEffect(new Authorities(parts).table(), parts.publisher()));
        table.putAll(new PoolCommands(parts).table());
        table.putAll(new PolicyCommands(parts).table());
        table.putAll(new CounterCommands(parts).table());
        table.putAll(new Rekey(parts).table());
        table.putAll(new Redirect(parts).table());
        return table;
    }

    /// Commands that are answered when the engines know what they changed.
    private static Map<String, ViciCommand> inEffect(
            Map<String, ViciCommand> commands, Publisher publisher) {
        var settled = new LinkedHashMap<String, ViciCommand>();
        commands.forEach((name, command) -> settled.put(name, settled(command, publisher)));
        return settled;
    }

    private static ViciCommand settled(ViciCommand command, Publisher publisher) {
        return request -> {
            ViciMessage answer = command.run(request);
            publisher.settleIfSoon();
            return answer;
        };
    }

    private Commands() {}
}
