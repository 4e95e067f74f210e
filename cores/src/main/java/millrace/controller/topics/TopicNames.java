package millrace.controller.topics;

import millrace.controller.LegalTopicName;
import millrace.controller.Problem;
import millrace.metadata.MetadataImage;
import millrace.protocol.ErrorCode;

/// What a topic may be called.
final class TopicNames {
    private static final String METADATA_TOPIC = "__cluster_metadata";

    private TopicNames() {}

    /// @return null when a topic of this name may be created
    static Problem problemWith(String name, MetadataImage image) {
        Problem illegal = LegalTopicName.problemWith(name);
        if (illegal != null) return illegal;
        if (name.equals(METADATA_TOPIC)) return new Problem(ErrorCode.INVALID_REQUEST, "The topic " + METADATA_TOPIC + " is the cluster's own and cannot be created.");
        if (image.topics().byName(name) != null) return new Problem(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        String other = colliding(name, image);
        return other == null ? null : invalid("Topic '" + name + "' collides with the existing topic '" + other + "': they differ only in '.' and '_', which metrics cannot tell apart.");
    }

    private static Problem invalid(String message) {
        return new Problem(ErrorCode.INVALID_TOPIC_EXCEPTION, message);
    }

    /// Names without either character cannot collide with anything but themselves; only the others are compared, and only with
    /// names that begin alike up to the first such character.
    private static String colliding(String name, MetadataImage image) {
        int first = firstOfPair(name);
        if (first < 0) return null;
        String unified = name.replace('.', '_');
        String prefix = name.substring(0, first);
        // '.' sorts before '_', with '/' to '^' and so the upper-case letters between them.
        for (String other : image.topics().topicsByName().keySet().tailSet(prefix + ".")) {
            if (!other.startsWith(prefix)) return null;
            if (other.length() == name.length() && other.replace('.', '_').equals(unified)) return other;
        }
        return null;
    }

    private static int firstOfPair(String name) {
        for (int i = 0; i < name.length(); i++) if (name.charAt(i) == '.' || name.charAt(i) == '_') return i;
        return -1;
    }
}
