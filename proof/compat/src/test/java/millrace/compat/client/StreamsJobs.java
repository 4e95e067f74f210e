package millrace.compat.client;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;

/// Kafka Streams jobs with exactly_once_v2: the word count of everybody's first steps, and counts over windows of each kind. Runs until its
/// standard input ends, or until it is killed. Prints `running` when both have their tasks.
///
/// Arguments: bootstrap, a folder for state that outlives the process. Nothing is cached, so that every change of a count is a record.
public final class StreamsJobs {
    private StreamsJobs() {}

    public static void main(String[] args) throws Exception {
        try (var words = start(args[0], args[1], "word-count-app", wordCount()); var windows = start(args[0], args[1], "windows-app", windows())) {
            while (words.state() != KafkaStreams.State.RUNNING || windows.state() != KafkaStreams.State.RUNNING) Thread.sleep(20);
            System.out.println("running");
            while (System.in.read() >= 0);
        }
    }

    private static Topology wordCount() {
        var builder = new StreamsBuilder();
        builder.<String, String>stream("text-input").flatMapValues(line -> List.of(line.split(" "))).groupBy((_, word) -> word).count(Materialized.as("word-counts-store"))
                .toStream().mapValues(count -> Long.toString(count)).to("word-counts");
        return builder.build();
    }

    private static Topology windows() {
        var builder = new StreamsBuilder();
        KGroupedStream<String, String> clicks = builder.<String, String>stream("clicks").groupByKey();
        write(clicks.windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(1))).count(), "tumbling");
        write(clicks.windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(5), Duration.ofSeconds(30)).advanceBy(Duration.ofMinutes(1))).count(), "hopping");
        write(clicks.windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMinutes(30))).count(), "sessions");
        write(clicks.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(Duration.ofMinutes(1), Duration.ofSeconds(30))).count(), "sliding");
        return builder.build();
    }

    /// A window that has been merged into another one has no count.
    private static void write(KTable<Windowed<String>, Long> counts, String topic) {
        counts.toStream((windowed, _) -> windowed.key() + "@" + windowed.window().start() + "-" + windowed.window().end())
                .mapValues(count -> count == null ? null : Long.toString(count)).to(topic);
    }

    private static KafkaStreams start(String bootstrap, String stateFolder, String applicationId, Topology topology) {
        var settings = new Properties();
        settings.put("application.id", applicationId);
        settings.put("bootstrap.servers", bootstrap);
        settings.put("state.dir", stateFolder);
        settings.put("processing.guarantee", "exactly_once_v2");
        settings.put("default.key.serde", Serdes.StringSerde.class.getName());
        settings.put("default.value.serde", Serdes.StringSerde.class.getName());
        settings.put("statestore.cache.max.bytes", "0");
        settings.put("commit.interval.ms", "100");
        settings.put("consumer.session.timeout.ms", "6000");
        settings.put("consumer.heartbeat.interval.ms", "500");
        settings.put("reconnect.backoff.max.ms", "200");
        var streams = new KafkaStreams(topology, settings);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace(System.out);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.start();
        return streams;
    }
}
