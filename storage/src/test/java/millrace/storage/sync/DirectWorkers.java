package millrace.storage.sync;

import java.util.ArrayDeque;
import java.util.Deque;
import millrace.ports.Workers;

/// Workers without threads: tasks wait until [#runAll], then run one after the other.
public final class DirectWorkers implements Workers {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    public int ran;

    @Override public void run(String name, Runnable blocking) {
        tasks.add(blocking);
    }

    @Override public SerialExecutor serial(String name) {
        return new SerialExecutor() {
            @Override public void execute(Runnable task) {
                tasks.add(task);
            }

            @Override public void close() {
                runAll();
            }
        };
    }

    public void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            ran++;
            task.run();
        }
    }
}
