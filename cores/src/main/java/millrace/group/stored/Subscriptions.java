package millrace.group.stored;

import java.util.List;

import millrace.protocol.group.ConsumerGroupMemberMetadataValue;
import org.pcollections.TreePMap;

/// What the members of a group ask for, each with how many of them do: so that one who comes or goes costs what it asks for, and not a look at
/// everybody else.
///
/// @param topics by name, some may not exist; without those that expressions stand for
/// @param expressions that members subscribe with
/// @param assignors that members ask for by name
public record Subscriptions(TreePMap<String, Integer> topics, TreePMap<String, Integer> expressions, TreePMap<String, Integer> assignors) {
    static final Subscriptions NONE = new Subscriptions(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    /// A member says something else than before.
    /// @param before null when it was none
    /// @param after null when it is none any more
    Subscriptions with(ConsumerGroupMemberMetadataValue before, ConsumerGroupMemberMetadataValue after) {
        if (topicsOf(before).equals(topicsOf(after)) && expressionOf(before).equals(expressionOf(after)) && assignorOf(before).equals(assignorOf(after))) return this;
        return new Subscriptions(counted(topics, topicsOf(before), topicsOf(after)), counted(expressions, expressionOf(before), expressionOf(after)),
                counted(assignors, assignorOf(before), assignorOf(after)));
    }

    private static List<String> topicsOf(ConsumerGroupMemberMetadataValue member) {
        return member == null ? List.of() : member.subscribedTopicNames();
    }

    private static List<String> expressionOf(ConsumerGroupMemberMetadataValue member) {
        return oneOrNone(member == null ? null : ConsumerMember.expressionOf(member));
    }

    private static List<String> assignorOf(ConsumerGroupMemberMetadataValue member) {
        return oneOrNone(member == null ? null : member.serverAssignor());
    }

    private static List<String> oneOrNone(String value) {
        return value == null ? List.of() : List.of(value);
    }

    private static TreePMap<String, Integer> counted(TreePMap<String, Integer> counts, List<String> before, List<String> after) {
        if (before.equals(after)) return counts;
        TreePMap<String, Integer> next = counts;
        for (String each : after) next = next.plus(each, next.getOrDefault(each, 0) + 1);
        for (String each : before) next = next.get(each) == 1 ? next.minus(each) : next.plus(each, next.get(each) - 1);
        return next;
    }
}
