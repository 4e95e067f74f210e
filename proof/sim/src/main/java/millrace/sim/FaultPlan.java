package millrace.sim;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The faults of one seed, drawn swarm-style: each allowed fault is in or out by a coin, and those that are in get a rate.
/// Why: a run with every fault at once hides what a run with two of them finds, and the other way round.
public final class FaultPlan {
    private static final int NONE_AT_ALL_PER_MILLE = 50;

    private final Map<Fault, Integer> perMille = new EnumMap<>(Fault.class);
    private final Chance chance;
    private boolean healed;

    private FaultPlan(Chance chance) {
        this.chance = chance;
    }

    static FaultPlan draw(Chance chance, List<Fault> allowed) {
        var plan = new FaultPlan(chance);
        boolean peaceful = chance.perMille(NONE_AT_ALL_PER_MILLE);
        for (Fault fault : Fault.values()) {
            boolean in = chance.coin();
            int rate = chance.oneOf(5, 10, 20, 50, 100);
            if (in && !peaceful && allowed.contains(fault)) plan.perMille.put(fault, rate);
        }
        return plan;
    }

    public static FaultPlan none() {
        return new FaultPlan(Chance.of(0));
    }

    public static FaultPlan always(Chance chance, int perMille, Fault... faults) {
        var plan = new FaultPlan(chance);
        Arrays.stream(faults).forEach(fault -> plan.perMille.put(fault, perMille));
        return plan;
    }

    public boolean has(Fault fault) {
        return !healed && perMille.containsKey(fault);
    }

    /// @return whether this fault happens now, at the rate of this seed
    public boolean strikes(Fault fault) {
        return strikes(fault, 1);
    }

    /// As [#strikes(Fault)], for places that are passed `times` more often than a step of the workload.
    public boolean strikes(Fault fault, int times) {
        return has(fault) && chance.perMille(perMille.get(fault)) && (times == 1 || chance.below(times) == 0);
    }

    public boolean damagesTheOnlyCopy() {
        return perMille.keySet().stream().anyMatch(Fault::damagesTheOnlyCopy);
    }

    /// From now on nothing goes wrong any more.
    public void heal() {
        healed = true;
    }

    @Override public String toString() {
        return perMille.isEmpty() ? "none" : perMille.toString() + (healed ? " (healed)" : "");
    }
}
