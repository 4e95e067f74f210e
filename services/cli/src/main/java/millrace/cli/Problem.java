package millrace.cli;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// Something that a person can understand and act upon.
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String advice;

    /// @param advice what to do about it, null where nobody knows
    Problem(String message, String advice) {
        super(message, null, false, false);
        this.advice = advice;
    }

    String advice() {
        return advice;
    }

    static Problem nobodyAnswers(List<String> servers, String reason) {
        return new Problem("nothing answers at " + String.join(", ", servers) + " (" + reason + ").",
                "Start a node with './millrace start', or say where one is with --bootstrap-server HOST:PORT.");
    }

    static Problem noSuchTopic(String topic) {
        return new Problem("there is no topic '" + topic + "'.",
                "'./millrace topics list' shows those there are; './millrace topics create --topic " + topic + "' makes it.");
    }

    static Problem of(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException) && cause.getCause() != null) cause = cause.getCause();
        if (cause instanceof Problem problem) return problem;
        return new Problem(text(cause), advice(cause));
    }

    private static String text(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    private static String advice(Throwable cause) {
        return switch (cause) {
            case TopicExistsException _ -> "'./millrace topics describe' shows it; --if-not-exists makes this no error.";
            case UnknownTopicOrPartitionException _ -> "'./millrace topics list' shows the topics there are.";
            case InvalidReplicationFactorException _ -> "Ask for no more replicas than there are brokers with --replication-factor.";
            case InvalidPartitionsException _ -> "A topic has at least one partition, and their number can only grow.";
            case InvalidTopicException _ -> "A topic's name has up to 249 letters, digits, dots, underscores and hyphens.";
            case RecordTooLargeException _ -> "Raise max.message.bytes of the topic, and max.request.size with --command-property.";
            case GroupIdNotFoundException _ -> "'./millrace groups list' shows the groups there are.";
            case GroupNotEmptyException _ -> "Stop the group's members first.";
            case AuthorizationException _ -> "Give this user the right, or name another with --command-config FILE.";
            case UnsupportedVersionException _ -> "The server does not have this API (yet); a newer one may.";
            case TimeoutException _ -> "The server took too long: look at its log, or wait longer with --request-timeout-ms.";
            case ConfigException _ -> "Check --command-config and --command-property.";
            default -> null;
        };
    }
}
