package millrace.sim;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/// Makes one invocation of a [Simulation] for each seed, and tells how to run a failed one again.
final class SimulationSeeds implements TestTemplateInvocationContextProvider {
    private static final int TWICE_EVERY = 50;

    @Override public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        int share = context.getRequiredTestMethod().getAnnotation(Simulation.class).seeds();
        return seeds(share).mapToObj(OneSeed::new);
    }

    static LongStream seeds(int share) {
        String alone = System.getProperty("seed");
        if (alone != null) return LongStream.of(Long.parseLong(alone));
        long count = Math.ceilDiv((long) share * inAll(), Simulation.ALL_SEEDS);
        long from = 1 + Long.getLong("sim.slice", 0) * count;
        return LongStream.range(from, from + count);
    }

    /// @return how many seeds all simulations are to run together
    static int inAll() {
        return Integer.getInteger("sim.seeds", Simulation.ALL_SEEDS);
    }

    private record OneSeed(long seed) implements TestTemplateInvocationContext {
        @Override public String getDisplayName(int invocationIndex) {
            return "seed " + seed;
        }

        @Override public List<Extension> getAdditionalExtensions() {
            return List.of(new Runner(seed));
        }
    }

    private record Runner(long seed) implements ParameterResolver, InvocationInterceptor {
        @Override public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == World.class;
        }

        /// Only a place holder: the world is made where it is run, and made anew for the second run.
        @Override public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return World.of(seed);
        }

        @Override public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) throws Throwable {
            invocation.skip();
            long began = System.nanoTime();
            long hash = run(method, context);
            SeedLedger.note(new SeedLedger.Line(name(context), seed, (System.nanoTime() - began) / 1_000_000));
            if (seed % TWICE_EVERY != 0) return;
            collectBuffers();
            long again = run(method, context);
            if (hash != again) {
                throw new SimulationFailed("seed " + seed + " tells two stories: trace hash " + Long.toHexString(hash) + " and then " + Long.toHexString(again)
                        + ". Something reads a real clock, a real random source, or the order of a hash table.\n" + command(context));
            }
        }

        /// Nodes that died let their buffers outside of the heap to the collector, which knows nothing of the room that they take. When there is none left the
        /// JDK waits until it has run, in real time: a lane that waits so never wakes (seen after 1,200 worlds in one process).
        private static void collectBuffers() {
            System.gc();
        }

        private long run(ReflectiveInvocationContext<Method> method, ExtensionContext context) {
            World world = World.of(seed);
            Method test = method.getExecutable();
            test.setAccessible(true);
            try {
                test.invoke(method.getTarget().orElseThrow(), world);
            } catch (InvocationTargetException e) {
                Throwable cause = e.getCause();
                throw new SimulationFailed(cause.getMessage() + "\n\nAgain: " + command(context) + "\n" + world.report(), cause);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
            return world.trace().hash();
        }

        private String command(ExtensionContext context) {
            return "mvn verify -pl proof/sim -Dtest=" + name(context) + " -Dseed=" + seed;
        }

        private static String name(ExtensionContext context) {
            return context.getRequiredTestClass().getSimpleName() + "#" + context.getRequiredTestMethod().getName();
        }
    }
}
