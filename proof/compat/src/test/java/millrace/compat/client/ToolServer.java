package millrace.compat.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Runs command-line tools one after the other in one JVM, since starting it takes longer than their work. Each line of the standard input is
/// a command: a class and its arguments, with tabs between; behind its output comes a line `exit STATUS` that begins with a NUL.
public final class ToolServer {
    static final String END = "\u0000exit ";

    private ToolServer() {}

    /// A tool has ended itself.
    private static final class Ended extends Error {
        private static final long serialVersionUID = 1;
        private final int status;

        Ended(int status) {
            super(null, null, false, false);
            this.status = status;
        }
    }

    public static void main(String[] args) throws Exception {
        catchExits();
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            int status = run(command.split("\t"));
            System.err.flush();
            System.out.println(END + status);
            System.out.flush();
        }
    }

    /// Kafka's tools end through a class that lets itself be told how.
    private static void catchExits() throws ReflectiveOperationException {
        Class<?> procedure = Class.forName("org.apache.kafka.common.utils.Exit$Procedure");
        Object ending = Proxy.newProxyInstance(procedure.getClassLoader(), new Class<?>[] {procedure}, (_, _, arguments) -> {
            throw new Ended((int) arguments[0]);
        });
        Class.forName("org.apache.kafka.common.utils.Exit").getMethod("setExitProcedure", procedure).invoke(null, ending);
        Class.forName("org.apache.kafka.common.utils.Exit").getMethod("setHaltProcedure", procedure).invoke(null, ending);
    }

    private static int run(String[] command) throws IOException, ReflectiveOperationException {
        try {
            Class.forName(command[0]).getMethod("main", String[].class).invoke(null, (Object) Arrays.copyOfRange(command, 1, command.length));
            return 0;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Ended ended) return ended.status;
            System.out.println(e.getCause());
            return 1;
        }
    }
}
