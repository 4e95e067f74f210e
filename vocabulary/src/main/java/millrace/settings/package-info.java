/// What can be set: Kafka's keys with their types, defaults, bounds and update modes, and the values in force.
///
/// Why: names, defaults and synonyms of settings are part of the promise as much as bytes on a socket are: a `server.properties`
/// written for Apache Kafka starts a node here, and `DescribeConfigs` answers what an operator's tools expect.
///
/// The facts rest in four tables, constants of `BrokerTable`, `TopicTable`, `GroupTable` and `ClientMetricsTable`, one setting
/// a line, fields separated by tabs:
///
/// | field | content |
/// |---|---|
/// | name | Kafka's key; own keys begin with `millrace.` |
/// | type | a [SettingType] |
/// | default | `=` and the text, `~` for none, `!` for a key that Kafka requires |
/// | bounds | see [Bounds#parse] |
/// | importance | `H`, `M`, `L` |
/// | flags | update mode `r` read-only, `b` per broker, `c` cluster-wide; `i` internal (hidden from listings); `d` dynamic only |
/// | synonyms | keys that supply the value, in order; a key in `.minutes` or `.hours` is converted to milliseconds |
/// | documentation | one sentence |
///
/// How a value comes to be, for a topic (the same with one layer less for a broker):
///
///     topic override > per-broker dynamic > cluster-wide dynamic > server.properties > default
///     DYNAMIC_TOPIC    DYNAMIC_BROKER       DYNAMIC_DEFAULT_BROKER  STATIC_BROKER       DEFAULT
///
/// Invariants: tables and values never change once made; a password never appears in a text made here; nothing here reads
/// a file or the environment. Sources: the `ConfigDef` tables of the 4.4.0 artefacts (checked key by key in the tests),
/// KIP-226 (dynamic brokers), KIP-339 (incremental alteration), KIP-569 (types and documentation).
/// Start reading at [SettingTable], then [BrokerSettings] and [TopicSettings].
package millrace.settings;
