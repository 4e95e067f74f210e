package millrace.compat;

/// A broker and controller in one process of its own, on loopback, that can be stopped in both ways and started again on its data.
public interface BrokerProcess extends AutoCloseable {
    /// Starts (again) on the data that is there.
    void start();

    /// Returns when the client port answers.
    void awaitReady();

    String bootstrap();

    /// SIGKILL: no shutdown hook, no flush.
    void kill();

    /// SIGTERM, and waits for its end.
    void stopInOrder();

    @Override void close();
}
