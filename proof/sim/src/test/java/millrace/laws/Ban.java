package millrace.laws;

import java.util.List;

/// One thing that code may not touch: calls of some methods, or anything at all of a type.
///
/// @param owners internal names (`java/lang/System`); one that ends in `*` matches every type that begins so
/// @param members method or field names; empty for all, constructors (`<init>`) included
/// @param descriptors method descriptors; empty for all
/// @param innocent method descriptors that are allowed all the same
/// @param instead what to do instead, for the one who meets it
record Ban(String name, List<String> owners, List<String> members, List<String> descriptors, List<String> innocent, String instead) {
    Ban(String name, List<String> owners, List<String> members, List<String> descriptors, String instead) {
        this(name, owners, members, descriptors, List.of(), instead);
    }

    static Ban everythingOf(String name, String instead, String... owners) {
        return new Ban(name, List.of(owners), List.of(), List.of(), instead);
    }

    static Ban calls(String name, String instead, String owner, String... members) {
        return new Ban(name, List.of(owner), List.of(members), List.of(), instead);
    }

    static Ban overloads(String name, String instead, String owner, List<String> members, String... descriptors) {
        return new Ban(name, List.of(owner), members, List.of(descriptors), instead);
    }

    boolean forbids(Use use) {
        return owners.stream().anyMatch(owner -> matches(owner, use.owner()))
                && (members.isEmpty() || members.contains(use.member()))
                && (descriptors.isEmpty() || descriptors.contains(use.descriptor()))
                && !innocent.contains(use.descriptor());
    }

    private static boolean matches(String pattern, String owner) {
        return pattern.endsWith("*") ? owner.startsWith(pattern.substring(0, pattern.length() - 1)) : owner.equals(pattern);
    }
}
