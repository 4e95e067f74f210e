package millrace.bench.groups;

import java.net.InetSocketAddress;
import java.util.List;

/// The command line of the loads in this package.
public final class GroupLoads {
    private static final String USAGE = """
            groups commits HOST:PORT PID GROUPS SECONDS RATE
                GROUPS groups commit one offset each, again and again; RATE commits a second altogether, 0 for as many as are answered
            groups members HOST:PORT PID classic|consumer MEMBERS TOPICS PARTITIONS_OF_EACH
                MEMBERS members come to one group, rest, and one of them leaves
            PID is the broker's process, whose processor time is read from /proc""";

    private GroupLoads() {}

    public static void main(String[] arguments) throws Exception {
        var words = List.of(arguments);
        if (words.size() == 6 && words.getFirst().equals("commits")) {
            System.out.println(new CommitLoad(address(words.get(1)), cpuOf(words.get(2)), number(words.get(3)), number(words.get(4)), number(words.get(5))).run());
        } else if (words.size() == 7 && words.getFirst().equals("members")) {
            System.out.println(new MemberLoad(address(words.get(1)), cpuOf(words.get(2)), protocol(words.get(3)), number(words.get(4)), number(words.get(5)), number(words.get(6))).run());
        } else {
            System.err.println(USAGE);
            System.exit(2);
        }
        System.exit(0);     // what still waits for an answer is not waited for
    }

    private static InetSocketAddress address(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        if (colon < 1) throw new IllegalArgumentException("'" + hostAndPort + "' is not HOST:PORT");
        return new InetSocketAddress(hostAndPort.substring(0, colon), number(hostAndPort.substring(colon + 1)));
    }

    private static BrokerCpu cpuOf(String pid) {
        return new BrokerCpu(number(pid));
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private static MemberLoad.Protocol protocol(String name) {
        return switch (name) {
            case "classic"  -> MemberLoad.Protocol.CLASSIC;
            case "consumer" -> MemberLoad.Protocol.CONSUMER;
            default         -> throw new IllegalArgumentException("'" + name + "' is no group protocol: classic or consumer");
        };
    }
}
