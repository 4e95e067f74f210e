package millrace.controller.configs;

/// The settings of a topic that elections depend on.
///
/// @param minInSyncReplicas `min.insync.replicas`
/// @param uncleanLeaderElection `unclean.leader.election.enable`
public record TopicRules(int minInSyncReplicas, boolean uncleanLeaderElection) {}
