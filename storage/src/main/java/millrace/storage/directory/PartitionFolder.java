package millrace.storage.directory;

import millrace.common.TopicPartition;

/// What a folder's name in a log directory says.
///
/// | name                             | kind     |                                              |
/// |----------------------------------|----------|----------------------------------------------|
/// | `orders-3`                       | LOG      |                                              |
/// | `orders-3.<32 hex digits>-delete`| DELETED  | the partition is gone, its files soon         |
/// | `orders-3.<32 hex digits>-future`| FUTURE   | being copied here from another log directory |
/// | `orders-3.<32 hex digits>-stray` | STRAY    | the metadata knows no such replica here       |
///
/// @param topicPartition null for [Kind#OTHER]
record PartitionFolder(Kind kind, TopicPartition topicPartition) {
    enum Kind { LOG, DELETED, FUTURE, STRAY, OTHER }

    static final String DELETE_SUFFIX = "-delete";
    static final String FUTURE_SUFFIX = "-future";
    static final String STRAY_SUFFIX = "-stray";
    private static final int ID_DIGITS = 32;
    private static final int LONGEST_NAME = 255;
    private static final PartitionFolder NONE = new PartitionFolder(Kind.OTHER, null);

    static PartitionFolder of(String name) {
        if (name.endsWith(DELETE_SUFFIX)) return withId(Kind.DELETED, name, DELETE_SUFFIX);
        if (name.endsWith(FUTURE_SUFFIX)) return withId(Kind.FUTURE, name, FUTURE_SUFFIX);
        if (name.endsWith(STRAY_SUFFIX)) return withId(Kind.STRAY, name, STRAY_SUFFIX);
        TopicPartition plain = topicPartition(name);
        return plain == null ? NONE : new PartitionFolder(Kind.LOG, plain);
    }

    private static PartitionFolder withId(Kind kind, String name, String suffix) {
        int dot = name.lastIndexOf('.', name.length() - suffix.length());
        if (dot < 1 || name.length() - suffix.length() - dot - 1 != ID_DIGITS) return NONE;
        TopicPartition of = topicPartition(name.substring(0, dot));
        return of == null && kind != Kind.DELETED ? NONE : new PartitionFolder(kind, of);
    }

    private static TopicPartition topicPartition(String name) {
        int dash = name.lastIndexOf('-');
        if (dash < 1 || dash == name.length() - 1) return null;
        for (int i = dash + 1; i < name.length(); i++) if (name.charAt(i) < '0' || name.charAt(i) > '9') return null;
        try {
            return new TopicPartition(name.substring(0, dash), Integer.parseInt(name, dash + 1, name.length(), 10));
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }

    /// A long topic name is cut so that the whole fits a file name, as Kafka does.
    static String named(TopicPartition topicPartition, String hexId, String suffix) {
        String tail = "-" + topicPartition.partition() + "." + hexId + suffix;
        String topic = topicPartition.topic();
        int room = LONGEST_NAME - tail.length();
        return (topic.length() <= room ? topic : topic.substring(0, room)) + tail;
    }
}
