package millrace.metrics;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/// All metrics of one name, told apart by the values of their labels.
///
/// It keeps nothing: `each` and `find` go to the owner, so what has gone is not shown, and what nobody asks for is never made.
///
/// @param each calls back with the labels' values and the metric, for all there are
/// @param find null where there is none with these values
public record Family(FamilyName name, Consumer<BiConsumer<List<String>, Metric>> each, Function<List<String>, Metric> find) {
    /// One metric without labels.
    public static Family of(String domain, String type, String name, Metric metric) {
        return new Family(FamilyName.of(domain, type, name), visitor -> visitor.accept(List.of(), metric), _ -> metric);
    }

    /// One metric for each of the owner's members.
    /// @param labels of a member, in the order of the name's
    /// @param member by the labels' values; null where there is none
    public static <T> Family over(FamilyName name, Function<T, List<String>> labels, Members<T> members, Function<List<String>, T> member, Function<T, Metric> metric) {
        return new Family(name, visitor -> members.each(each -> visitor.accept(labels.apply(each), metric.apply(each))), values -> {
            T found = member.apply(values);
            return found == null ? null : metric.apply(found);
        });
    }

    /// One metric for each entry of a map, whose key is the value of the only label.
    public static <T> Family over(FamilyName name, Map<String, T> members, Function<T, Metric> metric) {
        return new Family(name, visitor -> members.forEach((key, each) -> visitor.accept(List.of(key), metric.apply(each))), values -> {
            T found = members.get(values.getFirst());
            return found == null ? null : metric.apply(found);
        });
    }

    /// Who has members.
    @FunctionalInterface
    public interface Members<T> {
        void each(Consumer<T> visitor);
    }
}
