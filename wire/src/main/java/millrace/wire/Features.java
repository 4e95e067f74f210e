package millrace.wire;

import java.util.List;

/// What ApiVersions tells about the cluster besides the table of APIs. Asked for each ApiVersions request, on any event loop.
public interface Features {
    /// The ranges of feature levels that this node can work at, in name order.
    List<Supported> supported();

    Finalized finalized();

    /// @return null until the cluster id is known; then no request is refused for naming another one
    String clusterId();

    int nodeId();

    record Supported(String name, short minVersion, short maxVersion) {}

    record Level(String name, short level) {}

    /// @param epoch of the metadata that the levels were read at; -1 while unknown
    record Finalized(long epoch, List<Level> levels) {
        public static final Finalized UNKNOWN = new Finalized(-1, List.of());
    }

    /// For a node that knows of no features and of no cluster: tests and toys.
    static Features none() {
        return new Features() {
            @Override public List<Supported> supported() {
                return List.of();
            }

            @Override public Finalized finalized() {
                return Finalized.UNKNOWN;
            }

            @Override public String clusterId() {
                return null;
            }

            @Override public int nodeId() {
                return -1;
            }
        };
    }
}
