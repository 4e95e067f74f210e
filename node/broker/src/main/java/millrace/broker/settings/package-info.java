/// Settings where they take effect: from texts in layers to the typed values that logs and partitions run by.
///
/// Why: a dynamic change is a new metadata image; this package says what each topic's log has to be told then.
/// Start reading at [TopicRules].
package millrace.broker.settings;
