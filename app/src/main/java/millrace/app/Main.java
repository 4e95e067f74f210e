package millrace.app;

import java.util.Arrays;

import millrace.app.logging.Logging;
import millrace.bindings.disk.NioDisk;
import millrace.bindings.net.NettyNet;
import millrace.cli.Cli;
import millrace.logtool.Console;
import millrace.logtool.LogCommand;

/// The process's entry. `start` goes its own short way; every other command is the command line's.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("start")) {
            chooseLogging("info");
            NettyNet.loadAhead();
            return new StartCommand(Node::start, System.getenv(), System.out, System.err).run(Arrays.asList(arguments).subList(1, arguments.length));
        }
        chooseLogging("error");
        return commandLine().run(arguments);
    }

    private static void chooseLogging(String level) {
        for (String problem : Logging.choose(level)) System.err.println("Warning: " + problem);
    }

    /// Apart, so that the way of `start` does not load it.
    private static Cli commandLine() {
        boolean interactive = System.console() != null && System.console().isTerminal();
        return new Cli(System.in, System.out, System.err, new Cli.OutsideCommand("start", StartArguments.SUMMARY, StartArguments.USAGE),
                LogCommand.on(new NioDisk(), new Console(System.out, System.err, interactive)));
    }
}
