package millrace.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.List;

import millrace.app.NodeSettings.Listener;
import millrace.ports.Disk;
import millrace.quorum.QuorumNode;
import millrace.settings.HostPort;

/// May this node found a metadata quorum of its own? With an empty directory it would, and where `controller.quorum.bootstrap.servers` names
/// others that is not what its operator meant: two clusters would grow under one name. A directory that is formatted says itself who votes.
final class Founding {
    private Founding() {}

    static void check(NodeSettings settings, Disk disk) throws StartFailure, IOException {
        Path directory = settings.metadataLogDirectory();
        if (settings.bootstrapServers().isEmpty() || !settings.voters().isEmpty() || QuorumNode.isFormatted(disk, directory)) return;
        List<HostPort> others = settings.bootstrapServers().stream().filter(address -> !isOf(settings, address)).toList();
        if (others.isEmpty()) return;
        throw new StartFailure("controller.quorum.bootstrap.servers names " + others + ", which is not this node (its controllers' listeners: "
                + settings.listeners().stream().filter(Listener::controller).map(Listener::address).toList() + "), and " + directory + " has no metadata yet.\n"
                + "  This release runs a metadata quorum of one node and cannot join another one's; to found a cluster of its own beside it would not be what you want.\n"
                + "  Remove controller.quorum.bootstrap.servers, or let it name this node alone; or set log.dirs to the directory of a node that has been here before.");
    }

    private static boolean isOf(NodeSettings settings, HostPort address) {
        return isOfThisMachine(address.host())
                && settings.listeners().stream().anyMatch(listener -> listener.controller() && listener.address().address().port() == address.port());
    }

    /// A name that nobody knows is none of ours.
    private static boolean isOfThisMachine(String host) {
        try {
            for (InetAddress each : InetAddress.getAllByName(host))
                if (each.isLoopbackAddress() || NetworkInterface.getByInetAddress(each) != null) return true;
            return false;
        } catch (IOException unknown) {
            return false;
        }
    }
}
