package millrace.group;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What must hold of groups whatever happens (G1 to G4 of the reliability page), checked from outside: each checker is told what clients
/// asked and were told, and throws when that cannot be. They know nothing of the core, so a simulation of whole nodes can use them too.
final class GroupCheckers {
    private GroupCheckers() {}

    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String invariant, String what) {
            super(invariant + ": " + what);
        }
    }

    /// G1 and G4: in one generation a partition has one owner, what a member was told once it is told always, and generations grow.
    static final class Ownership {
        private final Map<Integer, Map<String, Set<Integer>>> byGeneration = new TreeMap<>();
        private final Map<String, String> currentIdOfInstance = new LinkedHashMap<>();
        private int newest;

        /// @param memberId or instance: whoever keeps its place when its id changes
        void assigned(int generation, String memberId, Set<Integer> partitions) {
            Map<String, Set<Integer>> owners = byGeneration.computeIfAbsent(generation, _ -> new LinkedHashMap<>());
            Set<Integer> before = owners.put(memberId, new TreeSet<>(partitions));
            if (before != null && !before.equals(partitions))
                throw new Violation("G4", "in generation " + generation + " " + memberId + " was given " + before + ", then " + partitions);
            owners.forEach((other, owned) -> {
                for (int partition : partitions)
                    if (!other.equals(memberId) && owned.contains(partition))
                        throw new Violation("G1", "in generation " + generation + " partition " + partition + " belongs to " + other + " and to " + memberId);
            });
            if (generation < newest) throw new Violation("G4", "generation " + generation + " is given out after " + newest);
            newest = generation;
        }

        int newest() {
            return newest;
        }

        void instanceIs(String instance, String memberId) {
            currentIdOfInstance.put(instance, memberId);
        }

        /// G3: a commit was accepted that had been sent when all this was known already.
        void committed(int generation, String instance, String memberId, int newestWhenSent, String holderWhenSent) {
            if (generation < newestWhenSent) throw new Violation("G3", memberId + " committed in generation " + generation + ", " + newestWhenSent + " had been given out");
            if (instance != null && holderWhenSent != null && !holderWhenSent.equals(memberId))
                throw new Violation("G3", memberId + " committed as instance " + instance + ", which was " + holderWhenSent);
        }

        String holderOf(String instance) {
            return instance == null ? null : currentIdOfInstance.get(instance);
        }
    }

    /// G2: the committed offset of one partition is a register. A write that failed for sure was never there; one without an answer may have
    /// taken effect at any time until its coordinator died.
    static final class Register {
        static final class Write {
            private final long value;
            private final long sent;
            private long done = Long.MAX_VALUE;
            private boolean failed;
            private boolean sure;

            private Write(long value, long sent) {
                this.value = value;
                this.sent = sent;
            }
        }

        private final List<Write> writes = new ArrayList<>();

        Register() {
            Write nothing = new Write(-1, Long.MIN_VALUE);
            nothing.done = Long.MIN_VALUE;
            nothing.sure = true;
            writes.add(nothing);
        }

        Write sent(long value, long at) {
            var write = new Write(value, at);
            writes.add(write);
            return write;
        }

        void succeeded(Write write, long at) {
            write.done = at;
            write.sure = true;
        }

        void failed(Write write) {
            write.failed = true;
        }

        /// Whatever has no answer yet has taken effect or never will.
        void coordinatorDied(long at) {
            for (Write write : writes) write.done = Math.min(write.done, at);
        }

        void read(long value, long sent, long done) {
            for (Write write : writes) {
                if (write.value == value && !write.failed && write.sent <= done && !overwritten(write, sent)) return;
            }
            throw new Violation("G2", "read " + value + " at " + sent + ".." + done + ", which cannot be there any more or yet");
        }

        private boolean overwritten(Write write, long readSent) {
            return writes.stream().anyMatch(later -> later.sure && later.sent > write.done && later.done < readSent);
        }
    }
}
