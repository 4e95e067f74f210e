package millrace.controller;

import millrace.metadata.VersionRange;
import millrace.settings.BrokerSettings;
import org.pcollections.TreePMap;

/// What a controller is told when it starts.
///
/// @param clusterId a broker must come with the same
/// @param nodeId of this controller, for error texts
/// @param sessionTimeoutMs a broker not heard for this long is fenced, in milliseconds (`broker.session.timeout.ms`)
/// @param supportedFeatures feature levels that this controller understands
/// @param fromFile the node's settings file; the dynamic cluster default is laid over it
public record ControllerSettings(String clusterId, int nodeId, long sessionTimeoutMs, TreePMap<String, VersionRange> supportedFeatures,
                                 BrokerSettings fromFile) {}
