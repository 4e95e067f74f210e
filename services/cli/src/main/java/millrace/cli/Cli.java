package millrace.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// All commands, and what becomes of their exceptions.
public final class Cli {
    /// A command that the process runs itself; here it is only known to the help.
    public record OutsideCommand(String name, String summary, String usage) {}

    private final PrintStream out;
    private final PrintStream err;
    private final OutsideCommand outside;
    private final CommandLine commands;

    /// @param joined commands made elsewhere, because they do what no client can
    public Cli(InputStream in, PrintStream out, PrintStream err, OutsideCommand outside, CommandLine... joined) {
        this(new Terminal(in, out, err, System.console() != null && System.console().isTerminal()), new KafkaClients(), outside, joined);
    }

    Cli(Terminal terminal, Clients clients, OutsideCommand outside, CommandLine... joined) {
        this.out = terminal.out();
        this.err = terminal.err();
        this.outside = outside;
        commands = new CommandLine(new Root(), factory(terminal, clients));
        if (outside != null) commands.addSubcommand(outside.name(), listed(outside));
        addRest(terminal, clients, joined);
        commands.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8)).setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        commands.setUsageHelpAutoWidth(true).setUsageHelpWidth(110);
        commands.setParameterExceptionHandler((misunderstood, arguments) -> tell(misunderstood));
        commands.setExecutionExceptionHandler((exception, line, parsed) -> tell(exception));
    }

    /// @return exit status
    public int run(String... arguments) {
        if (arguments.length == 0) {
            commands.usage(out, CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.AUTO));
            return 0;
        }
        if (outside != null && arguments.length == 2 && arguments[0].equals("help") && arguments[1].equals(outside.name())) {
            out.print(outside.usage());
            return 0;
        }
        return commands.execute(arguments);
    }

    private void addRest(Terminal terminal, Clients clients, CommandLine[] joined) {
        IFactory factory = factory(terminal, clients);
        for (Class<?> command : new Class<?>[] {TopicsCommand.class, ProduceCommand.class, ConsumeCommand.class, GroupsCommand.class})
            commands.addSubcommand(new CommandLine(command, factory));
        for (CommandLine each : joined) commands.addSubcommand(each);
        for (Class<?> command : new Class<?>[] {VersionCommand.class, HelpCommand.class}) commands.addSubcommand(new CommandLine(command, factory));
    }

    /// Without the whole usage, which would hide the one line that matters.
    private int tell(ParameterException misunderstood) {
        CommandLine line = misunderstood.getCommandLine();
        err.println("millrace: " + misunderstood.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(misunderstood, err))
            err.println("  '" + line.getCommandSpec().qualifiedName() + " --help' tells the options.");
        return 2;
    }

    private int tell(Exception exception) {
        Problem problem = Problem.of(exception);
        err.println("millrace: " + problem.getMessage());
        if (problem.advice() != null) err.println("  " + problem.advice());
        return 1;
    }

    private static CommandSpec listed(OutsideCommand outside) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().description(outside.summary());
        return spec;
    }

    /// Commands are made with what they need: a terminal, clients, or nothing.
    private static IFactory factory(Terminal terminal, Clients clients) {
        return new IFactory() {
            @Override public <K> K create(Class<K> type) throws Exception {
                for (var constructor : type.getDeclaredConstructors()) {
                    Class<?>[] needs = constructor.getParameterTypes();
                    if (needs.length == 2 && needs[0] == Terminal.class && needs[1] == Clients.class) return type.cast(constructor.newInstance(terminal, clients));
                    if (needs.length == 1 && needs[0] == Terminal.class) return type.cast(constructor.newInstance(terminal));
                }
                return CommandLine.defaultFactory().create(type);
            }
        };
    }

    @Command(name = "millrace", description = "An event streaming platform that is Apache Kafka to everything that talks to it.",
            synopsisSubcommandLabel = "COMMAND", footer = {
                "", "Start with:", "  millrace start", "  echo 'hello, world' | millrace produce --topic greetings",
                "  millrace consume --topic greetings --from-beginning", "", "'millrace help COMMAND' tells more about a command."})
    static final class Root {}
}
