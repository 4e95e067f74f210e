package millrace.cli;

import java.util.List;
import java.util.Map;

/// What the commands ask of a cluster's administration. All methods wait for the answer and throw what went wrong.
interface ClusterAdmin extends AutoCloseable {
    /// @param partitions in order of their numbers
    record Topic(String name, String id, boolean internal, List<Partition> partitions, Map<String, String> settings) {
        int replicationFactor() {
            return partitions.isEmpty() ? 0 : partitions.getFirst().replicas().size();
        }
    }

    /// @param leader -1 for none
    record Partition(int number, int leader, List<Integer> replicas, List<Integer> inSync) {}

    record Group(String id, String type, String state, String protocol) {}

    /// @param coordinator as host:port
    record GroupDetail(String id, String type, String state, String assignor, String coordinator, List<Member> members, List<Lag> lags) {}

    record Member(String id, String instanceId, String clientId, String host, List<String> partitions) {}

    /// @param committed -1 for none
    /// @param end -1 when the partition has no leader to ask
    /// @param member null when nobody reads the partition
    record Lag(String topic, int partition, long committed, long end, Member member) {
        long lag() {
            return committed < 0 || end < 0 ? -1 : end - committed;
        }
    }

    List<String> topicNames(boolean internalToo);

    /// @param names of topics that exist
    List<Topic> topics(List<String> names);

    /// @param partitions null for the cluster's default
    /// @param replicationFactor null for the cluster's default
    /// @param assignment replicas by partition; empty to let the cluster choose
    void createTopic(String name, Integer partitions, Short replicationFactor, Map<Integer, List<Integer>> assignment, Map<String, String> settings);

    void deleteTopic(String name);

    List<Group> groups();

    GroupDetail group(String id);

    @Override void close();
}
