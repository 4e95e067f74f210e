package millrace.app;

/// The version of this build: the jar's manifest says it, a class folder has none.
final class Version {
    static final String TEXT = text(Version.class.getPackage().getImplementationVersion());

    private Version() {}

    private static String text(String fromManifest) {
        return fromManifest == null ? "(not packaged)" : fromManifest;
    }
}
