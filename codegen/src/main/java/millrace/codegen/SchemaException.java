package millrace.codegen;

/// A schema that cannot be turned into code. Says which, where in it, and what to do; ends the build.
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaException(String where, String problem) {
        super(where + ": " + problem);
    }
}
