package millrace.compat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import millrace.compat.Peers.Result;

/// Apache's command-line tools in one JVM of their own ([millrace.compat.client.ToolServer]), which starts with the first command.
public final class Tools implements AutoCloseable {
    private static final String END = "\u0000exit ";

    private Process process;
    private PrintStream commands;
    private BufferedReader output;

    private void start() {
        try {
            process = new ProcessBuilder(List.of(Peers.javaCommand(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                    "-cp", Peers.lib("kafka-tools") + "/*:" + Peers.work().resolve("test-classes"), "millrace.compat.client.ToolServer")).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Runs one command to its end. What hangs is ended by the client's own time-outs.
    public Result run(String mainClass, String... arguments) {
        if (process == null) start();
        commands.println(mainClass + "\t" + String.join("\t", arguments));
        var text = new StringBuilder();
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                int end = line.indexOf(END);
                if (end >= 0) return new Result(Integer.parseInt(line.substring(end + END.length())), text.append(line, 0, end).toString());
                text.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("the tools have ended:\n" + text);
    }

    @Override public void close() {
        if (process == null) return;
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
