package millrace.laws;

/// A place in compiled code that touches a member of another type.
///
/// @param place class, method and line, as a stack trace would say it
record Use(String place, String owner, String member, String descriptor) {
    @Override public String toString() {
        return place + " uses " + owner.replace('/', '.') + "." + member;
    }
}
