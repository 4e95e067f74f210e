package millrace.compat.differential;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import millrace.common.Uuid;
import millrace.compat.Tools;
import millrace.protocol.BufferWriter;
import millrace.protocol.message.ConsumerGroupHeartbeatResponse;
import millrace.protocol.message.ConsumerProtocolAssignment;
import millrace.protocol.message.ConsumerProtocolAssignment.TopicPartition;
import millrace.protocol.message.ConsumerProtocolSubscription;
import millrace.protocol.message.JoinGroupRequest;
import millrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import millrace.protocol.message.JoinGroupResponse;
import millrace.protocol.message.OffsetCommitRequest;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import millrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import millrace.protocol.message.SyncGroupRequest;
import millrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;

/// kafka-consumer-groups, kafka-groups and kafka-configs on groups of both protocols, with members and without.
final class GroupToolScripts {
    private static final String TOPIC = "tool.topic";
    private static final String OTHER = "tool.other";
    private static final String CLASSIC = "tool.classic";
    private static final String CONSUMER = "tool.consumer";
    private static final String SIMPLE = "tool.simple";
    private static final String LEFT = "tool.left";
    private static final int SESSION_MS = 300_000;

    private final Tools tools;

    GroupToolScripts(Tools tools) {
        this.tools = tools;
    }

    List<Script> all() {
        return List.of(new Script("kafka-consumer-groups describes", this::described), new Script("kafka-consumer-groups resets offsets", this::reset),
                new Script("kafka-consumer-groups deletes", this::deleted), new Script("kafka-configs of groups", this::configured));
    }

    private ToolTalk consumerGroups(Session session) {
        return new ToolTalk(tools, session, "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand");
    }

    // ---- what is there ----

    /// Ten records in partition 0, a second apart; a group of each kind, of either protocol, and with members and without.
    private static void begin(Session session) {
        session.topic(TOPIC, 2);
        session.topic(OTHER, 1);
        ProduceScripts.fill(session, TOPIC, 0, 10);
        for (String group : List.of(CLASSIC, CONSUMER, SIMPLE, LEFT)) session.awaitCoordinator(group);
        JoinGroupResponse joined = session.quietly(JoinGroupRequest.builder().groupId(CLASSIC).memberId("").sessionTimeoutMs(SESSION_MS).rebalanceTimeoutMs(SESSION_MS).protocolType("consumer")
                .protocols(List.of(new JoinGroupRequestProtocol("range", subscription()))).build(), 3);
        session.quietly(SyncGroupRequest.builder().groupId(CLASSIC).generationId(joined.generationId()).memberId(joined.memberId())
                .assignments(List.of(new SyncGroupRequestAssignment(joined.memberId(), assignment()))).build(), 3);
        session.quietly(commit(CLASSIC, joined.generationId(), joined.memberId(), TOPIC, 0, 4), 8);
        session.quietly(commit(CONSUMER, joined(session, CONSUMER), "tool-member", TOPIC, 0, 7), 9);
        session.quietly(commit(SIMPLE, -1, "", TOPIC, 0, 3), 8);
        session.quietly(commit(SIMPLE, -1, "", TOPIC, 1, 0), 8);
        session.quietly(commit(SIMPLE, -1, "", OTHER, 0, 0), 8);
        session.quietly(commit(LEFT, joined(session, LEFT), "tool-member", TOPIC, 0, 2), 9);
        session.quietly(ConsumerGroupScripts.beats(LEFT, "tool-member", ConsumerGroupScripts.LEAVE).build(), 1);
    }

    /// @return the member's epoch
    private static int joined(Session session, String group) {
        return session.<ConsumerGroupHeartbeatResponse>quietly(ConsumerGroupScripts.joins(group, "tool-member", TOPIC).build(), 1).memberEpoch();
    }

    private static ByteBuffer subscription() {
        var subscription = ConsumerProtocolSubscription.builder().topics(List.of(TOPIC)).build();
        ByteBuffer bytes = ByteBuffer.allocate(2 + subscription.size((short) 0)).putShort((short) 0);
        subscription.write(BufferWriter.copyingInto(bytes), (short) 0);
        return bytes.flip();
    }

    private static ByteBuffer assignment() {
        var assignment = new ConsumerProtocolAssignment(List.of(new TopicPartition(TOPIC, List.of(0, 1))), null);
        ByteBuffer bytes = ByteBuffer.allocate(2 + assignment.size((short) 0)).putShort((short) 0);
        assignment.write(BufferWriter.copyingInto(bytes), (short) 0);
        return bytes.flip();
    }

    private static OffsetCommitRequest commit(String group, int generation, String member, String topic, int partition, long offset) {
        return OffsetCommitRequest.builder().groupId(group).generationIdOrMemberEpoch(generation).memberId(member).topics(List.of(new OffsetCommitRequestTopic(topic, Uuid.ZERO,
                List.of(OffsetCommitRequestPartition.builder().partitionIndex(partition).committedOffset(offset).committedMetadata("").build())))).build();
    }

    private static void stayAlive(Session session) {
        joined(session, CONSUMER);
    }

    // ---- what is asked ----

    /// Groups of other scripts lose their members while this runs, so only ours are noted of a list.
    private void described(Session session) {
        begin(session);
        var groups = consumerGroups(session).calls("^(?!tool\\.|status|GROUP|Error).*", "");
        groups.run("--list");
        groups.run("--list", "--state");
        groups.run("--list", "--state", "empty,stable");
        groups.run("--list", "--state", "sideways");
        groups.run("--list", "--type");
        groups.run("--list", "--type", "consumer");
        groups.run("--list", "--type", "classic", "--state", "stable");
        groups.run("--list", "--type", "sideways");
        var list = new ToolTalk(tools, session, "org.apache.kafka.tools.GroupsCommand").calls("^(?!tool\\.|status|GROUP|Error).*", "");
        list.runAs("kafka-groups --list", "--list");
        for (String filter : List.of("--consumer", "--share", "--streams")) list.runAs("kafka-groups --list " + filter, "--list", filter);
        list.runAs("kafka-groups of a type", "--list", "--group-type", "consumer");
        list.runAs("kafka-groups of no type", "--list", "--group-type", "sideways");
        list.runAs("kafka-groups of a protocol", "--list", "--protocol", "consumer");
        var describe = consumerGroups(session);
        for (String group : List.of(CLASSIC, CONSUMER, SIMPLE, LEFT, "tool.absent")) {
            stayAlive(session);
            describe.run("--describe", "--group", group);
            describe.run("--describe", "--group", group, "--offsets", "--verbose");
            describe.run("--describe", "--group", group, "--members");
            describe.run("--describe", "--group", group, "--members", "--verbose");
            describe.run("--describe", "--group", group, "--state");
            describe.run("--describe", "--group", group, "--state", "--verbose");
        }
        describe.run("--describe", "--group", CLASSIC, "--group", CONSUMER, "--state");
        describe.run("--validate-regex", "tool\\..*");
        describe.run("--validate-regex", "tool(");
    }

    private void reset(Session session) {
        stayAlive(session);
        var groups = consumerGroups(session);
        String third = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC).format(Instant.ofEpochMilli(session.nowMs() + 2_500));
        List<List<String>> modes = List.of(List.of("--to-earliest"), List.of("--to-latest"), List.of("--to-offset", "3"), List.of("--to-offset", "999"), List.of("--to-offset", "-5"),
                List.of("--shift-by", "2"), List.of("--shift-by", "-1"), List.of("--shift-by", "-100"), List.of("--shift-by", "100"), List.of("--to-current"),
                List.of("--by-duration", "P1D"), List.of("--by-duration", "sideways"), List.of("--to-datetime", "sideways"));
        for (List<String> mode : modes) resetTo(groups, mode, "--dry-run");
        groups.runAs("dry run to the third record's time", "--reset-offsets", "--group", SIMPLE, "--all-topics", "--to-datetime", third, "--dry-run");
        for (List<String> mode : modes.subList(0, 11)) resetTo(groups, mode, "--execute");
        groups.runAs("to the third record's time", "--reset-offsets", "--group", SIMPLE, "--all-topics", "--to-datetime", third, "--execute");
        groups.run("--describe", "--group", SIMPLE);
        groups.run("--reset-offsets", "--group", SIMPLE, "--topic", TOPIC + ":0", "--to-offset", "6", "--execute");
        groups.run("--reset-offsets", "--group", SIMPLE, "--topic", TOPIC + ":7", "--to-offset", "6", "--execute");
        groups.run("--reset-offsets", "--group", SIMPLE, "--topic", "tool.absent", "--to-offset", "6", "--execute");
        groups.run("--reset-offsets", "--group", SIMPLE, "--all-topics", "--to-current", "--export", "--dry-run");
        groups.run("--reset-offsets", "--group", SIMPLE, "--to-earliest", "--execute");
        fromFile(groups);
        stayAlive(session);
        for (String group : List.of(CLASSIC, CONSUMER, LEFT, "tool.new")) groups.run("--reset-offsets", "--group", group, "--topic", TOPIC, "--to-offset", "1", "--execute");
        for (String group : List.of(CLASSIC, CONSUMER, SIMPLE, LEFT, "tool.new")) groups.run("--describe", "--group", group, "--offsets");
    }

    private static void resetTo(ToolTalk groups, List<String> mode, String how) {
        String[] arguments = new String[5 + mode.size()];
        arguments[0] = "--reset-offsets";
        arguments[1] = "--group";
        arguments[2] = SIMPLE;
        arguments[3] = "--all-topics";
        for (int i = 0; i < mode.size(); i++) arguments[4 + i] = mode.get(i);
        arguments[4 + mode.size()] = how;
        groups.run(arguments);
    }

    private static void fromFile(ToolTalk groups) {
        try {
            Path plan = Files.createTempFile("millrace-offsets", ".csv");
            try {
                Files.writeString(plan, "\"" + TOPIC + "\",0,8\n\"" + TOPIC + "\",1,0\n");
                groups.runAs("from a file", "--reset-offsets", "--group", SIMPLE, "--from-file", plan.toString(), "--execute");
            } finally {
                Files.deleteIfExists(plan);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deleted(Session session) {
        stayAlive(session);
        var groups = consumerGroups(session);
        for (String group : List.of(SIMPLE, CLASSIC, CONSUMER, LEFT, "tool.absent")) {
            groups.run("--delete-offsets", "--group", group, "--topic", TOPIC + ":0");
            groups.run("--delete-offsets", "--group", group, "--topic", "tool.absent");
        }
        groups.run("--delete-offsets", "--group", SIMPLE, "--topic", TOPIC);
        groups.run("--describe", "--group", SIMPLE);
        stayAlive(session);
        for (String group : List.of(SIMPLE, CLASSIC, CONSUMER, LEFT, "tool.absent")) groups.run("--delete", "--group", group);
        groups.run("--delete", "--group", "tool.new", "--group", CLASSIC);
        for (String group : List.of(SIMPLE, LEFT, CLASSIC, CONSUMER)) groups.runAs("what is left of " + group, "--describe", "--group", group, "--state");
    }

    private void configured(Session session) {
        var configs = new ToolTalk(tools, session, "kafka.admin.ConfigCommand");
        for (String setting : List.of("consumer.session.timeout.ms=46000", "consumer.heartbeat.interval.ms=6000", "consumer.session.timeout.ms=10", "consumer.heartbeat.interval.ms=46001",
                "consumer.session.timeout.ms=soon", "no.such.setting=1", "consumer.session.timeout.ms=47000,consumer.heartbeat.interval.ms=7000")) {
            configs.run("--alter", "--entity-type", "groups", "--entity-name", CONSUMER, "--add-config", setting);
        }
        configs.run("--describe", "--entity-type", "groups", "--entity-name", CONSUMER);
        configs.run("--describe", "--group", CONSUMER);
        configs.run("--describe", "--entity-type", "groups");
        configs.run("--alter", "--entity-type", "groups", "--entity-name", CONSUMER, "--delete-config", "consumer.session.timeout.ms");
        configs.run("--alter", "--entity-type", "groups", "--entity-name", CONSUMER, "--delete-config", "no.such.setting");
        configs.runAs("described in the end", "--describe", "--entity-type", "groups", "--entity-name", CONSUMER);
        configs.run("--describe", "--entity-type", "groups", "--entity-name", "tool.absent");
        configs.run("--alter", "--entity-type", "groups", "--entity-name", CONSUMER, "--delete-config", "consumer.heartbeat.interval.ms");
    }
}
