package millrace.group.consumer;

import java.util.ArrayList;
import java.util.List;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import millrace.metadata.MetadataImage;
import millrace.protocol.group.ConsumerGroupRegularExpressionValue;

/// Which topics regular expressions stand for. RE2's syntax and its matcher, whose time is linear in the topic's name: an expression that a
/// stranger sends cannot stop the coordinator. One that is nested more deeply than the stack is deep is as good as one that cannot be read.
final class Expressions {
    private Expressions() {}

    /// @return what is wrong with it; null when nothing is
    static String problemOf(String expression) {
        try {
            Pattern.compile(expression);
            return null;
        } catch (PatternSyntaxException wrong) {
            return "SubscribedTopicRegex `" + expression + "` is not a valid regular expression: " + wrong.getDescription() + ".";
        } catch (StackOverflowError tooDeep) {
            return "SubscribedTopicRegex is not a valid regular expression: its " + expression.length() + " characters are nested too deeply.";
        }
    }

    /// Looks at all expressions of the group anew, so that all of them are of one moment.
    static void resolve(Draft draft, MetadataImage image, long timestampMs) {
        for (String expression : draft.group().subscriptions().expressions().keySet()) {
            draft.expression(expression, new ConsumerGroupRegularExpressionValue(matching(expression, image), image.upTo().offset(), timestampMs));
        }
    }

    /// One that another coordinator let through and this one cannot read stands for no topic.
    private static List<String> matching(String expression, MetadataImage image) {
        try {
            Pattern pattern = Pattern.compile(expression);
            List<String> topics = new ArrayList<>();
            for (String name : image.topics().topicsByName().keySet()) {
                if (pattern.matches(name)) topics.add(name);
            }
            return topics;
        } catch (PatternSyntaxException | StackOverflowError unreadable) {
            return List.of();
        }
    }

    /// Forgets what is known of expressions that no member subscribes with.
    static void forgetUnused(Draft draft) {
        for (String expression : draft.group().expressions().keySet()) {
            if (!draft.group().usesExpression(expression)) draft.expression(expression, null);
        }
    }
}
