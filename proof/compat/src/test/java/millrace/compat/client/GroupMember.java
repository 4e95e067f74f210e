package millrace.compat.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// One member of a group, in a process of its own that a test can kill. Prints `has [0, 1]` whenever its assignment changes and `read VALUE` for
/// each record, commits what it has read, and leaves when its standard input ends.
///
/// Arguments: bootstrap, topic, group, then settings as `key=value`.
public final class GroupMember {
    private GroupMember() {}

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("group.id", args[2]);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        for (int i = 3; i < args.length; i++) settings.put(args[i].substring(0, args[i].indexOf('=')), args[i].substring(args[i].indexOf('=') + 1));
        final TreeSet<Integer> has = new TreeSet<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            consumer.subscribe(Collections.singleton(args[1]), new ConsumerRebalanceListener() {
                @Override public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    for (TopicPartition each : partitions) has.add(each.partition());
                    System.out.println("has " + has);
                }

                @Override public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    for (TopicPartition each : partitions) has.remove(each.partition());
                    System.out.println("has " + has);
                }

                @Override public void onPartitionsLost(Collection<TopicPartition> partitions) {
                    System.out.println("lost " + partitions);
                    onPartitionsRevoked(partitions);
                }
            });
            while (System.in.available() == 0) {
                boolean any = false;
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    System.out.println("read " + record.value());
                    any = true;
                }
                if (any) consumer.commitSync();
            }
        }
        System.out.println("left");
    }
}
