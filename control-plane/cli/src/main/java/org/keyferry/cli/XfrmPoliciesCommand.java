package org.keyferry.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmNames;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "policies", description = "Shows the kernel's policies and whose they are.")
final class XfrmPoliciesCommand implements Callable<Integer> {
    private final Style style;
    private final Kernel kernel;

    @Mixin private OwnerOptions owners;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--sockets", description = "Show the policies of single sockets, too.")
    private boolean sockets;

    @Spec private CommandSpec spec;

    XfrmPoliciesCommand(Style style, Kernel kernel) {
        this.style = style;
        this.kernel = kernel;
    }

    @Override
    public Integer call() throws Exception {
        List<XfrmPolicy> policies =
                kernel.policies().stream().filter(p -> sockets || !isOfSocket(p)).toList();
        Owners whose = owners.fetch(spec.commandLine().getErr());
        if (json) {
            Json.print(
                    spec.commandLine().getOut(),
                    generator -> {
                        generator.writeStartArray();
                        for (XfrmPolicy policy : policies) {
                            XfrmJson.policy(generator, policy, whose.of(policy));
                        }
                        generator.writeEndArray();
                    });
        } else {
            table(policies, whose).print(spec.commandLine().getOut(), style);
        }
        return ExitCode.OK;
    }

    private static boolean isOfSocket(XfrmPolicy policy) {
        XfrmDirection direction = policy.id().direction();
        return direction == XfrmDirection.SOCKET_IN || direction == XfrmDirection.SOCKET_OUT;
    }

    private static Table table(List<XfrmPolicy> policies, Owners whose) {
        var table =
                new Table("DIR", "SELECTOR", "ACTION", ">PRIORITY", "TEMPLATES", "EXTRA", "OWNER");
        for (XfrmPolicy policy : policies) {
            table.row(
                    XfrmNames.direction(policy.id().direction()),
                    XfrmText.selector(policy.id().selector()),
                    XfrmNames.action(policy.action()),
                    Integer.toUnsignedString(policy.priority()),
                    XfrmText.templates(policy),
                    XfrmText.extras(policy),
                    whose.of(policy).text());
        }
        return table;
    }
}
