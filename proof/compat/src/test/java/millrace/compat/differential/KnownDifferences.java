package millrace.compat.differential;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import millrace.compat.differential.Comparison.Difference;

/// Where the answers may differ. The reasons stand in docs/COMPATIBILITY.md under the title of each.
final class KnownDifferences {
    /// @param title a heading of docs/COMPATIBILITY.md
    /// @param steps which `script / step` it is about
    /// @param lines which lines of these answers may differ
    record Known(String title, Pattern steps, Pattern lines) {
        Known(String title, String steps, String lines) {
            this(title, Pattern.compile(steps), Pattern.compile(lines));
        }
    }

    private static final String ANYTHING = ".*";
    private static final String SERVED_LATER = "17|29|30|31|34|36|38|39|40|41|43|45|46|48|49|50|51|57|64|7[6-9]|80|81|8[3-9]|9[0-4]";

    static final List<Known> ALL = List.of(
            new Known("APIs that are not served yet", "ApiVersions / .*", "apiKeys(\\.size=\\d+|\\{(" + SERVED_LATER + ")}\\..*)"),
            new Known("Features that are not there yet", "ApiVersions / .*", "(supported|finalized)Features.*"),
            new Known("A topic is there when its creation is answered", "Metadata creates topics / .*", "topics\\{auto.*"),
            new Known("Requests that make Kafka fail", "Metadata / neither id nor name .*", ANYTHING),
            new Known("Requests that make Kafka fail", "DescribeTopicPartitions / an empty name .*", "topics\\{}\\.(errorCode|topicAuthorizedOperations)=.*"),
            new Known("Requests that make Kafka fail", "Fetch by bytes / a negative .*limit .*", "responses\\{fetch.bytes}\\..*"),
            new Known("Requests that make Kafka fail", "Fetch with epochs / a wrong isolation level .*", ANYTHING),
            new Known("Requests that make Kafka fail", "IncrementalAlterConfigs refuses / an unknown operation .*", ".*\\.errorCode=(-1|42) .*"),
            new Known("Requests that make Kafka fail", "Produce in every codec / .* (damaged inside|cut|codec) .*", ".*\\.errorCode=(-1|76|87) .*"),
            new Known("Deadlines of zero", "CreateTopics / no time to wait .*", ANYTHING),
            new Known("Deadlines of zero", "Produce with other acks / no time to wait .*", "responses\\{produce.acks}\\..*"),
            new Known("A partition twice in one Produce", "Produce refuses / the same (partition|topic) twice .*", ANYTHING),
            new Known("Regular expressions of consumer groups are answered at once", "Expressions of consumer groups / an expression for nothing .*", "memberEpoch=\\d+"),
            new Known("Members of a group that settles are told to come back soon", ".*", "heartbeatIntervalMs=\\d+"),
            new Known("Settings of another broker", "IncrementalAlterConfigs refuses / another broker .*", "responses\\{7}\\..*"),
            new Known("Five batches after a restart", "After a restart / the fifth last batch again .*", "responses\\{restart}\\..*"),
            new Known("The largest timestamp where there is none", "ListOffsets by time / largest without timestamps .*", ".*\\.(offset|leaderEpoch)=.*"),
            new Known("Negative leader epochs", "OffsetForLeaderEpoch / epoch -2 while .*", ".*\\.(leaderEpoch|endOffset)=.*"));

    private final Set<Known> seen = new LinkedHashSet<>();

    /// @return what is left of the differences
    List<Difference> without(List<Difference> differences) {
        List<Difference> rest = new ArrayList<>();
        for (Difference difference : differences) {
            String step = difference.script() + " / " + difference.step();
            List<String> reference = difference.onlyReference().stream().filter(line -> !isKnown(step, line)).toList();
            List<String> ours = difference.onlyOurs().stream().filter(line -> !isKnown(step, line)).toList();
            if (!reference.isEmpty() || !ours.isEmpty()) rest.add(new Difference(difference.script(), difference.step(), reference, ours));
        }
        return rest;
    }

    private boolean isKnown(String step, String line) {
        for (Known known : ALL) {
            if (known.steps.matcher(step).matches() && known.lines.matcher(line).matches()) {
                seen.add(known);
                return true;
            }
        }
        return false;
    }

    /// @return those that no answer has needed
    List<Known> unneeded() {
        return ALL.stream().filter(known -> !seen.contains(known)).toList();
    }
}
