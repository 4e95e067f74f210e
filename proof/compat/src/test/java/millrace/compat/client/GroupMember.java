package millrace.compat.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/// A member of a group that tells what it is assigned and what it reads, until its standard input ends. Prints `has N` whenever it has another
/// number of partitions, and `read PARTITION OFFSET VALUE`.
///
/// Arguments: bootstrap, group, topic, `classic` or `consumer`. Written against what the clients of all versions have.
public final class GroupMember {
    private static volatile boolean ends;

    private GroupMember() {}

    public static void main(String[] args) {
        Thread listener = new Thread(GroupMember::listen);
        listener.setDaemon(true);
        listener.start();
        try (KafkaConsumer<String, String> consumer = consumer(args[0], args[1], args[3])) {
            consumer.subscribe(Collections.singleton(args[2]), new Telling());
            while (!ends) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<String, String> each : records) System.out.println("read " + each.partition() + " " + each.offset() + " " + each.value());
                if (!records.isEmpty()) commit(consumer);
            }
        }
        System.out.println("OK");
    }

    private static void listen() {
        try {
            while (System.in.read() >= 0);
        } catch (IOException gone) {
            // then nobody can tell it to end otherwise
        }
        ends = true;
    }

    /// The group may have moved on meanwhile; then whoever has the partitions reads these records again.
    private static void commit(KafkaConsumer<String, String> consumer) {
        try {
            consumer.commitSync();
        } catch (CommitFailedException | RetriableException movedOn) {
            System.out.println("not committed: " + movedOn);
        }
    }

    private static final class Telling implements ConsumerRebalanceListener {
        private final TreeSet<String> has = new TreeSet<>();

        @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition each : partitions) has.add(each.toString());
            System.out.println("has " + has.size());
        }

        @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            for (TopicPartition each : partitions) has.remove(each.toString());
            System.out.println("has " + has.size());
        }
    }

    private static KafkaConsumer<String, String> consumer(String bootstrap, String group, String protocol) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        if (protocol.equals("consumer")) settings.put("group.protocol", "consumer");
        else settings.put("heartbeat.interval.ms", "500");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        return new KafkaConsumer<>(settings);
    }
}
