package org.keyferry.nativeshim.cryptoki;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The functions of one PKCS#11 module, a shared library, by the places that they have in its
/// CK_FUNCTION_LIST. CK_ULONG is a `long`, as on every 64-bit Linux. Each call may take as long as
/// the token does, and keeps its thread meanwhile.
@SuppressWarnings("restricted")
public final class Cryptoki {
    private static final int ULONG = 8;
    private static final int FIRST_FUNCTION = 8;
    private static final int ATTRIBUTE_BYTES = 24;
    private static final int TOKEN_INFO_BYTES = 208;
    private static final int TOKEN_FLAGS_AT = 96;
    private static final int INITIALIZE_ARGUMENTS_BYTES = 48;
    private static final int INITIALIZE_FLAGS_AT = 32;
    private static final long OS_LOCKING = 2;
    private static final long SERIAL_SESSION = 4;
    private static final int MOST_SLOTS = 256;
    private static final int MOST_MECHANISMS = 4_096;
    private static final int MOST_OBJECTS = 1_024;
    private static final int MOST_VALUE_BYTES = 1 << 16;
    private static final int MOST_SIGNATURE_BYTES = 4_096;

    /// Users of C_Login.
    public static final long USER = 1;

    /// Who allows one use of a key.
    public static final long CONTEXT_SPECIFIC = 2;

    /// Names, places in the list, and parameters: `u` CK_ULONG, `b` CK_BBOOL, `p` a pointer.
    private enum Function {
        C_Initialize(0, "p"),
        C_Finalize(1, "p"),
        C_GetSlotList(4, "bpp"),
        C_GetTokenInfo(6, "up"),
        C_GetMechanismList(7, "upp"),
        C_OpenSession(12, "uuppp"),
        C_CloseSession(13, "u"),
        C_CloseAllSessions(14, "u"),
        C_Login(18, "uupu"),
        C_GetAttributeValue(24, "uupu"),
        C_FindObjectsInit(26, "upu"),
        C_FindObjects(27, "upup"),
        C_FindObjectsFinal(28, "u"),
        C_SignInit(42, "upu"),
        C_Sign(43, "upupp");

        private final int place;
        private final String parameters;

        Function(int place, String parameters) {
            this.place = place;
            this.parameters = parameters;
        }

        FunctionDescriptor descriptor() {
            return FunctionDescriptor.of(
                    JAVA_LONG,
                    parameters
                            .chars()
                            .mapToObj(
                                    c ->
                                            switch (c) {
                                                case 'u' -> JAVA_LONG;
                                                case 'b' -> ValueLayout.JAVA_BYTE;
                                                default -> ADDRESS;
                                            })
                            .toArray(MemoryLayout[]::new));
        }
    }

    private final Map<Function, MethodHandle> functions = new EnumMap<>(Function.class);

    private Cryptoki(MemorySegment list) {
        for (Function function : Function.values()) {
            MemorySegment address =
                    list.get(ADDRESS, FIRST_FUNCTION + (long) ULONG * function.place);
            if (address.address() != 0) {
                functions.put(
                        function,
                        Linker.nativeLinker().downcallHandle(address, function.descriptor()));
            }
        }
    }

    /// Loads a module for as long as the process lives.
    ///
    /// @param osLocking it may be called by several threads at a time, and uses the system's locks
    /// @throws IllegalArgumentException if there is no such library, or it is no such module
    public static Cryptoki open(String library, boolean osLocking) throws CryptokiError {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        MemorySegment entry =
                symbols.find("C_GetFunctionList")
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                library + " has no C_GetFunctionList"));
        MethodHandle getFunctionList =
                linker.downcallHandle(entry, FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocate(ADDRESS);
            check("C_GetFunctionList", (long) getFunctionList.invoke(pointer));
            MemorySegment list = pointer.get(ADDRESS, 0);
            if (list.address() == 0) {
                throw new IllegalArgumentException(library + " has no functions");
            }
            long last = FIRST_FUNCTION + (long) ULONG * (Function.C_Sign.place + 1);
            var cryptoki = new Cryptoki(list.reinterpret(last));
            cryptoki.initialize(osLocking);
            return cryptoki;
        } catch (CryptokiError | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Does nothing where somebody in this process did it before.
    public void initialize(boolean osLocking) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(INITIALIZE_ARGUMENTS_BYTES, ULONG);
            arguments.set(JAVA_LONG, INITIALIZE_FLAGS_AT, osLocking ? OS_LOCKING : 0);
            call(Function.C_Initialize, arguments);
        } catch (CryptokiError e) {
            if (e.code() != CryptokiError.CRYPTOKI_ALREADY_INITIALIZED) {
                throw e;
            }
        }
    }

    /// Ends the module's work for everybody in this process, with all sessions; [#initialize]
    /// begins it anew.
    public void finish() throws CryptokiError {
        call(Function.C_Finalize, MemorySegment.NULL);
    }

    /// Slots with a token in them.
    public List<Long> slots() throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            byte present = 1;
            // asking for the number first is what makes a module look for new tokens
            call(Function.C_GetSlotList, present, MemorySegment.NULL, count);
            MemorySegment slots = arena.allocate(JAVA_LONG, MOST_SLOTS);
            count.set(JAVA_LONG, 0, MOST_SLOTS);
            call(Function.C_GetSlotList, present, slots, count);
            return longs(slots, count, MOST_SLOTS);
        }
    }

    private static List<Long> longs(MemorySegment values, MemorySegment count, int most) {
        long number = Math.clamp(count.get(JAVA_LONG, 0), 0L, most);
        return Arrays.stream(values.asSlice(0, number * ULONG).toArray(JAVA_LONG)).boxed().toList();
    }

    public TokenInfo tokenInfo(long slot) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, ULONG);
            call(Function.C_GetTokenInfo, slot, info);
            return new TokenInfo(
                    text(info, 0, 32),
                    text(info, 32, 32),
                    text(info, 64, 16),
                    text(info, 80, 16),
                    info.get(JAVA_LONG, TOKEN_FLAGS_AT));
        }
    }

    private static String text(MemorySegment info, int at, int bytes) {
        byte[] padded = info.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
        return new String(padded, StandardCharsets.UTF_8).stripTrailing();
    }

    /// Types of what the token can compute.
    public List<Long> mechanisms(long slot) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            MemorySegment types = arena.allocate(JAVA_LONG, MOST_MECHANISMS);
            count.set(JAVA_LONG, 0, MOST_MECHANISMS);
            call(Function.C_GetMechanismList, slot, types, count);
            return longs(types, count, MOST_MECHANISMS);
        }
    }

    /// A session that only reads.
    public long openSession(long slot) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment session = arena.allocate(JAVA_LONG);
            call(
                    Function.C_OpenSession,
                    slot,
                    SERIAL_SESSION,
                    MemorySegment.NULL,
                    MemorySegment.NULL,
                    session);
            return session.get(JAVA_LONG, 0);
        }
    }

    public void closeSession(long session) throws CryptokiError {
        call(Function.C_CloseSession, session);
    }

    /// Those of everybody in this process.
    public void closeAllSessions(long slot) throws CryptokiError {
        call(Function.C_CloseAllSessions, slot);
    }

    /// @param pin empty if it is entered at the reader
    public void login(long session, long user, Optional<byte[]> pin) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            if (pin.isEmpty()) {
                call(Function.C_Login, session, user, MemorySegment.NULL, 0L);
                return;
            }
            MemorySegment copy = arena.allocate(Math.max(1, pin.get().length));
            try {
                MemorySegment.copy(pin.get(), 0, copy, ValueLayout.JAVA_BYTE, 0, pin.get().length);
                call(Function.C_Login, session, user, copy, (long) pin.get().length);
            } finally {
                copy.fill((byte) 0);
            }
        }
    }

    /// Handles of objects that have all these values.
    ///
    /// @param wanted `Long`, `Boolean` or `byte[]` by attribute
    public List<Long> find(long session, Map<Long, Object> wanted) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment template = arena.allocate((long) ATTRIBUTE_BYTES * wanted.size(), ULONG);
            int at = 0;
            for (var each : new TreeMap<>(wanted).entrySet()) {
                MemorySegment value = value(arena, each.getValue());
                put(template, at, each.getKey(), value, value.byteSize());
                at += ATTRIBUTE_BYTES;
            }
            call(Function.C_FindObjectsInit, session, template, (long) wanted.size());
            try {
                return found(arena, session);
            } finally {
                call(Function.C_FindObjectsFinal, session);
            }
        }
    }

    private List<Long> found(Arena arena, long session) throws CryptokiError {
        MemorySegment count = arena.allocate(JAVA_LONG);
        MemorySegment some = arena.allocate(JAVA_LONG, MOST_OBJECTS);
        var all = new ArrayList<Long>();
        while (all.size() < MOST_OBJECTS) { // several at a time, until there are none
            call(Function.C_FindObjects, session, some, (long) MOST_OBJECTS - all.size(), count);
            List<Long> more = longs(some, count, MOST_OBJECTS);
            if (more.isEmpty()) {
                break;
            }
            all.addAll(more);
        }
        return all;
    }

    private static MemorySegment value(Arena arena, Object value) {
        return switch (value) {
            case Long number -> arena.allocateFrom(JAVA_LONG, number);
            case Boolean truth -> arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (truth ? 1 : 0));
            case byte[] bytes -> arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            default -> throw new IllegalArgumentException(value.getClass().getName());
        };
    }

    private static void put(
            MemorySegment template, int at, long type, MemorySegment value, long lengthBytes) {
        template.set(JAVA_LONG, at, type);
        template.set(ADDRESS, at + (long) ULONG, value);
        template.set(JAVA_LONG, at + 2L * ULONG, lengthBytes);
    }

    /// Value of an object's attribute; empty if it has none, or does not tell it.
    public Optional<byte[]> attribute(long session, long object, long type) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, ULONG);
            put(attribute, 0, type, MemorySegment.NULL, 0);
            call(Function.C_GetAttributeValue, session, object, attribute, 1L);
            long lengthBytes = attribute.get(JAVA_LONG, 2L * ULONG);
            if (lengthBytes <= 0 || lengthBytes > MOST_VALUE_BYTES) {
                return Optional.empty(); // -1 where it is not told
            }
            MemorySegment value = arena.allocate(lengthBytes);
            put(attribute, 0, type, value, lengthBytes);
            call(Function.C_GetAttributeValue, session, object, attribute, 1L);
            return Optional.of(value.toArray(ValueLayout.JAVA_BYTE));
        } catch (CryptokiError e) {
            if (e.code() == CryptokiError.ATTRIBUTE_TYPE_INVALID
                    || e.code() == CryptokiError.ATTRIBUTE_SENSITIVE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public Optional<Long> number(long session, long object, long type) throws CryptokiError {
        return attribute(session, object, type)
                .filter(value -> value.length == ULONG)
                .map(value -> MemorySegment.ofArray(value).get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
    }

    public boolean isSet(long session, long object, long type) throws CryptokiError {
        return attribute(session, object, type).filter(value -> value[0] != 0).isPresent();
    }

    /// Begins a signature, which [#sign] ends.
    public void beginSigning(long session, Mechanism mechanism, long key) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(3L * ULONG, ULONG);
            struct.set(JAVA_LONG, 0, mechanism.type());
            if (mechanism.pss().isPresent()) {
                Mechanism.Pss pss = mechanism.pss().get();
                MemorySegment parameters =
                        arena.allocateFrom(JAVA_LONG, pss.hash(), pss.mask(), pss.saltBytes());
                struct.set(ADDRESS, ULONG, parameters);
                struct.set(JAVA_LONG, 2L * ULONG, parameters.byteSize());
            }
            call(Function.C_SignInit, session, struct, key);
        }
    }

    public byte[] sign(long session, byte[] data) throws CryptokiError {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(Math.max(1, data.length));
            MemorySegment.copy(data, 0, in, ValueLayout.JAVA_BYTE, 0, data.length);
            MemorySegment out = arena.allocate(MOST_SIGNATURE_BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_LONG, MOST_SIGNATURE_BYTES);
            call(Function.C_Sign, session, in, (long) data.length, out, length);
            long lengthBytes = Math.clamp(length.get(JAVA_LONG, 0), 0L, MOST_SIGNATURE_BYTES);
            return out.asSlice(0, lengthBytes).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void call(Function function, Object... arguments) throws CryptokiError {
        MethodHandle handle = functions.get(function);
        if (handle == null) {
            throw new IllegalStateException("the module has no " + function);
        }
        long result;
        try {
            result = (long) handle.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // a function of C throws nothing
        }
        check(function.name(), result);
    }

    private static void check(String function, long result) throws CryptokiError {
        if (result != 0) {
            throw new CryptokiError(function, result);
        }
    }
}
