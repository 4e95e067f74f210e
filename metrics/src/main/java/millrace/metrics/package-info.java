/// What is counted, and under which names it can be looked at.
///
/// Why: users bring dashboards and alarms that read Apache Kafka's JMX names. So a metric here has a bean's name in Kafka's own spelling and
/// the attributes that Kafka's bean of that name has; but nothing in here knows JMX. Each owner of state counts for itself and is a [Measured];
/// `app` asks the owners when somebody looks by JMX, and not before.
///
///     hot path ──▶ RateMeter.mark, Histogram.record      (an add on striped cells: no lock, no allocation)
///     every 5 s ─▶ Metrics.tick ──▶ Measured.tick        (moving rates, fading percentiles)
///     a look ────▶ Metrics ──once──▶ Measured.families ──▶ Family ──▶ Metric ──▶ Attribute
///
/// Invariants:
/// - Nobody has looked: no name, no family and no gauge exists. A start pays for counters alone.
/// - What is known anyway (the size of a log, the number of groups) is not counted a second time: a gauge asks its owner. What there is of each
///   partition is a [Family] that makes its metrics while it is asked, so 10,000 partitions cost nothing while nobody looks.
/// - A value is true or is not there. Kafka's beans that would have no true value here are left out (`docs/COMPATIBILITY.md`).
/// - Time comes from the clock port and from [Metrics#tick].
///
/// Percentiles come from buckets, at most an eighth of an octave wide ([Histogram]), and newer values weigh more, as with Kafka: the weight of
/// a value halves every 46 s.
///
/// Source: the MBeans of a running Apache Kafka 4.4.0 (`proof/compat MetricNamesTest` compares them in every build), KIP-188, KIP-848.
/// Start reading at [Metrics] and [Family].
package millrace.metrics;
