package millrace.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import org.apache.kafka.common.errors.TopicExistsException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `topics`: list, create, describe, delete. As `kafka-topics.sh` does, with words instead of `--list`, `--create` ...
@Command(name = "topics", description = "List, create, describe or delete topics.", synopsisSubcommandLabel = "(list | create | describe | delete)",
        subcommands = {TopicsCommand.ListTopics.class, TopicsCommand.Create.class, TopicsCommand.Describe.class, TopicsCommand.Delete.class},
        footer = {"", "Examples:", "  millrace topics create --topic orders --partitions 6", "  millrace topics list", "  millrace topics describe orders --json"})
final class TopicsCommand {
    TopicsCommand() {}

    /// What the four have in common.
    abstract static class OfTopics implements Callable<Integer> {
        @Mixin Connection connection = new Connection();
        @Option(names = "--json", description = "Write JSON, for programs.") boolean json;
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
        @Spec CommandSpec spec;
        final Terminal terminal;
        private final Clients clients;

        OfTopics(Terminal terminal, Clients clients) {
            this.terminal = terminal;
            this.clients = clients;
        }

        @Override public Integer call() {
            check();
            try (ClusterAdmin admin = clients.admin(connection)) {
                run(admin);
            }
            terminal.out().flush();
            return 0;
        }

        /// Looks at the options before anybody is asked.
        void check() {}

        abstract void run(ClusterAdmin admin);

        static List<String> both(List<String> options, List<String> words) {
            List<String> names = new ArrayList<>(options);
            names.addAll(words);
            return names;
        }

        void needATopic(List<String> names) {
            if (names.isEmpty()) throw new ParameterException(spec.commandLine(), "Which topic? Name it with --topic NAME.");
        }
    }

    @Command(name = "list", description = "Names of all topics.", footer = {"", "Example:", "  millrace topics list --exclude-internal"})
    static final class ListTopics extends OfTopics {
        @Option(names = "--exclude-internal", description = "Leave out topics that Kafka keeps for itself.") boolean excludeInternal;

        ListTopics(Terminal terminal, Clients clients) {
            super(terminal, clients);
        }

        @Override void run(ClusterAdmin admin) {
            List<String> names = admin.topicNames(!excludeInternal);
            if (json) terminal.out().println(Json.of(names));
            else names.forEach(terminal.out()::println);
            if (names.isEmpty() && terminal.interactive()) terminal.err().println("There are no topics yet: './millrace topics create --topic NAME' makes one.");
        }
    }

    @Command(name = "create", description = "Create a topic.", footer = {"", "Examples:", "  millrace topics create --topic orders --partitions 6 --replication-factor 3",
        "  millrace topics create orders --config cleanup.policy=compact --config segment.bytes=104857600"})
    static final class Create extends OfTopics {
        @Option(names = "--topic", paramLabel = "NAME", description = "The topic's name.") List<String> topics = new ArrayList<>();
        @Parameters(arity = "0..*", paramLabel = "NAME", description = "The same, without --topic.") List<String> words = new ArrayList<>();
        @Option(names = "--partitions", paramLabel = "N", description = "Number of partitions (default: the cluster's num.partitions).") Integer partitions;
        @Option(names = "--replication-factor", paramLabel = "N", description = "Replicas of each partition (default: the cluster's default.replication.factor).")
        Short replicationFactor;
        @Option(names = "--replica-assignment", paramLabel = "B:B,B:B", description = "Brokers of each partition: partitions separated by commas, replicas by colons.")
        String assignment;
        @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A setting of the topic (may be repeated).") Map<String, String> settings = new LinkedHashMap<>();
        @Option(names = "--if-not-exists", description = "Do nothing when it is there already.") boolean ifNotExists;

        Create(Terminal terminal, Clients clients) {
            super(terminal, clients);
        }

        @Override void check() {
            needATopic(both(topics, words));
            if (assignment != null && (partitions != null || replicationFactor != null))
                throw new ParameterException(spec.commandLine(), "--replica-assignment already says how many partitions and replicas there are.");
            parsedAssignment();
        }

        private Map<Integer, List<Integer>> parsedAssignment() {
            Map<Integer, List<Integer>> replicas = new TreeMap<>();
            if (assignment == null) return replicas;
            try {
                for (String partition : assignment.split(","))
                    replicas.put(replicas.size(), java.util.Arrays.stream(partition.split(":")).map(broker -> Integer.valueOf(broker.trim())).toList());
            } catch (NumberFormatException notABroker) {
                throw new ParameterException(spec.commandLine(), "--replica-assignment " + assignment + ": write brokers' numbers, such as 1:2,2:3 for two partitions with two replicas.");
            }
            return replicas;
        }

        @Override void run(ClusterAdmin admin) {
            for (String name : both(topics, words)) {
                try {
                    admin.createTopic(name, partitions, replicationFactor, parsedAssignment(), settings);
                    if (json) terminal.out().println(Json.of(Map.of("created", name)));
                    else terminal.out().println("Created topic " + name + ".");
                } catch (TopicExistsException exists) {
                    if (!ifNotExists) throw exists;
                    terminal.err().println("Topic " + name + " is there already.");
                }
            }
        }
    }

    @Command(name = "describe", description = "Partitions, leaders, replicas and settings of topics.", footer = {"", "Examples:", "  millrace topics describe --topic orders", "  millrace topics describe --json"})
    static final class Describe extends OfTopics {
        @Option(names = "--topic", paramLabel = "NAME", description = "A topic (default: all).") List<String> topics = new ArrayList<>();
        @Parameters(arity = "0..*", paramLabel = "NAME", description = "The same, without --topic.") List<String> words = new ArrayList<>();
        @Option(names = "--exclude-internal", description = "Leave out topics that Kafka keeps for itself.") boolean excludeInternal;

        Describe(Terminal terminal, Clients clients) {
            super(terminal, clients);
        }

        @Override void run(ClusterAdmin admin) {
            List<String> names = both(topics, words);
            List<ClusterAdmin.Topic> described = admin.topics(names.isEmpty() ? admin.topicNames(!excludeInternal) : names);
            if (json) terminal.out().println(Json.of(described));
            else described.forEach(this::print);
        }

        private void print(ClusterAdmin.Topic topic) {
            terminal.out().println("Topic " + topic.name() + "  (id " + topic.id() + ", partitions " + topic.partitions().size() + ", replication factor "
                    + topic.replicationFactor() + (topic.internal() ? ", internal" : "") + ")");
            if (!topic.settings().isEmpty())
                terminal.out().println("  settings: " + topic.settings().entrySet().stream().map(Object::toString).collect(Collectors.joining(", ")));
            Table table = new Table("  PARTITION", "LEADER", "REPLICAS", "IN SYNC", "");
            for (ClusterAdmin.Partition partition : topic.partitions())
                table.row(partition.number(), partition.leader() < 0 ? "none" : partition.leader(), commas(partition.replicas()), commas(partition.inSync()), remark(partition));
            terminal.out().println(table);
        }

        private static String remark(ClusterAdmin.Partition partition) {
            return partition.leader() < 0 ? "OFFLINE" : partition.inSync().size() < partition.replicas().size() ? "under-replicated" : " ";
        }

        private static String commas(List<Integer> numbers) {
            return numbers.stream().map(Object::toString).collect(Collectors.joining(","));
        }
    }

    @Command(name = "delete", description = "Delete topics with all their records.", footer = {"", "Example:", "  millrace topics delete --topic orders"})
    static final class Delete extends OfTopics {
        @Option(names = "--topic", paramLabel = "NAME", description = "The topic's name.") List<String> topics = new ArrayList<>();
        @Parameters(arity = "0..*", paramLabel = "NAME", description = "The same, without --topic.") List<String> words = new ArrayList<>();
        @Option(names = "--if-exists", description = "Do nothing when it is not there.") boolean ifExists;

        Delete(Terminal terminal, Clients clients) {
            super(terminal, clients);
        }

        @Override void check() {
            needATopic(both(topics, words));
        }

        @Override void run(ClusterAdmin admin) {
            List<String> present = ifExists ? admin.topicNames(true) : null;
            for (String name : both(topics, words)) {
                if (present != null && !present.contains(name)) {
                    terminal.err().println("There is no topic " + name + ".");
                    continue;
                }
                admin.deleteTopic(name);
                if (json) terminal.out().println(Json.of(Map.of("deleted", name)));
                else terminal.out().println("Deleted topic " + name + ".");
            }
        }
    }
}
