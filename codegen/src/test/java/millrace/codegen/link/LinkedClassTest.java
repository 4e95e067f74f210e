package millrace.codegen.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

/// The sample below is compiled by javac, rewritten, and loaded a second time: both must behave alike, and only one may be linked when it runs.
class LinkedClassTest {
    private final LinkedClass linking = new LinkedClass(ClassFile.of());

    @Test void aPatternSwitchChoosesAsBefore() throws Exception {
        for (Class<?> sample : List.of(Sample.class, linked(Sample.class))) {
            var choose = sample.getDeclaredConstructor().newInstance();
            @SuppressWarnings("unchecked") var switching = (Function<Object, String>) choose;
            assertThat(List.of("text", 7, 5_000, 3L, new int[] {1, 2}, Set.of(1), List.of("a"))).map(switching::apply)
                    .containsExactly("text of 4", "small 7", "number 5000", "long", "2 numbers", "else", "list of 1");
            assertThat(switching.apply(null)).isEqualTo("null");
        }
    }

    @Test void aSwitchInAnInterfaceIsLinkedToo() throws Exception {
        assertThat(Shape.sides(new Square(2))).isEqualTo(4);
        assertThat(linked(Shape.class).getMethod("sides", Object.class).invoke(null, 3)).isEqualTo(0);
        assertThat(dynamicCalls(linking.link(bytes(Shape.class)))).isEmpty();
    }

    @Test void aRecordEqualsAndHashesAsTheJdkDoes() throws Exception {
        Everything[] values = {
            new Everything(true, (byte) 1, (short) 2, 'c', 3, 4L, 0.0f, 0.0, "text", new int[0]), new Everything(true, (byte) 1, (short) 2, 'c', 3, 4L, -0.0f, 0.0, "text", new int[0]),
            new Everything(true, (byte) 1, (short) 2, 'c', 3, 4L, 0.0f, -0.0, "text", null), new Everything(false, (byte) -1, (short) -2, '\uffff', Integer.MIN_VALUE, Long.MIN_VALUE, Float.NaN, Double.NaN, null, null)};
        Class<?> rewritten = linked(Everything.class);
        for (Everything one : values) {
            Object copy = copy(rewritten, one);
            assertThat(copy.hashCode()).isEqualTo(one.hashCode());
            for (Everything other : values) assertThat(copy.equals(copy(rewritten, other))).as("%s and %s", one, other).isEqualTo(one.equals(other));
            assertThat(copy.equals(one)).as("another class").isFalse();
            assertThat(copy.equals(null)).isFalse();
        }
        assertThat(linked(Nothing.class).getDeclaredConstructor().newInstance().hashCode()).isEqualTo(new Nothing().hashCode());
    }

    @Test void aRecordEqualsItselfWhateverItsComponentsSay() throws Exception {
        for (Class<?> type : List.of(Holder.class, linked(Holder.class))) {
            Object one = type.getDeclaredConstructors()[0].newInstance(new Loner());
            assertThat(one.equals(one)).isTrue();
            assertThat(one.equals(type.getDeclaredConstructors()[0].newInstance(new Loner()))).isFalse();
        }
    }

    @Test void onlyWhatIsForPeopleIsStillLinkedLater() throws Exception {
        assertThat(dynamicCalls(bytes(Sample.class))).contains("typeSwitch");
        assertThat(dynamicCalls(linking.link(bytes(Sample.class)))).doesNotContain("typeSwitch").contains("makeConcatWithConstants");
        assertThat(dynamicCalls(bytes(Everything.class))).contains("equals", "hashCode", "toString");
        assertThat(dynamicCalls(linking.link(bytes(Everything.class)))).containsExactly("toString");
    }

    @Test void whatIsNotUnderstoodOrNotThereKeepsItsBytes() throws Exception {
        byte[] constants = bytes(Constants.class);
        assertThat(dynamicCalls(constants)).contains("typeSwitch");
        assertThat(linking.link(constants) == constants).as("a switch with a constant among its labels is left alone").isTrue();
        byte[] linked = linking.link(bytes(Sample.class));
        assertThat(linking.link(linked) == linked).as("a second time changes nothing").isTrue();
    }

    private static Object copy(Class<?> type, Everything of) throws Exception {
        var constructor = type.getDeclaredConstructors()[0];
        return constructor.newInstance(of.a, of.b, of.c, of.d, of.e, of.f, of.g, of.h, of.i, of.j);
    }

    private Class<?> linked(Class<?> type) throws IOException {
        byte[] bytes = linking.link(bytes(type));
        return new ClassLoader(type.getClassLoader()) {
            Class<?> define() {
                return defineClass(type.getName(), bytes, 0, bytes.length);
            }
        }.define();
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    private static Set<String> dynamicCalls(byte[] bytes) {
        return ClassFile.of().parse(bytes).methods().stream().flatMap(method -> method.code().stream()).flatMap(code -> code.elementStream())
                .filter(InvokeDynamicInstruction.class::isInstance).map(call -> ((InvokeDynamicInstruction) call).name().stringValue()).collect(Collectors.toSet());
    }

    public static final class Sample implements Function<Object, String> {
        @Override public String apply(Object value) {
            return switch (value) {
                case null -> "null";
                case String text -> "text of " + text.length();
                case Integer small when small < 100 -> "small " + small;
                case Integer number -> "number " + number;
                case Long _ -> "long";
                case int[] numbers -> numbers.length + " numbers";
                case List<?> list -> "list of " + list.size();
                default -> "else";
            };
        }
    }

    public interface Shape {
        static int sides(Object shape) {
            return switch (shape) {
                case Square square -> 4 * square.size / square.size;
                default -> 0;
            };
        }
    }

    public record Square(int size) implements Shape {}

    public record Everything(boolean a, byte b, short c, char d, int e, long f, float g, double h, String i, int[] j) {}

    public record Nothing() {}

    public record Holder(Object held) {}

    public static final class Loner {
        @Override public boolean equals(Object other) {
            return false;
        }

        @Override public int hashCode() {
            return 1;
        }
    }

    public static final class Constants {
        public static int of(String text) {
            return switch (text) {
                case "one" -> 1;
                case String empty when empty.isEmpty() -> 0;
                case String _ -> 2;
            };
        }
    }
}
