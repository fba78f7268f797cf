package org.keyferry.wire;

import static org.keyferry.wire.EapSimAttribute.ANY_ID_REQ;
import static org.keyferry.wire.EapSimAttribute.AUTN;
import static org.keyferry.wire.EapSimAttribute.AUTS;
import static org.keyferry.wire.EapSimAttribute.BIDDING;
import static org.keyferry.wire.EapSimAttribute.CHECKCODE;
import static org.keyferry.wire.EapSimAttribute.CLIENT_ERROR_CODE;
import static org.keyferry.wire.EapSimAttribute.COUNTER;
import static org.keyferry.wire.EapSimAttribute.ENCR_DATA;
import static org.keyferry.wire.EapSimAttribute.FULLAUTH_ID_REQ;
import static org.keyferry.wire.EapSimAttribute.IDENTITY;
import static org.keyferry.wire.EapSimAttribute.IV;
import static org.keyferry.wire.EapSimAttribute.KDF;
import static org.keyferry.wire.EapSimAttribute.KDF_INPUT;
import static org.keyferry.wire.EapSimAttribute.MAC;
import static org.keyferry.wire.EapSimAttribute.NEXT_PSEUDONYM;
import static org.keyferry.wire.EapSimAttribute.NEXT_REAUTH_ID;
import static org.keyferry.wire.EapSimAttribute.NONCE_MT;
import static org.keyferry.wire.EapSimAttribute.NONCE_S;
import static org.keyferry.wire.EapSimAttribute.NOTIFICATION;
import static org.keyferry.wire.EapSimAttribute.PADDING;
import static org.keyferry.wire.EapSimAttribute.PERMANENT_ID_REQ;
import static org.keyferry.wire.EapSimAttribute.RAND;
import static org.keyferry.wire.EapSimAttribute.RES;
import static org.keyferry.wire.EapSimAttribute.RESULT_IND;
import static org.keyferry.wire.EapSimAttribute.SELECTED_VERSION;
import static org.keyferry.wire.EapSimAttribute.VERSION_LIST;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Kinds of packets, and which attributes each may have (RFC 4186 §10.1, RFC 4187 §10.1, RFC 9048
/// §3).
public enum EapSimSubtype {
    AKA_CHALLENGE(1),
    AKA_AUTHENTICATION_REJECT(2),
    AKA_SYNCHRONIZATION_FAILURE(4),
    AKA_IDENTITY(5),
    SIM_START(10),
    SIM_CHALLENGE(11),
    NOTIFICATION_ROUND(12),
    REAUTHENTICATION(13),
    CLIENT_ERROR(14);

    private final int number;

    EapSimSubtype(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static Optional<EapSimSubtype> of(int number, EapSimMethod method) {
        return Arrays.stream(values())
                .filter(subtype -> subtype.number == number && subtype.isOf(method))
                .findFirst();
    }

    private boolean isOf(EapSimMethod method) {
        return switch (this) {
            case AKA_CHALLENGE,
                    AKA_AUTHENTICATION_REJECT,
                    AKA_SYNCHRONIZATION_FAILURE,
                    AKA_IDENTITY ->
                    method != EapSimMethod.SIM;
            case SIM_START, SIM_CHALLENGE -> method == EapSimMethod.SIM;
            case NOTIFICATION_ROUND, REAUTHENTICATION, CLIENT_ERROR -> true;
        };
    }

    Set<EapSimAttribute> attributes(EapSimMethod method, boolean request) {
        Set<EapSimAttribute> allowed = request ? inRequest() : inResponse();
        if (method != EapSimMethod.AKA_PRIME) {
            allowed.remove(KDF);
            allowed.remove(KDF_INPUT);
        }
        if (method != EapSimMethod.AKA) {
            allowed.remove(BIDDING);
        }
        return allowed;
    }

    private Set<EapSimAttribute> inRequest() {
        return switch (this) {
            case AKA_CHALLENGE ->
                    EnumSet.of(
                            RAND,
                            AUTN,
                            KDF,
                            KDF_INPUT,
                            MAC,
                            IV,
                            ENCR_DATA,
                            CHECKCODE,
                            RESULT_IND,
                            BIDDING);
            case AKA_IDENTITY -> EnumSet.of(PERMANENT_ID_REQ, ANY_ID_REQ, FULLAUTH_ID_REQ);
            case SIM_START ->
                    EnumSet.of(PERMANENT_ID_REQ, ANY_ID_REQ, FULLAUTH_ID_REQ, VERSION_LIST);
            case SIM_CHALLENGE -> EnumSet.of(RAND, MAC, IV, ENCR_DATA, RESULT_IND);
            case NOTIFICATION_ROUND -> EnumSet.of(NOTIFICATION, MAC, IV, ENCR_DATA);
            case REAUTHENTICATION -> EnumSet.of(MAC, IV, ENCR_DATA, CHECKCODE, RESULT_IND);
            case AKA_AUTHENTICATION_REJECT, AKA_SYNCHRONIZATION_FAILURE, CLIENT_ERROR ->
                    EnumSet.noneOf(EapSimAttribute.class);
        };
    }

    private Set<EapSimAttribute> inResponse() {
        return switch (this) {
            case AKA_CHALLENGE -> EnumSet.of(RES, KDF, MAC, IV, ENCR_DATA, CHECKCODE, RESULT_IND);
            case AKA_AUTHENTICATION_REJECT -> EnumSet.noneOf(EapSimAttribute.class);
            case AKA_SYNCHRONIZATION_FAILURE -> EnumSet.of(AUTS, KDF);
            case AKA_IDENTITY -> EnumSet.of(IDENTITY);
            case SIM_START -> EnumSet.of(IDENTITY, NONCE_MT, SELECTED_VERSION);
            case SIM_CHALLENGE -> EnumSet.of(MAC, IV, ENCR_DATA, RESULT_IND);
            case NOTIFICATION_ROUND -> EnumSet.of(MAC, IV, ENCR_DATA);
            case REAUTHENTICATION -> EnumSet.of(MAC, IV, ENCR_DATA, CHECKCODE, RESULT_IND);
            case CLIENT_ERROR -> EnumSet.of(CLIENT_ERROR_CODE);
        };
    }

    /// Inside of AT_ENCR_DATA.
    Set<EapSimAttribute> hidden(boolean request) {
        return switch (this) {
            case AKA_CHALLENGE, SIM_CHALLENGE ->
                    request
                            ? EnumSet.of(NEXT_PSEUDONYM, NEXT_REAUTH_ID, PADDING)
                            : EnumSet.of(PADDING);
            case REAUTHENTICATION ->
                    request
                            ? EnumSet.of(COUNTER, NONCE_S, NEXT_REAUTH_ID, PADDING)
                            : EnumSet.of(COUNTER, EapSimAttribute.COUNTER_TOO_SMALL, PADDING);
            case NOTIFICATION_ROUND -> EnumSet.of(COUNTER, PADDING);
            default -> EnumSet.noneOf(EapSimAttribute.class);
        };
    }
}
