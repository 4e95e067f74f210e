package millrace.app;

import java.nio.file.Path;
import java.util.List;

import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;

/// What a started node tells: what listens where, where the data is, and what to try next.
final class Banner {
    private Banner() {}

    static String of(NodeSettings settings, RunningNode node, long readyMs) {
        StringBuilder text = new StringBuilder();
        text.append("Millrace ").append(Version.TEXT).append(", node ").append(settings.nodeId()).append(" (")
                .append(settings.isBroker() ? settings.isController() ? "broker and controller" : "broker" : "controller").append(")\n");
        for (ListenerAddress address : node.listening()) if (!isController(settings, address)) line(text, "clients", address.toString());
        for (ListenerAddress address : node.listening()) if (isController(settings, address)) line(text, "controller", address.toString());
        for (Path directory : settings.logDirectories()) line(text, "data", directory.toString());
        if (!settings.logDirectories().contains(settings.metadataLogDirectory())) line(text, "metadata", settings.metadataLogDirectory().toString());
        line(text, "cluster id", node.clusterId());
        line(text, "durability", durability(settings.all().values().string("millrace.durability")));
        line(text, "ready", "after " + readyMs + " ms; Ctrl-C stops it");
        if (settings.isBroker()) tryNext(text, settings, node.listening());
        return text.toString();
    }

    private static boolean isController(NodeSettings settings, ListenerAddress address) {
        return settings.controllerListenerNames().contains(address.name());
    }

    private static void line(StringBuilder text, String what, String value) {
        text.append("  ").append(what).append(" ".repeat(12 - what.length())).append(value).append('\n');
    }

    private static String durability(String value) {
        return value + (value.equals("fsync") ? ": acks=all is answered once records are on disk" : ": acks=all is answered once replicas have the records in memory");
    }

    private static void tryNext(StringBuilder text, NodeSettings settings, List<ListenerAddress> listening) {
        HostPort client = listening.stream().filter(address -> !isController(settings, address)).map(ListenerAddress::address).findFirst().orElseThrow();
        String host = client.host().isEmpty() || client.host().equals("0.0.0.0") ? "127.0.0.1" : client.host();
        String server = host.equals("127.0.0.1") && client.port() == 9092 ? "" : " --bootstrap-server " + new HostPort(host, client.port());
        text.append("Try next, in another terminal:\n")
                .append("  echo 'hello, world' | ./millrace produce --topic greetings").append(server).append('\n')
                .append("  ./millrace consume --topic greetings --from-beginning").append(server).append('\n');
    }
}
