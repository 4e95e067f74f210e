package millrace.logtool;

import java.util.concurrent.Callable;
import millrace.ports.Disk;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `log`: the files of a log directory.
@Command(name = "log", description = "Show, check and put right the files of a log directory; no node is needed.", footer = {"", "Examples:",
        "  millrace log check ./data", "  millrace log dump --print-data-log ./data/orders-0/00000000000000000000.log"})
public final class LogCommand implements Callable<Integer> {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this text.") boolean help;
    @Spec CommandSpec spec;

    private LogCommand() {}

    /// @return the command with its three, to be put into a tree of commands
    public static CommandLine on(Disk disk, Console console) {
        return new CommandLine(new LogCommand()).addSubcommand(new DumpCommand(disk, console)).addSubcommand(new CheckCommand(disk, console))
                .addSubcommand(new RepairIndexCommand(disk, console));
    }

    @Override public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
