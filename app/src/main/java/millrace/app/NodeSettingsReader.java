package millrace.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import millrace.app.NodeSettings.Advertised;
import millrace.app.NodeSettings.Listener;
import millrace.settings.BrokerSettings;
import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;
import millrace.settings.SecurityProtocol;
import millrace.settings.SettingValues;
import millrace.settings.VoterAddress;

/// Checks what single settings cannot know of each other (names of listeners, roles, quorum), and fills in what follows
/// from them. All problems are collected, so that an operator mends a file once. Source: KIP-103, KIP-631, KIP-853.
final class NodeSettingsReader {
    private final BrokerSettings all;
    private final SettingValues values;
    private final Path workingDirectory;
    private final Supplier<String> hostName;
    private final List<String> problems = new ArrayList<>();

    /// @param hostName asked only where a wildcard address must be advertised
    NodeSettingsReader(BrokerSettings all, Path workingDirectory, Supplier<String> hostName) {
        this.all = all;
        this.values = all.values();
        this.workingDirectory = workingDirectory;
        this.hostName = hostName;
    }

    /// @return one sentence for each problem found; the result of [#read] is of use only when there is none
    List<String> problems() {
        return problems;
    }

    /// @param clusterId as asked for, null for none
    NodeSettings read(String clusterId) {
        int nodeId = values.integer("node.id");
        List<String> roles = values.list("process.roles");
        boolean broker = roles.contains("broker"), controller = roles.contains("controller");
        List<String> controllerNames = values.list("controller.listener.names").stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
        List<Listener> listeners = listeners(broker, controller, controllerNames);
        List<Advertised> advertised = broker ? advertised(listeners) : List.of();
        String interBroker = broker ? interBroker(advertised) : null;
        List<VoterAddress> voters = values.list("controller.quorum.voters").stream().map(VoterAddress::parse).toList();
        List<HostPort> bootstrap = values.list("controller.quorum.bootstrap.servers").stream().map(HostPort::parse).toList();
        boolean standalone = controller && voters.isEmpty() && bootstrap.isEmpty();
        if (standalone) voters = alone(nodeId, listeners);
        checkQuorum(nodeId, controller, voters, bootstrap);
        checkAuthorizer();
        checkClusterId(clusterId);
        List<Path> logDirectories = logDirectories();
        checkCordoned(logDirectories);
        String metadata = values.string("metadata.log.dir");
        return new NodeSettings(nodeId, broker, controller, listeners, advertised, interBroker, controllerNames, voters, standalone, bootstrap,
                logDirectories, metadata == null ? logDirectories.getFirst() : absolute(metadata), clusterId, values.string("broker.rack"), ConnectionSettings.overrides(values, problems::add), all);
    }

    /// To start all the same would open to everybody what an operator has closed.
    private void checkAuthorizer() {
        if (!values.string("authorizer.class.name").isEmpty())
            problems.add("authorizer.class.name is set, but this version has no authorizer yet, so everybody could do everything: remove it to run without access control.");
    }

    private List<Listener> listeners(boolean broker, boolean controller, List<String> controllerNames) {
        Map<String, SecurityProtocol> protocols = protocols();
        List<Listener> listeners = new ArrayList<>();
        for (ListenerAddress address : addresses("listeners")) {
            boolean ofController = controllerNames.contains(address.name());
            SecurityProtocol protocol = protocols.get(address.name());
            if (protocol == null && ofController && !values.isSet("listener.security.protocol.map")) protocol = SecurityProtocol.PLAINTEXT;
            if (protocol == null)
                problems.add("listeners names " + address.name() + ", but listener.security.protocol.map does not say what it speaks: add "
                        + address.name() + ":PLAINTEXT to it.");
            else if (protocol != SecurityProtocol.PLAINTEXT)
                problems.add("The listener " + address + " speaks " + protocol + ", which this version does not have yet: use PLAINTEXT.");
            else listeners.add(new Listener(address, protocol, ofController, ConnectionSettings.ofListener(all, address.name())));
            if (ofController && !controller)
                problems.add("listeners names " + address.name() + ", a listener of controllers, but process.roles has no controller: remove it from listeners.");
        }
        for (String name : controllerNames)
            if (controller && addresses("listeners").stream().noneMatch(address -> address.name().equals(name)))
                problems.add("controller.listener.names has " + name + ", but listeners has no address for it: add " + name + "://127.0.0.1:9093 to listeners.");
        if (broker && controllerNames.containsAll(addresses("listeners").stream().map(ListenerAddress::name).toList()))
            problems.add("This node is a broker, but listeners has only listeners of controllers: add PLAINTEXT://127.0.0.1:9092 to listeners.");
        return List.copyOf(listeners);
    }

    private Map<String, SecurityProtocol> protocols() {
        Map<String, SecurityProtocol> protocols = new LinkedHashMap<>();
        String text = values.string("listener.security.protocol.map");
        for (String pair : text.split(",")) {
            if (pair.isBlank()) continue;
            int colon = pair.indexOf(':');
            SecurityProtocol protocol = colon < 0 ? null : SecurityProtocol.named(pair.substring(colon + 1).trim());
            if (protocol == null) problems.add("listener.security.protocol.map cannot have '" + pair.trim() + "': write NAME:PROTOCOL with PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.");
            else protocols.put(pair.substring(0, colon).trim().toUpperCase(Locale.ROOT), protocol);
        }
        return protocols;
    }

    private List<ListenerAddress> addresses(String key) {
        List<ListenerAddress> addresses = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (String text : values.list(key)) {
            ListenerAddress address = ListenerAddress.parse(text);
            if (address == null) problem(key + " cannot have '" + text + "': write NAME://host:port, such as PLAINTEXT://127.0.0.1:9092.");
            else if (!names.add(address.name())) problem(key + " names " + address.name() + " twice: give each listener a name of its own (listener.security.protocol.map says what it speaks).");
            else addresses.add(address);
        }
        return addresses;
    }

    /// Adds a problem that several questions meet only once.
    private void problem(String text) {
        if (!problems.contains(text)) problems.add(text);
    }

    private List<Advertised> advertised(List<Listener> listeners) {
        List<Advertised> advertised = new ArrayList<>();
        if (!values.has("advertised.listeners")) {
            for (Listener listener : listeners) if (!listener.controller()) advertised.add(new Advertised(reachable(listener.address()), listener.protocol()));
            return List.copyOf(advertised);
        }
        for (ListenerAddress address : addresses("advertised.listeners")) {
            Listener listener = listeners.stream().filter(candidate -> candidate.name().equals(address.name())).findFirst().orElse(null);
            if (listener == null) problem("advertised.listeners has " + address.name() + ", which listeners does not name: they must agree.");
            else if (isWildcard(address.address())) problem("advertised.listeners cannot have " + address + ": clients need an address that they can reach, not a wildcard.");
            else if (!listener.controller()) advertised.add(new Advertised(address, listener.protocol()));
        }
        return List.copyOf(advertised);
    }

    private ListenerAddress reachable(ListenerAddress address) {
        return isWildcard(address.address()) ? new ListenerAddress(address.name(), new HostPort(hostName.get(), address.address().port())) : address;
    }

    private static boolean isWildcard(HostPort address) {
        return address.host().isEmpty() || address.host().equals("0.0.0.0") || address.host().equals("::");
    }

    private String interBroker(List<Advertised> advertised) {
        String name = values.string("inter.broker.listener.name");
        if (name != null && values.isSet("security.inter.broker.protocol"))
            problems.add("inter.broker.listener.name and security.inter.broker.protocol are both set: keep one of them.");
        String wanted = (name != null ? name : values.string("security.inter.broker.protocol")).toUpperCase(Locale.ROOT);
        for (Advertised candidate : advertised) if (candidate.address().name().equals(wanted)) return wanted;
        boolean asked = name != null || values.isSet("security.inter.broker.protocol");
        if (asked && problems.isEmpty()) problems.add("Brokers are to talk over " + wanted + ", but no advertised listener has that name: set inter.broker.listener.name to one of "
                + advertised.stream().map(candidate -> candidate.address().name()).toList() + ".");
        return advertised.isEmpty() ? wanted : advertised.getFirst().address().name();
    }

    private static List<VoterAddress> alone(int nodeId, List<Listener> listeners) {
        for (Listener listener : listeners) {
            if (!listener.controller()) continue;
            HostPort address = listener.address().address();
            return List.of(new VoterAddress(nodeId, isWildcard(address) ? new HostPort("127.0.0.1", address.port()) : address));
        }
        return List.of();
    }

    private void checkQuorum(int nodeId, boolean controller, List<VoterAddress> voters, List<HostPort> bootstrap) {
        boolean amongVoters = voters.stream().anyMatch(voter -> voter.nodeId() == nodeId);
        if (controller && !voters.isEmpty() && !amongVoters)
            problem("This node is a controller, but controller.quorum.voters has no " + nodeId + "@host:port: add it, or set node.id to one of the voters.");
        if (!controller && amongVoters)
            problem("controller.quorum.voters has node " + nodeId + ", but process.roles of this node has no controller: add controller to process.roles, or choose another node.id.");
        if (!controller && voters.isEmpty() && bootstrap.isEmpty())
            problem("This broker does not know its controllers: set controller.quorum.bootstrap.servers=host:port (or add controller to process.roles).");
        if (voters.stream().map(VoterAddress::nodeId).distinct().count() != voters.size())
            problem("controller.quorum.voters names a node twice: each id may appear once.");
    }

    private void checkClusterId(String clusterId) {
        if (clusterId == null) return;
        try {
            if (Base64.getUrlDecoder().decode(clusterId).length == 16) return;
        } catch (IllegalArgumentException notBase64) {
            // told below, together with what has another length
        }
        problems.add("MILLRACE_CLUSTER_ID cannot be '" + clusterId + "': it must be 16 bytes in URL-safe base64 (22 letters), such as kafka-storage.sh random-uuid prints.");
    }

    private List<Path> logDirectories() {
        List<String> texts = values.list(values.has("log.dirs") ? "log.dirs" : "log.dir");
        return texts.stream().map(this::absolute).distinct().toList();
    }

    private void checkCordoned(List<Path> logDirectories) {
        List<String> cordoned = values.list("cordoned.log.dirs");
        if (cordoned.equals(List.of("*"))) return;
        for (String each : cordoned)
            if (!logDirectories.contains(absolute(each))) problems.add("cordoned.log.dirs cannot have '" + each + "': it must be one of log.dirs " + logDirectories
                + ", or the whole value must be * for all of them.");
    }

    private Path absolute(String path) {
        return workingDirectory.resolve(path).normalize();
    }
}
