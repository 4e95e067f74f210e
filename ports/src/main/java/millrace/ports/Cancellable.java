package millrace.ports;

/// Something scheduled that may no longer be wanted. Cancelling twice, or after it ran, does nothing.
public interface Cancellable {
    void cancel();
}
