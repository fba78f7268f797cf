package org.keyferry.daemon.lan;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.nft.Nft;
import org.keyferry.daemon.service.Privileges;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Lease;
import org.keyferry.nativeshim.Errno;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.PacketSocket;
import org.keyferry.settings.ForecastConf;
import org.keyferry.settings.LanConf;

/// DHCP, ARP and multicasts, as far as they are configured. What cannot be had is told in the log,
/// and the daemon goes on without.
public final class Lan implements AutoCloseable {
    private final Log log;
    private final AddressProvider addresses;
    private final EventSink events;
    private final Optional<Dhcp> dhcp;
    private final Optional<ArpAnswers> arp;
    private final Optional<Forecast> forecast;

    /// @param privileges under which sockets are opened: once they are, none is needed
    /// @param encapsulatedPort own UDP port of ESP behind NATs
    public Lan(
            LanConf conf,
            int encapsulatedPort,
            Privileges privileges,
            Supplier<Instant> clock,
            Log log) {
        this.log = log;
        Opened<DhcpSockets> sockets =
                conf.dhcp().enabled()
                        ? open(
                                "no addresses from DHCP",
                                privileges,
                                () -> DhcpSockets.open(conf.dhcp()))
                        : Opened.not("charon.plugins.dhcp is not loaded");
        dhcp = sockets.made().map(open -> new Dhcp(conf.dhcp(), open, clock, log));
        addresses = dhcp.map(Dhcp::addresses).orElseGet(() -> new WithoutDhcp(sockets.why()));
        var entries = new ArpEntries();
        arp =
                (conf.answersArp()
                                ? open(
                                        "no ARP for virtual IPs",
                                        privileges,
                                        () -> answering(ArpAnswers.open(), entries))
                                : Opened.<ArpAnswers>not(""))
                        .made();
        forecast =
                (conf.forecast().enabled()
                                ? open(
                                        "no multicasts between peers and the network",
                                        privileges,
                                        () -> forecast(conf.forecast(), encapsulatedPort))
                                : Opened.<Forecast>not(""))
                        .made();
        var listeners = new ArrayList<EventSink>();
        arp.ifPresent(_ -> listeners.add(entries));
        forecast.ifPresent(listeners::add);
        events = EventSink.of(listeners);
    }

    private ArpAnswers answering(PacketSocket socket, ArpEntries entries) throws LinuxError {
        try {
            return new ArpAnswers(socket, entries, log);
        } catch (LinuxError e) {
            socket.close();
            throw e;
        }
    }

    private Forecast forecast(ForecastConf conf, int encapsulatedPort) throws IOException {
        var sockets = ForecastSockets.open(conf);
        return new Forecast(conf, sockets, Nft::byProgram, encapsulatedPort, log);
    }

    private record Opened<T>(Optional<T> made, String why) {
        static <T> Opened<T> not(String why) {
            return new Opened<>(Optional.empty(), why);
        }
    }

    private <T> Opened<T> open(String loss, Privileges privileges, Callable<T> opening) {
        try {
            return new Opened<>(Optional.of(privileges.asBefore(opening)), "");
        } catch (IOException e) {
            boolean mayNot = e.getCause() instanceof LinuxError error && error.is(Errno.EPERM);
            String why = e.getMessage() + (mayNot ? ", which needs CAP_NET_RAW" : "");
            log.log(Group.NET, 0, "%s: %s", loss, why);
            return Opened.not(why);
        }
    }

    /// Of `pools = dhcp`.
    public AddressProvider addresses() {
        return addresses;
    }

    public EventSink events() {
        return events;
    }

    @Override
    public void close() throws LinuxError {
        if (arp.isPresent()) {
            arp.get().close();
        }
        if (forecast.isPresent()) {
            forecast.get().close();
        }
        if (dhcp.isPresent()) {
            dhcp.get().close();
        }
    }

    /// Tells those who ask for it why there is none.
    private record WithoutDhcp(String why) implements AddressProvider {
        @Override
        public CompletableFuture<AddressAnswer> assign(AddressRequest request) {
            boolean meant = request.pools().contains("dhcp") && !request.wanted().isEmpty();
            return CompletableFuture.completedFuture(
                    AddressAnswer.nothing(request, meant ? "no DHCP: " + why : ""));
        }

        @Override
        public void giveBack(Lease lease) {}

        @Override
        public void takeOver(Lease lease) {}
    }
}
