package millrace.codegen;

/// A range of versions, both ends included: `3+`, `0-7`, `5`, `none` in a schema.
record Versions(int lowest, int highest) {
    static final Versions NONE = new Versions(0, -1);
    static final Versions ALL = new Versions(0, Short.MAX_VALUE);

    static Versions parse(String text, String where) {
        try {
            String trimmed = text.trim();
            if (trimmed.equals("none")) return NONE;
            if (trimmed.endsWith("+")) return new Versions(Integer.parseInt(trimmed.substring(0, trimmed.length() - 1)), Short.MAX_VALUE);
            int dash = trimmed.indexOf('-');
            if (dash < 0) return new Versions(Integer.parseInt(trimmed), Integer.parseInt(trimmed));
            var range = new Versions(Integer.parseInt(trimmed.substring(0, dash)), Integer.parseInt(trimmed.substring(dash + 1)));
            if (range.isEmpty()) throw new SchemaException(where, "versions \"" + text + "\" end before they begin");
            return range;
        } catch (NumberFormatException notANumber) {
            throw new SchemaException(where, "versions \"" + text + "\" are none of `3+`, `0-7`, `5`, `none`");
        }
    }

    boolean isEmpty() {
        return highest < lowest;
    }

    boolean contains(int version) {
        return lowest <= version && version <= highest;
    }

    boolean contains(Versions other) {
        return other.isEmpty() || contains(other.lowest) && contains(other.highest);
    }

    Versions and(Versions other) {
        var both = new Versions(Math.max(lowest, other.lowest), Math.min(highest, other.highest));
        return both.isEmpty() ? NONE : both;
    }

    /// The smallest range that holds both.
    Versions hull(Versions other) {
        if (isEmpty()) return other;
        if (other.isEmpty()) return this;
        return new Versions(Math.min(lowest, other.lowest), Math.max(highest, other.highest));
    }

    /// The Java condition that the version at hand is in this range, given that it is in `context`.
    /// @return "true" and "false" where that is known already
    String condition(Versions context) {
        Versions here = and(context);
        if (here.isEmpty()) return "false";
        boolean below = here.lowest > context.lowest;
        boolean above = here.highest < context.highest;
        if (below && above) return here.lowest == here.highest ? "wireVersion == " + here.lowest
            : "wireVersion >= " + here.lowest + " && wireVersion <= " + here.highest;
        if (below) return "wireVersion >= " + here.lowest;
        return above ? "wireVersion <= " + here.highest : "true";
    }

    @Override public String toString() {
        if (isEmpty()) return "none";
        if (highest == Short.MAX_VALUE) return lowest + "+";
        return lowest == highest ? "" + lowest : lowest + "-" + highest;
    }
}
