package millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `groups`: list, describe. As `kafka-groups.sh` and `kafka-consumer-groups.sh` do.
@Command(name = "groups", description = "List or describe consumer groups, with their lag.", synopsisSubcommandLabel = "(list | describe)",
        subcommands = {GroupsCommand.ListGroups.class, GroupsCommand.Describe.class},
        footer = {"", "Examples:", "  millrace groups list", "  millrace groups describe --group billing", "  millrace groups describe --group billing --members"})
final class GroupsCommand {
    GroupsCommand() {}

    @Command(name = "list", description = "All groups with their kind and state.", footer = {"", "Example:", "  millrace groups list --json"})
    static final class ListGroups implements Callable<Integer> {
        @Mixin Connection connection = new Connection();
        @Option(names = "--json", description = "Write JSON, for programs.") boolean json;
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
        private final Terminal terminal;
        private final Clients clients;

        ListGroups(Terminal terminal, Clients clients) {
            this.terminal = terminal;
            this.clients = clients;
        }

        @Override public Integer call() {
            List<ClusterAdmin.Group> groups;
            try (ClusterAdmin admin = clients.admin(connection)) {
                groups = admin.groups();
            }
            if (json) terminal.out().println(Json.of(groups));
            else if (groups.isEmpty()) terminal.err().println("There are no groups: './millrace consume --topic NAME --group NAME' makes one.");
            else {
                Table table = new Table("GROUP", "TYPE", "STATE", "PROTOCOL");
                groups.forEach(group -> table.row(group.id(), group.type(), group.state(), group.protocol()));
                terminal.out().print(table);
            }
            terminal.out().flush();
            return 0;
        }
    }

    @Command(name = "describe", description = "What groups have read, how far they lag behind, and who their members are.",
            footer = {"", "Examples:", "  millrace groups describe --group billing", "  millrace groups describe --all-groups --state"})
    static final class Describe implements Callable<Integer> {
        @Mixin Connection connection = new Connection();
        @Option(names = "--group", paramLabel = "ID", description = "A group (may be repeated).") List<String> groups = new ArrayList<>();
        @Parameters(arity = "0..*", paramLabel = "ID", description = "The same, without --group.") List<String> words = new ArrayList<>();
        @Option(names = "--all-groups", description = "Every group there is.") boolean all;
        @Option(names = "--offsets", description = "Offsets and lag by partition; so it is without --members and --state, too.") boolean offsets;
        @Option(names = "--members", description = "Members and what they are assigned.") boolean members;
        @Option(names = "--state", description = "Coordinator, assignor, state and number of members.") boolean state;
        @Option(names = "--json", description = "Write JSON, for programs: everything about each group.") boolean json;
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
        @Spec CommandSpec spec;
        private final Terminal terminal;
        private final Clients clients;

        Describe(Terminal terminal, Clients clients) {
            this.terminal = terminal;
            this.clients = clients;
        }

        @Override public Integer call() {
            List<String> asked = new ArrayList<>(groups);
            asked.addAll(words);
            if (asked.isEmpty() && !all) throw new ParameterException(spec.commandLine(), "Which group? Name it with --group ID, or take --all-groups.");
            List<ClusterAdmin.GroupDetail> details;
            try (ClusterAdmin admin = clients.admin(connection)) {
                List<String> ids = all ? admin.groups().stream().map(ClusterAdmin.Group::id).toList() : asked;
                details = ids.stream().map(admin::group).toList();
            }
            if (json) terminal.out().println(Json.of(details));
            else details.forEach(this::print);
            terminal.out().flush();
            return 0;
        }

        private void print(ClusterAdmin.GroupDetail group) {
            if (group.members().isEmpty()) terminal.err().println("Group " + group.id() + " has no members now.");
            if (state) printState(group);
            if (members) printMembers(group);
            if (offsets || !state && !members) printLags(group);
        }

        private void printState(ClusterAdmin.GroupDetail group) {
            terminal.out().print(new Table("GROUP", "TYPE", "STATE", "COORDINATOR", "ASSIGNOR", "MEMBERS")
                    .row(group.id(), group.type(), group.state(), group.coordinator(), group.assignor(), group.members().size()));
        }

        private void printMembers(ClusterAdmin.GroupDetail group) {
            if (group.members().isEmpty()) return;
            Table table = new Table("GROUP", "MEMBER", "INSTANCE", "HOST", "CLIENT", "PARTITIONS", "ASSIGNED");
            for (ClusterAdmin.Member member : group.members())
                table.row(group.id(), member.id(), member.instanceId(), member.host(), member.clientId(), member.partitions().size(), String.join(",", member.partitions()));
            terminal.out().print(table);
        }

        private void printLags(ClusterAdmin.GroupDetail group) {
            Table table = new Table("GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "MEMBER", "HOST", "CLIENT");
            for (ClusterAdmin.Lag lag : group.lags())
                table.row(group.id(), lag.topic(), lag.partition(), known(lag.committed()), known(lag.end()), known(lag.lag()),
                        lag.member() == null ? null : lag.member().id(), lag.member() == null ? null : lag.member().host(), lag.member() == null ? null : lag.member().clientId());
            terminal.out().print(table);
        }

        private static Long known(long number) {
            return number < 0 ? null : Long.valueOf(number);
        }
    }
}
