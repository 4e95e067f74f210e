package millrace.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import millrace.settings.BrokerSettings;
import millrace.settings.HostPort;
import millrace.settings.ListenerAddress;
import millrace.settings.SecurityProtocol;
import millrace.settings.VoterAddress;

/// What is needed to join a node's parts, taken from its settings and checked against each other.
///
/// @param listeners in the order of the settings
/// @param advertised what clients and brokers are told, in the order of the settings; none of a controller's
/// @param interBrokerListener name of one of `advertised`; null for a node that is no broker
/// @param controllerListenerNames the first one is where brokers send their requests
/// @param voters the fixed quorum; of one that is alone it is the node itself; empty where the log itself keeps the set
///     (then `bootstrapServers` say whom to ask)
/// @param standalone nobody has named a quorum: this node forms one alone, unless the log already holds a set of voters
/// @param logDirectories absolute, at least one
/// @param metadataLogDirectory absolute; one of `logDirectories` unless set apart
/// @param clusterId as asked for, null to take what is on disk or else generate one
/// @param rack null for none
/// @param connectionsPerAddress hosts that may have another number of connections than `max.connections.per.ip`
/// @param all every setting in its layers
public record NodeSettings(int nodeId, boolean isBroker, boolean isController, List<Listener> listeners, List<Advertised> advertised,
                           String interBrokerListener, List<String> controllerListenerNames, List<VoterAddress> voters, boolean standalone,
                           List<HostPort> bootstrapServers, List<Path> logDirectories, Path metadataLogDirectory, String clusterId,
                           String rack, Map<String, Integer> connectionsPerAddress, BrokerSettings all) {

    /// @param controller requests of the quorum and of brokers to the controller come here, never those of clients
    /// @param maxConnections of this listener alone
    public record Listener(ListenerAddress address, SecurityProtocol protocol, boolean controller, int maxConnections) {
        public String name() {
            return address.name();
        }
    }

    public record Advertised(ListenerAddress address, SecurityProtocol protocol) {}
}
