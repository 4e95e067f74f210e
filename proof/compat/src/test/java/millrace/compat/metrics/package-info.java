/// The metrics of a real node, looked at by those who look at Kafka's: JMX clients, Apache's JmxTool, the Prometheus exporter's agent.
///
/// Why: dashboards and alarms know names, not products. A node of Apache Kafka 4.4.0 beside ours does the same work, and every bean that
/// Millrace shows under a name of Kafka's must be there, too, with the same attributes of the same types ([MetricNamesTest]).
package millrace.compat.metrics;
