/// The node's metrics as MBeans, for whoever looks by JMX: `jconsole`, `kafka-jmx.sh`, the Prometheus exporter's agent.
///
/// Why so: Apache Kafka registers a bean for each metric, at start and with each partition: a start must load JMX, and 10,000 partitions are
/// 110,000 registered objects. Here nothing is registered. When somebody needs the platform's MBean server for the first time (an agent, a
/// remote port, an attaching `jconsole`), the JDK has it made by a class that a system property names ([millrace.app.boot]). Ours puts a view in
/// front of the JDK's own server: names are looked up in [millrace.metrics.Metrics] while they are asked for, and everything else is passed on (decision 18).
///
///     look ──▶ MetricsServer ──name of ours──▶ Metrics ──▶ owners
///                   └──────── any other ─────▶ the JDK's MBean server
///
/// Invariants: the way to ready loads none of this, and no class of JMX. Every name that is listed can be read until its owner has gone.
/// Start reading at [MetricsServer].
package millrace.app.jmx;
