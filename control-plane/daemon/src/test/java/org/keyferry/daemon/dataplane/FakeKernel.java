package org.keyferry.daemon.dataplane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.KernelLink;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.StructReader;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmState;

/// Keeps what it is told as the kernel does, with the same errors, and everything it was asked.
/// Serves both protocols, whose requests are told apart by their descriptions.
final class FakeKernel implements KernelLink {
    static final int NEWSA = 0x10;
    static final int NEWPOLICY = 0x13;
    private static final int USERSA_BYTES = 224;
    private static final int SPI_OFFSET = 72;
    private static final int FIRST_SPI = 0xc000_0001;

    /// What was asked, in order: `add state esp c0ffee01 to 192.0.2.1`.
    final List<String> transcript = new ArrayList<>();

    final List<byte[]> bodies = new ArrayList<>();

    /// By what the request says after its verb.
    final Map<String, byte[]> states = new LinkedHashMap<>();

    final Map<String, byte[]> policies = new LinkedHashMap<>();
    final Map<String, byte[]> routes = new LinkedHashMap<>();
    final List<String> rules = new ArrayList<>();

    private final Map<Integer, Integer> refusals = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> heldBack = new ArrayDeque<>();
    private final List<byte[]> addresses = new ArrayList<>();
    private final Map<String, byte[]> links = new LinkedHashMap<>();
    private byte[] way;
    private boolean holding;
    private int allocated;
    private boolean closed;

    /// The request of that number, counted from 0, fails.
    void refuse(int ordinal, int errno) {
        refusals.put(ordinal, errno);
    }

    /// Answers wait for [#release]; the work is done at once.
    void hold() {
        holding = true;
    }

    void release() {
        holding = false;
        while (!heldBack.isEmpty()) {
            heldBack.remove().run();
        }
    }

    boolean isClosed() {
        return closed;
    }

    void hasAddress(InterfaceAddress address) {
        var recorder = new FakeKernel();
        var _ = new Routes(recorder).addAddress(address);
        addresses.add(recorder.bodies.getFirst());
    }

    void hasLink(int index, String name) {
        var recorder = new FakeKernel();
        var _ = new Routes(recorder).addLink(name, "dummy");
        putLink(recorder, index, name);
    }

    void hasXfrmInterface(int index, String name, int ifId) {
        var recorder = new FakeKernel();
        var _ = new Routes(recorder).addXfrmInterface(name, 0, ifId);
        putLink(recorder, index, name);
    }

    private void putLink(FakeKernel recorder, int index, String name) {
        byte[] body = recorder.bodies.getFirst();
        ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).putInt(4, index);
        links.put(name, body);
        links.put(String.valueOf(index), body);
    }

    /// What every look-up of a route answers.
    void reachesAll(Route route) {
        var recorder = new FakeKernel();
        var _ = new Routes(recorder).addRoute(route);
        way = recorder.bodies.getFirst();
    }

    void forget() {
        transcript.clear();
        bodies.clear();
    }

    /// Of the only or last request whose text begins so.
    XfrmState state(String description) throws MalformedKernelMessage {
        var event = (XfrmEvent.StateAdded) decode(NEWSA, bodyOf(description));
        return event.state();
    }

    XfrmPolicy policy(String description) throws MalformedKernelMessage {
        var event = (XfrmEvent.PolicyAdded) decode(NEWPOLICY, bodyOf(description));
        return event.policy();
    }

    /// A policy as the kernel holds it now.
    XfrmPolicy heldPolicy(String id) throws MalformedKernelMessage {
        return ((XfrmEvent.PolicyAdded) decode(NEWPOLICY, policies.get(id))).policy();
    }

    byte[] bodyOf(String description) {
        for (int i = transcript.size() - 1; i >= 0; i--) {
            if (transcript.get(i).startsWith(description)) {
                return bodies.get(i);
            }
        }
        throw new AssertionError(description + " was not asked: " + transcript);
    }

    static XfrmEvent decode(int type, byte[] body) throws MalformedKernelMessage {
        return XfrmEvent.decode(message(type, body));
    }

    @Override
    public <T> CompletableFuture<List<T>> send(KernelRequest<T> request) {
        ByteBuffer out =
                ByteBuffer.allocate(KernelRequest.MAX_BYTES).order(ByteOrder.nativeOrder());
        request.body().accept(out);
        byte[] body = Arrays.copyOf(out.array(), out.position());
        int ordinal = transcript.size();
        transcript.add(request.description());
        bodies.add(body);
        var result = new CompletableFuture<List<T>>();
        Integer refused = refusals.get(ordinal);
        var answers = new ArrayList<byte[]>();
        int errno = refused != null ? refused : handle(request, body, answers);
        Runnable completion = () -> complete(request, errno, answers, result);
        if (holding) {
            heldBack.add(completion);
        } else {
            completion.run();
        }
        return result;
    }

    @Override
    public void close() {
        closed = true;
    }

    private static <T> void complete(
            KernelRequest<T> request,
            int errno,
            List<byte[]> answers,
            CompletableFuture<List<T>> result) {
        if (errno != 0) {
            result.completeExceptionally(
                    new KernelError(
                            errno,
                            Errno.name(errno),
                            "words of the kernel",
                            request.description()));
            return;
        }
        try {
            var decoded = new ArrayList<T>();
            for (byte[] answer : answers) {
                decoded.add(request.answer().decode(message(NEWSA, answer)));
            }
            result.complete(decoded);
        } catch (MalformedKernelMessage e) {
            result.completeExceptionally(e);
        }
    }

    private int handle(KernelRequest<?> request, byte[] body, List<byte[]> answers) {
        String[] words = request.description().split(" ", 3);
        String verb = words[0] + " " + words[1];
        String object = words.length > 2 ? words[2] : "";
        return switch (verb) {
            case "allocate SPI" -> allocate(body, answers);
            case "add state" -> states.putIfAbsent(object, body) == null ? 0 : Errno.EEXIST;
            case "update state" -> states.replace(object, body) != null ? 0 : Errno.ESRCH;
            case "delete state" -> states.remove(object) != null ? 0 : Errno.ESRCH;
            case "list states" -> answerAll(answers, states.values());
            case "add policy" -> policies.putIfAbsent(object, body) == null ? 0 : Errno.EEXIST;
            case "update policy" -> put(policies, object, body);
            case "delete policy" -> policies.remove(object) != null ? 0 : Errno.ENOENT;
            case "add route" -> put(routes, object, body);
            case "delete route" -> routes.remove(object) != null ? 0 : Errno.ESRCH;
            case "get state" -> answerOne(answers, states.get(object));
            case "get link" -> answerOne(answers, links.get(object));
            case "list links" -> answerAll(answers, links.values());
            case "list addresses" -> answerAll(answers, ofFamily(body[0]));
            case "look up" -> lookUp(answers);
            case "add rule" -> addRule(object + " family " + body[0]);
            case "delete rule" -> rules.remove(object + " family " + body[0]) ? 0 : Errno.ENOENT;
            default -> 0;
        };
    }

    private int allocate(byte[] body, List<byte[]> answers) {
        byte[] larval = Arrays.copyOf(body, USERSA_BYTES);
        int spi = FIRST_SPI + allocated++;
        ByteBuffer.wrap(larval).putInt(SPI_OFFSET, spi);
        answers.add(larval);
        try {
            var event = (XfrmEvent.StateAdded) decode(NEWSA, larval);
            states.put(event.state().id().toString(), larval);
        } catch (MalformedKernelMessage e) {
            throw new AssertionError(e);
        }
        return 0;
    }

    private int addRule(String rule) {
        if (rules.contains(rule)) {
            return Errno.EEXIST;
        }
        rules.add(rule);
        return 0;
    }

    private int lookUp(List<byte[]> answers) {
        if (way == null) {
            return 101; // ENETUNREACH
        }
        answers.add(way);
        return 0;
    }

    private List<byte[]> ofFamily(byte family) {
        return addresses.stream().filter(address -> address[0] == family).toList();
    }

    private static int put(Map<String, byte[]> objects, String key, byte[] body) {
        objects.put(key, body);
        return 0;
    }

    private static int answerOne(List<byte[]> answers, byte[] object) {
        if (object == null) {
            return 19; // ENODEV
        }
        answers.add(object);
        return 0;
    }

    private static int answerAll(List<byte[]> answers, Iterable<byte[]> objects) {
        objects.forEach(answers::add);
        return 0;
    }

    private static NetlinkMessage message(int type, byte[] body) {
        return new NetlinkMessage(type, 0, 0, 0, new StructReader(ByteBuffer.wrap(body)));
    }
}
