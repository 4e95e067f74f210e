package millrace.protocol;

/// The value of a record in a coordinator's topic. In the log it follows its version (int16); an absent value is a tombstone.
public interface CoordinatorValue extends Message {
    short recordType();
}
