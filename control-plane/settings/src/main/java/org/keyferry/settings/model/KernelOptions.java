package org.keyferry.settings.model;

import java.util.Optional;

/// Options of a CHILD_SA that only the kernel sees.
///
/// @param policies whether policies are installed at all
/// @param policiesFwdOut also forward policies in outbound direction
/// @param reqid unsigned; 0 means allocated
/// @param priority unsigned kernel policy priority; 0 means computed
/// @param device outbound policies apply to this network device only
/// @param replayWindow packets; 0 switches replay protection off
/// @param markInSa `markIn` is set on the inbound SA too
/// @param setMarkIn put on packets after inbound processing
/// @param setMarkOut put on packets after outbound processing
/// @param ifIdIn none means that of the connection
/// @param ifIdOut as `ifIdIn`
/// @param icmp ICMP errors that match the reverse of a policy are accepted
/// @param tfcPaddingBytes 0 for none, -1 up to the path MTU
/// @param sha256Truncated HMAC-SHA-256 with 96 bits instead of 128
public record KernelOptions(
        boolean policies,
        boolean policiesFwdOut,
        int reqid,
        int priority,
        Optional<String> device,
        int replayWindow,
        Mark markIn,
        Mark markOut,
        boolean markInSa,
        Mark setMarkIn,
        Mark setMarkOut,
        InterfaceId ifIdIn,
        InterfaceId ifIdOut,
        boolean copyDf,
        boolean copyEcn,
        CopyDscp copyDscp,
        boolean icmp,
        int tfcPaddingBytes,
        HwOffload hwOffload,
        boolean sha256Truncated) {

    /// What holds where nothing is configured.
    public static final KernelOptions DEFAULT = new Builder().build();

    public static Builder builder() {
        return new Builder();
    }

    /// Starts from the defaults.
    public static final class Builder {
        private boolean policies = true;
        private boolean policiesFwdOut;
        private int reqid;
        private int priority;
        private Optional<String> device = Optional.empty();
        private int replayWindow = 32;
        private Mark markIn = Mark.NONE;
        private Mark markOut = Mark.NONE;
        private boolean markInSa;
        private Mark setMarkIn = Mark.NONE;
        private Mark setMarkOut = Mark.NONE;
        private InterfaceId ifIdIn = InterfaceId.NONE;
        private InterfaceId ifIdOut = InterfaceId.NONE;
        private boolean copyDf = true;
        private boolean copyEcn = true;
        private CopyDscp copyDscp = CopyDscp.OUT;
        private boolean icmp;
        private int tfcPaddingBytes;
        private HwOffload hwOffload = HwOffload.NO;
        private boolean sha256Truncated;

        private Builder() {}

        public Builder policies(boolean installed, boolean forwardOut) {
            policies = installed;
            policiesFwdOut = forwardOut;
            return this;
        }

        public Builder reqid(int number) {
            reqid = number;
            return this;
        }

        public Builder priority(int number) {
            priority = number;
            return this;
        }

        public Builder device(Optional<String> name) {
            device = name;
            return this;
        }

        public Builder replayWindow(int packets) {
            replayWindow = packets;
            return this;
        }

        public Builder marks(Mark in, Mark out) {
            markIn = in;
            markOut = out;
            return this;
        }

        public Builder markInSa(boolean wanted) {
            markInSa = wanted;
            return this;
        }

        public Builder setMarks(Mark in, Mark out) {
            setMarkIn = in;
            setMarkOut = out;
            return this;
        }

        public Builder ifIds(InterfaceId in, InterfaceId out) {
            ifIdIn = in;
            ifIdOut = out;
            return this;
        }

        public Builder copy(boolean df, boolean ecn, CopyDscp dscp) {
            copyDf = df;
            copyEcn = ecn;
            copyDscp = dscp;
            return this;
        }

        public Builder icmp(boolean accepted) {
            icmp = accepted;
            return this;
        }

        public Builder tfcPaddingBytes(int count) {
            tfcPaddingBytes = count;
            return this;
        }

        public Builder hwOffload(HwOffload wanted) {
            hwOffload = wanted;
            return this;
        }

        public Builder sha256Truncated(boolean wanted) {
            sha256Truncated = wanted;
            return this;
        }

        public KernelOptions build() {
            return new KernelOptions(
                    policies,
                    policiesFwdOut,
                    reqid,
                    priority,
                    device,
                    replayWindow,
                    markIn,
                    markOut,
                    markInSa,
                    setMarkIn,
                    setMarkOut,
                    ifIdIn,
                    ifIdOut,
                    copyDf,
                    copyEcn,
                    copyDscp,
                    icmp,
                    tfcPaddingBytes,
                    hwOffload,
                    sha256Truncated);
        }
    }
}
