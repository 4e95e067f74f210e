package millrace.metadata;

/// Where a node listens.
///
/// @param securityProtocol Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL
public record Endpoint(String listener, String host, int port, short securityProtocol) {}
