package millrace.compat.interchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import millrace.protocol.message.OffsetForLeaderEpochRequest;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import millrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import millrace.protocol.message.OffsetForLeaderEpochResponse;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/// What clients see of topics: ids, settings, every record at its offset, and where each question about offsets leads.
final class LogFacts {
    /// Internal topics go on while the directory changes hands; what is in them shows in the groups and transactions.
    private static final String INTERNAL = "__";
    private static final SortedMap<String, OffsetSpec> QUESTIONS = new TreeMap<>(Map.of("earliest", OffsetSpec.earliest(), "latest", OffsetSpec.latest(),
            "max timestamp", OffsetSpec.maxTimestamp(), "earliest local", OffsetSpec.earliestLocal(), "latest tiered", OffsetSpec.latestTiered()));

    /// Where the first record is another after each cleaning; and where Kafka answers "none" as long as a segment below the log start is there.
    private static final List<String> FIRST_RECORD_MOVES = List.of(Deeds.COMPACTED, Deeds.TRIMMED);

    private final String bootstrap;
    private final Admin admin;
    private final Facts facts;
    private final SortedMap<String, Integer> newestEpochs = new TreeMap<>();

    private LogFacts(String bootstrap, Admin admin, Facts facts) {
        this.bootstrap = bootstrap;
        this.admin = admin;
        this.facts = facts;
    }

    static void addTo(Facts facts, String bootstrap, Admin admin) {
        new LogFacts(bootstrap, admin, facts).read();
    }

    private void read() {
        List<String> names = Clients.get(admin.listTopics().names()).stream().filter(name -> !name.startsWith(INTERNAL) && !name.equals(Ledger.TOPIC)).sorted().toList();
        facts.add("topics", names);
        Map<String, TopicDescription> topics = Clients.get(admin.describeTopics(names).allTopicNames());
        List<TopicPartition> all = new ArrayList<>();
        for (String name : names) {
            TopicDescription topic = topics.get(name);
            facts.add(name, "id " + topic.topicId() + ", partitions " + topic.partitions().size());
            topic.partitions().forEach(partition -> all.add(new TopicPartition(name, partition.partition())));
        }
        settings(names);
        records(all);
        committedRecords(all);
    }

    private void settings(List<String> names) {
        List<ConfigResource> asked = names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
        Clients.get(admin.describeConfigs(asked).all()).forEach((topic, config) -> facts.add(topic.name() + " settings",
                config.entries().stream().filter(entry -> entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value, (a, _) -> a, TreeMap::new))));
    }

    private void records(List<TopicPartition> partitions) {
        var timestamps = new TreeMap<String, SortedSet<Long>>();
        readAll(partitions, "read_uncommitted", record -> {
            boolean compacted = record.topic().equals(Deeds.COMPACTED);
            String place = record.topic() + "-" + record.partition() + (compacted ? " " + text(record.key()) : "@" + record.offset());
            facts.add(place, describe(record));
            newestEpochs.merge(record.topic() + "-" + record.partition(), record.leaderEpoch().orElse(-1), Math::max);
            timestamps.computeIfAbsent(record.topic() + "-" + record.partition(), _ -> new TreeSet<>()).add(record.timestamp());
        });
        QUESTIONS.forEach((name, spec) -> ask(name, partitions.stream().collect(toMap(partition -> partition, _ -> spec))));
        ask("since the beginning", partitions.stream().filter(partition -> !FIRST_RECORD_MOVES.contains(partition.topic())).collect(toMap(partition -> partition, _ -> OffsetSpec.forTimestamp(0))));
        Map<TopicPartition, OffsetSpec> middle = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (TopicPartition partition : partitions) {
            SortedSet<Long> seen = timestamps.getOrDefault(partition.toString(), new TreeSet<>());
            if (!seen.isEmpty() && !partition.topic().equals(Deeds.COMPACTED)) middle.put(partition, OffsetSpec.forTimestamp((seen.first() + seen.last()) / 2));
        }
        ask("by time", middle);
        newestEpochs.forEach(this::epochs);
    }

    private void ask(String question, Map<TopicPartition, OffsetSpec> of) {
        for (IsolationLevel isolation : IsolationLevel.values()) {
            Clients.get(admin.listOffsets(of, new ListOffsetsOptions(isolation)).all()).forEach((partition, found) -> facts.add(
                    partition + " " + question + " " + isolation, found.offset() + " at " + found.timestamp() + epochOf(question, partition, found.leaderEpoch().orElse(-1))));
        }
    }

    /// Where there is no record, the answer bears the epoch of the leader of now, which moves with every start.
    private String epochOf(String question, TopicPartition partition, int epoch) {
        return question.equals("latest") || !newestEpochs.containsKey(partition.toString()) ? "" : " of epoch " + epoch;
    }

    private void committedRecords(List<TopicPartition> partitions) {
        var offsets = new TreeMap<String, List<Long>>();
        readAll(partitions, "read_committed", record -> {
            if (!record.topic().equals(Deeds.COMPACTED)) offsets.computeIfAbsent(record.topic() + "-" + record.partition(), _ -> new ArrayList<>()).add(record.offset());
        });
        offsets.forEach((partition, list) -> facts.add(partition + " committed", list));
    }

    private void readAll(List<TopicPartition> partitions, String isolation, Consumer<ConsumerRecord<byte[], byte[]>> seen) {
        try (var consumer = Clients.consumer(bootstrap, "isolation.level", isolation, "max.poll.records", "10000")) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                if (System.nanoTime() > deadline) throw new IllegalStateException("not everything could be read, " + isolation + ", ends " + ends
                        + ", positions " + partitions.stream().collect(toMap(partition -> partition, consumer::position)));
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) seen.accept(record);
            }
        }
    }

    private static String describe(ConsumerRecord<byte[], byte[]> record) {
        return "offset " + record.offset() + ", " + record.timestampType() + " " + record.timestamp() + ", epoch " + record.leaderEpoch().orElse(-1) + ", headers "
                + Arrays.stream(record.headers().toArray()).map(header -> header.key() + "=" + text(header.value())).toList() + ", " + text(record.key()) + "=" + text(record.value());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    /// Where each epoch ended, up to the newest that wrote a record: later ones are of starts that have written nothing yet.
    private void epochs(String partition, int newest) {
        int dash = partition.lastIndexOf('-');
        List<String> ends = new ArrayList<>();
        for (int epoch = 0; epoch <= newest; epoch++) {
            var request = OffsetForLeaderEpochRequest.builder().topics(List.of(new OffsetForLeaderTopic(partition.substring(0, dash),
                    List.of(new OffsetForLeaderPartition(Integer.parseInt(partition.substring(dash + 1)), -1, epoch))))).build();
            var answer = ((OffsetForLeaderEpochResponse) Clients.ask(bootstrap, request, 4)).topics().getFirst().partitions().getFirst();
            ends.add(epoch + " is " + answer.leaderEpoch() + " to " + answer.endOffset() + (answer.errorCode() == 0 ? "" : " error " + answer.errorCode()));
        }
        facts.add(partition + " epochs", ends);
    }
}
