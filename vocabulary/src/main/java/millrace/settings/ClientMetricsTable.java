package millrace.settings;

/// The settings of client metrics subscriptions, one a line; the fields are explained in the description of this package.
/// Names, types, defaults, bounds, importance and update modes are those of Apache Kafka 4.4.0; the sentences are ours.
final class ClientMetricsTable {
    private ClientMetricsTable() {}

    static final String LINES = """
interval.ms	INT	=300000		M	c		How often in milliseconds a matching client pushes its metrics.
match	LIST	=	list0	M	c		Which clients a subscription is for, as selector=pattern separated by commas; empty matches all.
metrics	LIST	=	list0	M	c		Prefixes of the metric names to push; an empty list means none.
""";
}
