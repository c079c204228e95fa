package org.maftia.server.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Spelling;
import org.maftia.server.journal.OtherFormatException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code maftia}. */
@Command(
        name = "maftia",
        description = "Trusted services from replicas that need not be trusted.",
        versionProvider = Version.class,
        sortOptions = false,
        subcommands = {
            UpCommand.class,
            StatusCommand.class,
            NotarizeCommand.class,
            VerifyCommand.class,
            ReadCommand.class,
            DrillCommand.class,
            ExchangeCommand.class,
            StartCommand.class,
            DownCommand.class,
            ReconfigureCommand.class,
            PlanCommand.class,
            InitCommand.class,
            KeyCommand.class,
            CaCommand.class,
            OpenIdCommand.class,
            ReplicaCommand.class,
            WormholeCommand.class,
            DetectCommand.class,
            RehearseCommand.class,
            BenchCommand.class,
            SimulateCommand.class
        },
        footer = {
            "",
            "First steps:",
            "  maftia up                     a cluster of four replicas on this machine",
            "  maftia notarize FILE          have it time-stamp a file, in another terminal",
            "  maftia drill equivocate       corrupt its leader, and watch",
            "",
            "maftia COMMAND --help explains a command."
        })
public final class Maftia implements Runnable {
    /** The arguments make no sense. */
    public static final int EXIT_USAGE = 2;

    /** What was asked could not be done. */
    public static final int EXIT_FAILURE = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @CommandLine.Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    public static void main(String[] arguments) {
        int code = commandLine(arguments).execute(arguments);
        boolean lost = code == 0 && System.out.checkError();
        System.exit(lost ? unwritten(new FileOutputStream(FileDescriptor.out), System.err) : code);
    }

    /**
     * Some of the result did not reach standard output. A full disk is an error; a reader that has gone, as {@code head} does,
     * has read what it wanted. Java's streams keep no reason, so the system is asked for it once more.
     */
    static int unwritten(OutputStream output, PrintStream err) {
        String reason = "the system does not say why";
        try (output) {
            output.write('\n');
        } catch (IOException e) {
            reason = String.valueOf(e.getMessage());
        }
        if (reason.contains("Broken pipe")) {
            return 0;
        }
        print(
                new PrintWriter(err, true, StandardCharsets.UTF_8),
                "the result could not be written whole: " + reason,
                "what stands in its place is not complete");
        return EXIT_FAILURE;
    }

    /**
     * The command line for these arguments: of the command that they name alone, as to describe all others
     * takes half of the processor time of a start.
     */
    static CommandLine commandLine(String... arguments) {
        return explaining(only(Maftia.class, List.of(arguments)));
    }

    private static CommandLine only(Class<?> command, List<String> words) {
        Command description = command.getAnnotation(Command.class);
        Optional<Class<?>> named = words.isEmpty() || description == null
                ? Optional.empty()
                : Stream.<Class<?>>of(description.subcommands())
                        .filter(one -> words.getFirst()
                                .equals(one.getAnnotation(Command.class).name()))
                        .findFirst();
        if (named.isEmpty()) {
            return new CommandLine(command);
        }
        CommandSpec above = CommandSpec.create().name(description.name());
        above.addSubcommand(words.getFirst(), only(named.get(), words.subList(1, words.size())));
        return new CommandLine(above);
    }

    /** The command line with all commands, ready to execute. */
    public static CommandLine commandLine() {
        return explaining(new CommandLine(new Maftia()));
    }

    private static CommandLine explaining(CommandLine line) {
        line.setExecutionExceptionHandler(Maftia::failed);
        line.setParameterExceptionHandler(Maftia::misused);
        line.setUsageHelpWidth(100);
        line.setHelpFactory(FlowingHelp::new);
        line.setAbbreviatedSubcommandsAllowed(false);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int failed(Exception exception, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
        switch (exception) {
            case CommandException e -> print(line.getErr(), String.valueOf(e.getMessage()), e.hint());
            case ClusterException e -> print(line.getErr(), String.valueOf(e.getMessage()), e.hint());
            case CeremonyException e -> print(line.getErr(), String.valueOf(e.getMessage()), e.hint());
            case ConfigurationException e -> print(line.getErr(), String.valueOf(e.getMessage()), e.hint());
            case OtherFormatException e -> print(line.getErr(), String.valueOf(e.getMessage()), e.hint());
            case IOException e ->
                print(line.getErr(), sentence(e), "see that the path, its rights and the disk are well");
            default -> throw exception; // an error of this program: let its trace be seen
        }
        return EXIT_FAILURE;
    }

    /** The system's own message is often no more than the name of a file. */
    private static String sentence(IOException exception) {
        return switch (exception) {
            case NoSuchFileException e -> e.getFile() + " is missing";
            case AccessDeniedException e -> "no right to use " + e.getFile();
            case FileAlreadyExistsException e -> e.getFile() + " is there already";
            default -> String.valueOf(exception.getMessage());
        };
    }

    private static int misused(ParameterException exception, String[] arguments) {
        CommandLine line = exception.getCommandLine();
        if (exception instanceof UnmatchedArgumentException unmatched) {
            String given = unmatched.getUnmatched().getFirst();
            boolean option = given.startsWith("-");
            Set<String> known = option
                    ? line.getCommandSpec().optionsMap().keySet()
                    : line.getSubcommands().keySet();
            if (option || !known.isEmpty()) {
                String kind = option ? "option" : "command";
                print(line.getErr(), "there is no " + kind + " '" + given + "'", Spelling.suggestion(given, known));
                return EXIT_USAGE;
            }
        }
        String hint = "'" + line.getCommandSpec().qualifiedName() + " --help' explains it";
        print(line.getErr(), String.valueOf(exception.getMessage()), hint);
        return EXIT_USAGE;
    }

    private static void print(PrintWriter err, String message, String hint) {
        err.println("maftia: error: " + message);
        err.println("maftia: hint: " + hint);
        err.flush();
    }
}
